// The sections that run the same in a browser's page and in Node.

import * as matching from './matching.mjs';
import * as reports from './reports.mjs';
import * as templates from './templates.mjs';

export const sections = { reports, templates, matching };

/** Runs one section and tells each of its tables. `share` is the share of the usual rounds. */
export async function run(name, place, { share }, told) {
  const rounds = (usual) => Math.max(3, Math.round(usual * share));
  for await (const table of sections[name].default(place, { rounds })) await told(table);
}
