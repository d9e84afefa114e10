// Session reports in BeyondTrust's shape, as long as one asks for and the same every time. Reads nothing.

export const REPORTS = [
  ['10 KB', 10_000],
  ['100 KB', 100_000],
  ['1 MB', 1_000_000],
  ['10 MB', 10_000_000],
];

export const reportName = (size) => `report ${size}.xml`;

/** A longer report has more sessions, as one that is asked for by date has. */
const LONGEST_SESSION = 100_000;

const SAYINGS = [
  'Good morning, I am having a look at your mailbox now.',
  'It stopped right after the update yesterday afternoon, and since then nothing at all has arrived.',
  'Could you open the settings and read me what it says under Account?',
  'Please wait a moment.',
  'It says &lt;quota&gt; &amp; then stops.',
  'The total was 12 &#8364; &#x2014; that can&apos;t be right, can it?',
  'Grüße aus Köln, die Übertragung läuft über das Büro in Zürich.',
  'プリンターが動きません。再起動しても同じです。',
  'Thanks a lot 👍 it works again 🎉',
  'I have restarted the service and cleared the cache; the next synchronisation runs in five minutes. Would you please leave the window open until then?',
  'Yes.',
  'The file is in C:\\Users\\cblake\\Documents\\2026\\Reports.\nPlease copy it to the share before you close the program.',
  '<![CDATA[if (size < limit && !done) { retry("mail"); }]]>',
  'Works :-)',
];

const REPRESENTATIVE = '<performed_by type="representative" gsnumber="11">Ann Keller</performed_by>\n';
const CUSTOMER = '<performed_by type="customer" gsnumber="12">Connor Blake</performed_by>\n';
const TO_CUSTOMER = '<destination type="customer" gsnumber="12">Connor Blake</destination>\n';
const TO_REPRESENTATIVE = '<destination type="representative" gsnumber="11">Ann Keller</destination>\n';

/** Numbers below a limit, from a seed (the generator is mulberry32). */
function dice(seed) {
  return (limit) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  };
}

const iso = (seconds) => new Date(seconds * 1000).toISOString().replace('.000Z', '+00:00');

/** `inf. a control character` in base64, which XML could not carry. */
const ENCODED = 'aW5mLiBhIGNvbnRyb2wgY2hhcmFjdGVyBw==';

function event(roll, time) {
  const timestamp = roll(8) === 0 ? iso(time) : time;
  const at = (kind, content) => `<event timestamp="${timestamp}" event_type="${kind}">\n${content}</event>\n`;
  switch (roll(50)) {
    case 0:
      return at('File Upload', `${REPRESENTATIVE}${TO_CUSTOMER}<filename>C:\\tools\\archive-${time}.zip</filename>\n<filesize>${roll(90_000)}</filesize>\n`);
    case 1:
      return at('File Download', `${REPRESENTATIVE}<files>\n<file>\n<filename>/home/cblake/logs/${time}.log</filename>\n<filesize>${roll(9000)}</filesize>\n</file>\n<file>\n<filename>settings.xml</filename>\n</file>\n</files>\n`);
    case 2:
      return at('Conference Member Added', `${REPRESENTATIVE}<data>\n<value name="public_name" value="Ann K." />\n<value name="team" value="Desk &amp; Field" />\n</data>\n`);
    case 3:
      return at('Chat Message', `${CUSTOMER}${TO_REPRESENTATIVE}<encoded_body>${ENCODED}</encoded_body>\n`);
    case 4:
      return at('Session Note Added', `${REPRESENTATIVE}<body>Mailbox was full; archived ${time}.</body>\n`);
    default: {
      const who = roll(2) ? REPRESENTATIVE + TO_CUSTOMER : CUSTOMER + TO_REPRESENTATIVE;
      return at('Chat Message', `${who}<body>${SAYINGS[roll(SAYINGS.length)]}</body>\n`);
    }
  }
}

function opening(number, start, end) {
  const lsid = number.toString(16).padStart(32, '5e0c1a9b7d3f42868a6b0f1e2d3c4b5a');
  return `<session lsid="${lsid}">
<session_type>support</session_type>
<lseq>${3300 + number}</lseq>
<start_time timestamp="${start}">${iso(start)}</start_time>
<end_time timestamp="${end}">${iso(end)}</end_time>
<duration>00:15:25</duration>
<public_site id="1">Main</public_site>
<external_key>1161.7K3M9QX2DH</external_key>
<custom_attributes>
<custom_attribute display_name="Floor" code_name="floor">2</custom_attribute>
<custom_attribute display_name="Room" code_name="room"></custom_attribute>
</custom_attributes>
<session_chat_view_url>https://appliance.example/session_download?lsid=${lsid}&amp;dl_action=chat&amp;view=1</session_chat_view_url>
<session_recording_view_url>https://appliance.example/session_download?lsid=${lsid}&amp;dl_action=recording&amp;view=1</session_recording_view_url>
<file_transfer_count>2</file_transfer_count>
<primary_customer gsnumber="12">Connor Blake</primary_customer>
<primary_rep gsnumber="11" id="9">Ann Keller</primary_rep>
<primary_team id="3">Service Desk</primary_team>
<customer_list>
<customer gsnumber="12">
<username>cblake</username>
<public_ip>192.0.2.44:50871</public_ip>
<private_ip>10.1.4.20</private_ip>
<hostname>BR-LT-0148</hostname>
<os>Windows 11 Pro</os>
<primary_cust>1</primary_cust>
<info>
<name>Connor Blake</name>
<company>Batley Refreshments</company>
<issue>Mail</issue>
</info>
</customer>
</customer_list>
<rep_list>
<representative gsnumber="11" id="9">
<username>akeller</username>
<display_name>Ann K.</display_name>
<public_display_name>Ann K.</public_display_name>
<private_display_name>Ann Keller</private_display_name>
<hostname>DESK-05</hostname>
<session_owner>1</session_owner>
<seconds_involved>883</seconds_involved>
</representative>
</rep_list>
<team_list>
<team id="3">Service Desk</team>
<team id="4">Field Service</team>
</team_list>
<session_details>
`;
}

/** A report of about so many bytes. */
export function sessionReport(bytes) {
  const encoder = new TextEncoder();
  const roll = dice(bytes);
  const parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<session_list xmlns="https://www.beyondtrust.com/namespaces/API/reporting">\n'];
  for (let number = 0, total = 0; total < bytes; number++) {
    const start = 1781085600 + number * 100_000;
    const add = (part) => {
      parts.push(part);
      return encoder.encode(part).length;
    };
    let session = add(opening(number, start, start + 925));
    for (let time = start; session < LONGEST_SESSION && total + session < bytes; time += roll(60)) session += add(event(roll, time));
    total += session + add('</session_details>\n</session>\n');
  }
  parts.push('</session_list>\n');
  return encoder.encode(parts.join(''));
}
