// Our parser by itself, for comparison with the same source compiled for this machine.

import { sampler } from './measure.mjs';

/** Reads and hands over what it read, but makes no objects of the log; the nearest thing to the parser alone. */
export async function parseOnly(place, document) {
  await place.ours();
  const { readSessionReport } = await place.bindings();
  const bytes = await place.document(document);
  return sampler(() => readSessionReport(bytes));
}

/** All that a page asks for. */
export async function whole(place, document) {
  const { checkSessionReport } = await place.ours();
  const bytes = await place.document(document);
  return sampler(() => checkSessionReport(bytes));
}
