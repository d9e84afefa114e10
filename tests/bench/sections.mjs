// What is measured: sections that run the same in a page and in Node, and those that are driven from outside. Runs no
// section by itself.

import * as matching from './matching.mjs';
import * as reports from './reports.mjs';
import * as templates from './templates.mjs';

/** Run in a place: see page.mjs and node.mjs. */
export const inside = { reports, templates, matching };

/** Runs one of them and tells each of its tables. `count` gives the number of rounds from the usual one. */
export async function run(name, place, share, told) {
  for await (const table of inside[name].default(place, (usual) => Math.max(3, Math.round(usual * share)))) await told(table);
}
