// Which of Halo's agents are these representatives? Case, spaces, composed letters, dashes and apostrophes make no difference.
import init, { agentDirectory, matchAgents } from 'halo-remote-support';

await init();
const agents = [{ id: 43, name: 'Ann Keller', beyondtrustName: 'Ann K.' }, { id: 46, name: "Zoë O'Neill" }];
for (const { kind, trace } of matchAgents([{ private: 'ANN  K.' }, { public: 'Zoe\u0308 O’Neill' }, { display: 'Anne Keller' }], agents)) {
  console.log(`${kind}: ${trace[0].text}`);
}
// Asked often: the names are folded once.
const directory = agentDirectory(agents);
console.log(directory.match([{ private: 'ann k.' }], { lang: 'de' })[0].trace[0].text);
directory.free();

// Prints:
// matched: ANN  K. is Ann Keller in Halo, by the BeyondTrust display name.
// matched: Zoë O’Neill is Zoë O'Neill in Halo, by the Halo name.
// none: Nobody in Halo is called Anne Keller; nearest: Ann Keller.
// ann k. ist in Halo Ann Keller (laut BeyondTrust-Anzeigename).
