// The parts of a session as our package gives them, for peers to build from the texts they found. One function per part;
// knows no parser.

const text = (value) => value || null;

/** Seconds since 1970, from a number or an ISO 8601 time. */
function seconds(value) {
  if (!value) return null;
  const number = +value;
  return Number.isNaN(number) ? Math.floor(Date.parse(value) / 1000) : number;
}

function length(value) {
  const [hours, minutes, rest] = value.split(':');
  return hours * 3600 + minutes * 60 + +rest;
}

const flag = (value) => value === '1' || value === 'true';
const address = (value) => value && value.split(':', 1)[0];

const bytes = Uint8Array.fromBase64 ?? (globalThis.Buffer ? (value) => Buffer.from(value, 'base64') : (value) => Uint8Array.from(atob(value), (c) => c.charCodeAt(0)));
const decoder = new TextDecoder();

/** The text in base64, with what XML forbids made visible. */
const decoded = (value) => decoder.decode(bytes(value)).trim().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/g, '\u{FFFD}');

export const session = (found) => ({
  lsid: found.lsid,
  start: seconds(found.start),
  end: seconds(found.end),
  seconds: found.duration ? length(found.duration) : null,
  externalKey: text(found.externalKey),
  publicSite: text(found.publicSite),
  chatUrl: text(found.chatUrl),
  recordingUrl: text(found.recordingUrl),
  customers: found.customers,
  primaryCustomer: text(found.primaryCustomer),
  primaryRepresentative: text(found.primaryRepresentative),
  representatives: found.representatives,
  teams: found.teams,
  attributes: found.attributes,
  events: found.events,
});

export const customer = (found) => ({
  gsnumber: text(found.gsnumber),
  username: text(found.username),
  hostname: text(found.hostname),
  os: text(found.os),
  publicIp: address(found.publicIp),
  privateIp: address(found.privateIp),
  name: text(found.name),
  company: text(found.company),
});

export const representative = (found) => ({
  gsnumber: text(found.gsnumber),
  id: found.id ? +found.id : null,
  username: text(found.username),
  private: text(found.private),
  public: text(found.public),
  display: text(found.display),
  owner: flag(found.owner),
  secondsInvolved: +found.secondsInvolved,
  invited: flag(found.invited),
});

export const attribute = (codeName, value) => [codeName, value];
export const party = (role, gsnumber, name) => ({ role, gsnumber, name });
export const value = (name, text) => [name, text];
export const file = (name, size) => [name, size ? +size : null];

export const event = (found) => ({
  at: seconds(found.timestamp),
  kind: found.kind,
  by: found.by,
  to: found.to,
  body: found.encodedBody ? decoded(found.encodedBody) : text(found.body),
  data: found.data,
  files: found.fileName ? [file(found.fileName, found.fileSize)] : found.files,
});
