// Registers the elements: their names, which panels they are, and which module they need. Nothing is loaded before one is used.

import { element } from './element.js';

/** Registers every element whose name is free. */
export function define({ panels, check }) {
  for (const [name, ...what] of [
    ['remote-support-invite', panels, 'PanelController', { ticket: 'invite', chat: 'chat' }, 'invite'],
    ['remote-support-link', panels, 'PanelController', { ticket: 'link' }, 'link'],
    ['remote-support-pinned', panels, 'PanelController', { asset: 'pinned' }, 'pinned'],
    ['remote-support-chats', panels, 'PanelController', {}, 'chats'],
    ['remote-support-check', check, 'CheckController', {}, ''],
  ]) {
    const known = customElements.get(name);
    if (!known) customElements.define(name, Object.assign(element(...what), { remoteSupport: true }));
    else if (!known.remoteSupport) console.warn(`<${name}> is already defined by something else on this page; remote support leaves it alone.`);
  }
}
