// Matching: ten representatives against a prepared directory of agents, whose number should not matter.

import { race, same } from './measure.mjs';

const SIZES = [10, 1_000, 10_000];
const GOAL = 1.5;

const FIRST = ['Ann', 'Ben', 'Chloé', 'Dieter', 'Zoë', 'Priya', 'Søren', 'María', 'Olga', 'Tom'];
const LAST = ['Keller', 'Nair', 'O\'Brien', 'Müller', 'Garcia', 'Novák', 'Smith', 'Åberg', 'Lee', 'Rossi'];

export const notes = ['Ten calls for one representative each would cost more: this is one call for ten. Peers there are none.'];

const name = (number) => `${FIRST[number % 10]} ${LAST[Math.floor(number / 10) % 10]} ${Math.floor(number / 100) || ''}`.trim();

function agents(count) {
  return Array.from({ length: count }, (_, number) => ({ id: number + 2, name: name(number), beyondtrustName: number % 2 ? `${name(number)} (Desk)` : null, invitesEnabled: true }));
}

/** The first ten agents are in a directory of any size. */
const known = Array.from({ length: 10 }, (_, number) => ({ private: `  ${name(number).toUpperCase()}`, public: FIRST[number], display: FIRST[number] }));
const oneUnknown = known.with(9, { private: 'Nobody Atall', public: 'Nobody', display: 'Nobody' });

/** Our directory; the package without one reads the agents at each call. */
function prepare(ours, agents) {
  if (ours.AgentDirectory) return new ours.AgentDirectory(agents);
  return { match: (representatives) => ours.matchAgents(representatives, agents), free() {} };
}

const label = (size) => `${size.toLocaleString('en')} agents`;
const each = (work) => Object.fromEntries(SIZES.map((size) => [label(size), work(agents(size))]));

export default async function* matching(place, count) {
  const ours = await place.ours();
  const base = label(SIZES[0]);
  const atMost = { [label(SIZES.at(-1))]: GOAL };
  const prepared = ours.AgentDirectory ? '' : ' (no AgentDirectory in this package: agents are read at each call)';
  for (const [title, representatives] of [['ten agents', known], ['nine agents and somebody unknown', oneUnknown]]) {
    const directories = [];
    const contestants = each((agents) => {
      const directory = prepare(ours, agents);
      directories.push(directory);
      same('the prepared directory', ours.matchAgents(representatives, agents), directory.match(representatives));
      return () => directory.match(representatives);
    });
    yield { title: title + prepared, base, samples: await race(contestants, count(25)), atMost };
    for (const directory of directories) directory.free();
  }
  if (!ours.AgentDirectory) return;
  const contestants = each((agents) => () => prepare(ours, agents).free());
  yield { title: 'preparing the directory', base, samples: await race(contestants, count(11)) };
}
