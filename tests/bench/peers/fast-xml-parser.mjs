// fast-xml-parser, with the options that make it fastest here.

import { XMLParser } from 'fast-xml-parser';
import { walker } from './walk.mjs';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  jPath: false,
  // Numbers as references are read with this option only; the limits are for documents with entities of their own.
  htmlEntities: true,
  processEntities: { maxExpandedLength: Infinity },
});

/** The one key that is not the attributes'. */
function tag(node) {
  for (const key in node) if (key !== ':@') return key;
}

const walk = walker({
  children: (node) => node[tag(node)],
  name: tag,
  attribute: (node, name) => node[':@']?.[name],
  text: (node) => node[tag(node)][0]?.['#text'],
});

export const name = 'fast-xml-parser';
export const read = (text) => walk(parser.parse(text).find((node) => node.session_list));
