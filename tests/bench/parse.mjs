// Our parser alone, for comparison with the same source compiled for this machine.

import { sampler } from './measure.mjs';

/** Reading without handing anything over, as soon as the package offers that; until then with the object for the page. */
const parseOnly = (ours) => ours.checkSessionReport;

/** Takes samples of reading one document. */
export async function parser(place, document) {
  const read = parseOnly(await place.ours());
  const bytes = await place.document(document);
  return sampler(() => read(bytes));
}
