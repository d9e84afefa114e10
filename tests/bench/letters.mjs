// Invitations as HTML mails of a given length, with `$NAMES` alone or with blocks, in our words and in the peers'. Renders
// nothing.

export const LETTERS = [
  ['2 KB', 2_000],
  ['50 KB', 50_000],
];

/** Without the characters that the engines escape differently (`'`, `=`, backtick). */
export const VALUES = {
  LINKTOREMOTE: 'https://support.example.com/api/start_session/7K3M9QX2DH',
  FAULTID: '1161',
  SYMPTOM: 'Mail & calendar stopped <this> morning',
  USERNAME: 'Connor Blake',
  FIRSTNAME: 'Connor',
  AREA: 'Batley Refreshments & Söhne',
  AGENTNAME: 'Ann Keller',
};

const HEAD = `<!doctype html><html><head><meta charset="utf-8"><title>Remote support</title></head>
<body style="margin:0;padding:0;background:#f4f5f7;font-family:Segoe UI,Helvetica,Arial,sans-serif">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center">
`;
const FOOT = '</td></tr></table></body></html>\n';

const ROWS = [
  '<p style="margin:0 0 16px;font-size:15px;line-height:22px;color:#1f2933">Dear $FIRSTNAME, this is about your ticket $FAULTID: <b>$SYMPTOM</b>. We would like to have a look together with you.</p>\n',
  '<table role="presentation" cellpadding="0" cellspacing="0" style="margin:0 auto 24px"><tr><td style="border-radius:6px;background:#0b63ce"><a href="$LINKTOREMOTE" style="display:inline-block;padding:12px 28px;color:#ffffff;text-decoration:none">Start the session</a></td></tr></table>\n',
  '<p style="margin:0 0 16px;font-size:15px;line-height:22px;color:#1f2933">You will be asked to download a small program, which removes itself when the session ends. Nobody sees your screen before you agree, and you can stop at any time.</p>\n',
  '<p style="margin:0 0 16px;font-size:13px;line-height:20px;color:#52606d">Kind regards<br>$AGENTNAME, for $AREA</p>\n',
];

const BLOCKS = [
  '<p style="margin:0 0 16px;font-size:15px;line-height:22px;color:#1f2933">{{#if FIRSTNAME}}Dear $FIRSTNAME,{{else}}Dear customer,{{/if}} this is about your ticket $FAULTID: <b>$SYMPTOM</b>.</p>\n',
  '<p style="margin:0 0 16px;font-size:15px;line-height:22px;color:#1f2933">{{#if STATUS}}It stands at <i>$STATUS</i> at present.{{else}}Nothing has been done about it yet; $AGENTNAME will be with you.{{/if}}</p>\n',
  ROWS[1],
  ROWS[2],
];

/** A template of about so many bytes. */
export function letter(bytes, blocks) {
  const rows = blocks ? BLOCKS : ROWS;
  let text = HEAD;
  for (let row = 0; text.length + FOOT.length < bytes; row++) text += rows[row % rows.length];
  return text + FOOT;
}

export const forHandlebars = (template) => template.replace(/\$([A-Z]+)/g, '{{$1}}');
export const forMustache = (template) =>
  forHandlebars(template).replace(/\{\{#if (\w+)\}\}(.*?)\{\{else\}\}(.*?)\{\{\/if\}\}/g, '{{#$1}}$2{{/$1}}{{^$1}}$3{{/$1}}');
