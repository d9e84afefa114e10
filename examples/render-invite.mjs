// Fills an invite's template: every value is escaped for the place it stands in, and nothing is expanded twice.
import init, { lintTemplate, renderInvite } from 'halo-remote-support';

await init();
const template = '<p>Hello $USERNAME,</p>{{#if LINKTOREMOTE}}<a href="$LINKTOREMOTE">Join</a>{{else}}We will call you.{{/if}} $SIGNATURE';
const values = { link: 'https://support.example.com/?ak=1&b=2', named: { USERNAME: '<b>$LINKTOREMOTE</b>' } };
const { output, leftToHalo } = renderInvite(template, values);
console.log(output);
console.log(leftToHalo.join());
for (const { code, line, column } of lintTemplate('<a href=$LINKTOREMOTE>')) console.log(`${code} at ${line}:${column}`);

// Prints:
// <p>Hello &lt;b&gt;&#36;LINKTOREMOTE&lt;/b&gt;,</p><a href="https://support.example.com/?ak=1&amp;b=2">Join</a> $SIGNATURE
// $SIGNATURE
// template.unquotedAttribute at 1:9
