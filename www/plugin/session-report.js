// Puts a session report together again from what the module hands over: the log as numbers and two texts, the rest as an
// object (src/browser/session_report.rs).

/** @returns {{ ok: boolean, sessions: object[], problems: object[], error?: string }} */
export function sessionReport([{ ok, report, problems, events, kinds, parties }, numbers, narrow, wide]) {
  let at = 0;
  let narrowAt = 0;
  let wideAt = 0;
  const text = () => {
    const length = numbers[at++];
    if (length >= 0) return narrow.slice(narrowAt, (narrowAt += length));
    return length < 0 ? wide.slice(wideAt, (wideAt -= length)) : null;
  };
  const number = () => {
    const value = numbers[at++];
    return Number.isNaN(value) ? null : value;
  };
  const party = () => {
    const place = numbers[at++];
    if (place < 0) return null;
    const { role, gsnumber, name } = parties[place];
    return { role, gsnumber, name };
  };
  const event = () => {
    const made = { at: number(), kind: kinds[numbers[at++]], by: party(), to: party(), body: text(), data: [], files: [] };
    let pairs = numbers[at++];
    let files = numbers[at++];
    while (pairs-- > 0) made.data.push([text(), text()]);
    while (files-- > 0) made.files.push([text(), number()]);
    return made;
  };
  report.sessions.forEach((session, place) => {
    session.events = Array.from({ length: events[place] }, event);
  });
  return { ok, ...report, problems };
}
