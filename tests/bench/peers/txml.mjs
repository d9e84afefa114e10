// txml, with entities decoded where there are any: its own option would look at every text.

import { parse } from 'txml/txml';
import { walker } from './walk.mjs';

const NAMED = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const character = (reference, name) =>
  NAMED[name] ?? String.fromCodePoint(name[1] === 'x' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10));
const plain = (text) => (text.includes('&') ? text.replace(/&(#x[0-9a-f]+|#[0-9]+|lt|gt|amp|quot|apos);/gi, character) : text);

const walk = walker({
  children: (node) => node.children,
  name: (node) => node.tagName,
  attribute(node, name) {
    const value = node.attributes[name];
    return value && plain(value);
  },
  text(node) {
    const text = node.children[0];
    return text && plain(text);
  },
});

export const name = 'txml';
export const read = (text) => walk(parse(text).find((node) => node.tagName === 'session_list'));
