// Matching: ten representatives against a prepared directory of agents, whose number should not matter.

import { race, same } from './measure.mjs';

const SIZES = [10, 1_000, 10_000];
const GOAL = 1.5;

const FIRST = ['Ann', 'Ben', 'Chloé', 'Dieter', 'Zoë', 'Priya', 'Søren', 'María', 'Olga', 'Tom'];
const LAST = ['Keller', 'Nair', 'O\'Brien', 'Müller', 'Garcia', 'Novák', 'Smith', 'Åberg', 'Lee', 'Rossi'];

export const notes = ['One call for ten representatives. For somebody unknown the nearest names are looked for. Peers there are none.'];

const name = (number) => `${FIRST[number % 10]} ${LAST[Math.floor(number / 10) % 10]} ${Math.floor(number / 100) || ''}`.trim();

function agents(count) {
  return Array.from({ length: count }, (_, number) => ({ id: number + 2, name: name(number), beyondtrustName: number % 2 ? `${name(number)} (Desk)` : null, invitesEnabled: true }));
}

/** The first ten agents are in a directory of any size. */
const known = Array.from({ length: 10 }, (_, number) => ({ private: `  ${name(number).toUpperCase()}`, public: FIRST[number], display: FIRST[number] }));
const oneUnknown = known.with(9, { private: 'Nobody Atall', public: 'Nobody', display: 'Nobody' });

const label = (size) => `${size.toLocaleString('en')} agents`;
const each = (work) => Object.fromEntries(SIZES.map((size) => [label(size), work(agents(size))]));

export default async function* matching(place, count) {
  const ours = await place.ours();
  const base = label(SIZES[0]);
  const atMost = { [label(SIZES.at(-1))]: GOAL };
  for (const [title, representatives] of [['ten agents', known], ['nine agents and somebody unknown', oneUnknown]]) {
    const directories = [];
    const contestants = each((agents) => {
      const directory = ours.agentDirectory(agents);
      directories.push(directory);
      same('the prepared directory', ours.matchAgents(representatives, agents), directory.match(representatives));
      return () => directory.match(representatives);
    });
    yield { title, base, samples: await race(contestants, count(25)), atMost };
    for (const directory of directories) directory.free();
  }
  const contestants = each((agents) => () => ours.agentDirectory(agents).free());
  yield { title: 'preparing the directory', base, samples: await race(contestants, count(11)) };
}
