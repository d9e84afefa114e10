// The browser's own DOMParser.

import { walker } from './walk.mjs';

const walk = walker({
  children(node) {
    const all = [];
    for (let child = node.firstElementChild; child; child = child.nextElementSibling) all.push(child);
    return all;
  },
  name: (node) => node.localName,
  attribute: (node, name) => node.getAttribute(name),
  text: (node) => node.textContent.trim(),
});

export const name = 'DOMParser';
export const read = (text) => walk(new DOMParser().parseFromString(text, 'text/xml').documentElement);
