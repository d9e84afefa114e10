// The pages for Halo's tabs, buttons and windows: which elements stand on which page, and what they are about, as the address
// says. `lang` and `theme` in the address go before the browser's own. Decides nothing else.

const PAGES = {
  ticket: { elements: ['invite', 'link'], about: 'ticket', en: 'Remote support', de: 'Fernwartung' },
  invite: { elements: ['invite'], about: 'ticket', en: 'Send Beyond Trust Invite', de: 'BeyondTrust-Einladung senden' },
  link: { elements: ['link'], about: 'ticket', en: 'Link Remote Session', de: 'Fernwartungssitzung verknüpfen' },
  chat: { elements: ['invite'], about: 'chat', en: 'Send Beyond Trust Invite', de: 'BeyondTrust-Einladung senden' },
  chats: { elements: ['chats'], en: 'My chats', de: 'Meine Chats' },
  asset: { elements: ['pinned'], about: 'asset', en: 'Open in BeyondTrust', de: 'In BeyondTrust öffnen' },
  check: { elements: ['check'], en: 'What would happen?', de: 'Was würde geschehen?' },
};
const BROKEN = {
  en: ['Plugin not found', 'A file of the plugin could not be loaded.', 'If it stays, the files of the plugin are incomplete: an administrator can build or copy them again.', 'Try again'],
  de: ['Plugin nicht gefunden', 'Eine Datei des Plugins konnte nicht geladen werden.', 'Bleibt es so, sind die Dateien des Plugins unvollständig: Ein Administrator kann sie neu bauen oder kopieren.', 'Erneut versuchen'],
};

const place = document.getElementById('place');
const query = new URLSearchParams(location.search);
const german = /^de\b/i.test([query.get('lang'), navigator.language].find((asked) => /^(de|en)\b/i.test(asked ?? '')));
const lang = german ? 'de' : 'en';
const { elements, about, [lang]: title } = PAGES[location.pathname.split('/').pop()] ?? PAGES.ticket;
const value = about && (query.get(about) ?? '').trim();

document.documentElement.lang = lang;
const theme = query.get('theme');
if (theme === 'dark' || theme === 'light') document.documentElement.dataset.theme = theme;
const heading = place.querySelector('h1');
heading.textContent = value ? `${title} ${value}` : title;
document.title = heading.textContent;

/** What went wrong before there is an element. */
function broken([title, detail, advice, again]) {
  const box = document.createElement('section');
  box.className = 'note';
  box.setAttribute('role', 'alert');
  for (const [tag, text] of [['h1', title], ['p', detail], ['p', advice]]) box.appendChild(document.createElement(tag)).textContent = text;
  const button = box.appendChild(document.createElement('button'));
  button.textContent = again;
  button.addEventListener('click', () => location.reload());
  place.replaceChildren(box);
}

function make(name) {
  const element = document.createElement(`remote-support-${name}`);
  if (about) element.setAttribute(about, value);
  return element;
}

try {
  await (await import('/embed/pkg/remote-support.js')).defineElements();
  const [first, ...others] = elements.map(make);
  place.replaceChildren(heading, first);
  // One sign-in, and one word about what is wrong, are enough for all of them: the others come when the first is there.
  const rest = () => place.append(...others.splice(0));
  place.addEventListener('remote-support:ready', rest);
  place.addEventListener('remote-support:failed', ({ target, detail }) => {
    // Quick invites are off: then there is no such entry on the ticket.
    if (detail.code !== 'quick_invites_off' || target !== first || elements.length < 2) return;
    rest();
    first.remove();
  });
} catch (error) {
  console.error(error);
  broken(BROKEN[lang]);
}
