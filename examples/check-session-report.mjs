// Reads a session report as BeyondTrust sends it and says what is wrong with it.
import init, { checkSessionReport } from 'halo-remote-support';

await init();
const { ok, sessions, problems } = checkSessionReport('<session_list><session lsid="4f1c9b2a7d3e4f508a6b1c2d3e4f5a6b"><start_time timestamp="soon"/></session></session_list>');
console.log(ok, sessions.length);
for (const { severity, message, line, column } of problems) console.log(`${line}:${column} ${severity}: ${message}`);

// Prints:
// true 1
// 1:64 warning: The time "soon" in start_time cannot be read; it is left out.
