// Invitations: from a template and values to the text of the mail, ours against template engines.

import { LETTERS, VALUES, forHandlebars, forMustache, letter } from './letters.mjs';
import { kept, race, same } from './measure.mjs';

/** How many times our own time handlebars.js should need. */
const CACHED = { '2 KB': 1, '50 KB': 3 };
const CACHED_BLOCKS = { '2 KB': 0.5, '50 KB': 1 };
const FIRST = { '50 KB': 1 };

export const notes = [
  'Ours also checks the template, finds out where in the markup each value stands, and escapes for that place; the peers escape for text.',
  'handlebars.js leaves its output in pieces; whoever uses it has them joined, and so has the benchmark, except where it says so.',
  '"first": a template not seen before, each time.',
];

/** Joins the pieces of a string; the character is kept, or the engine would not look for it. */
function joined(text) {
  kept.character = text.charCodeAt(text.length - 1);
  return text;
}

export default async function* templates(place, count) {
  const ours = await place.ours();
  const { Handlebars, Mustache } = await place.peer('templates');
  const { LINKTOREMOTE: link, ...named } = VALUES;
  const render = (template) => ours.renderInvite(template, { link, named }, { format: 'html' }).output;
  let fresh = 0;
  /** The same template, never seen before. */
  const again = (template) => `${template}<!-- ${fresh++} -->`;

  for (const [kind, blocks] of [['$NAMES', false], ['blocks', true]]) {
    for (const [size, bytes] of LETTERS) {
      const template = letter(bytes, blocks);
      const handlebars = forHandlebars(template);
      const mustache = forMustache(template);
      const compiled = Handlebars.compile(handlebars);
      const output = render(template);
      same('handlebars.js', output, compiled(VALUES));
      // It alone escapes slashes.
      same('mustache', output, Mustache.render(mustache, VALUES).replaceAll('&#x2F;', '/'));
      yield {
        title: `${kind}, ${size}`,
        base: 'ours',
        samples: await race({
          ours: () => joined(render(template)),
          'handlebars.js': () => joined(compiled(VALUES)),
          'handlebars.js, in pieces': () => compiled(VALUES),
          mustache: () => joined(Mustache.render(mustache, VALUES)),
        }, count(25)),
        atLeast: { 'handlebars.js': (blocks ? CACHED_BLOCKS : CACHED)[size] },
      };
      yield {
        title: `${kind}, ${size}, first`,
        base: 'ours',
        samples: await race({
          ours: () => joined(render(again(template))),
          'handlebars.js': () => joined(Handlebars.compile(again(handlebars))(VALUES)),
          mustache() {
            Mustache.clearCache();
            return joined(Mustache.render(again(mustache), VALUES));
          },
        }, count(15)),
        atLeast: size in FIRST ? { 'handlebars.js': FIRST[size] } : {},
      };
    }
  }
}
