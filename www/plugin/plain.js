// What is seen without the WebAssembly module: that it is loading, or why it does not run. Its words stand here, as the catalogue
// is in the module.

const WORDS = {
  en: {
    heading: 'Remote support',
    loading: 'Loading…',
    retry: 'Try again',
    copy: 'Copy details',
    copied: 'Details copied.',
    unknown: ['Remote support cannot start'],
    module_missing: ['Plugin not found'],
    module_type: ['Plugin delivered wrongly'],
    module_blocked: ['WebAssembly is blocked'],
    module_network: ['No connection'],
  },
  de: {
    heading: 'Fernwartung',
    loading: 'Wird geladen…',
    retry: 'Erneut versuchen',
    copy: 'Details kopieren',
    copied: 'Details kopiert.',
    unknown: ['Die Fernwartung kann nicht starten'],
    module_missing: ['Plugin nicht gefunden', 'Eine Datei des Plugins konnte nicht geladen werden.',
      'Versuchen Sie es erneut. Bleibt es so, sind die Dateien des Plugins unvollständig: Ein Administrator kann sie neu bauen oder kopieren.'],
    module_type: ['Plugin falsch ausgeliefert', 'Eine Datei des Plugins wurde mit dem falschen Typ ausgeliefert.',
      'Der Server muss .wasm-Dateien als application/wasm ausliefern. Ein Administrator kann das ändern.'],
    module_blocked: ['WebAssembly ist blockiert', 'Diese Seite erlaubt kein WebAssembly.',
      "Die Content-Security-Policy der Seite muss 'wasm-unsafe-eval' in script-src erlauben. Ein Administrator kann das ändern."],
    module_network: ['Keine Verbindung', 'Die Dateien des Plugins sind von diesem Browser aus nicht erreichbar.', 'Prüfen Sie Ihre Verbindung und versuchen Sie es erneut.'],
  },
};

function make(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** The button that puts code, sentences and address on the clipboard, or shows them where that is forbidden. */
function copying(words, lines) {
  const said = make('div', { className: 'said', role: 'status' });
  const copy = make('button', { type: 'button', className: 'quiet' }, words.copy);
  copy.addEventListener('click', async () => {
    const done = await Promise.resolve(navigator.clipboard?.writeText(lines) ?? Promise.reject()).then(() => true, () => false);
    said.replaceChildren(done ? make('p', { className: 'hint' }, words.copied) : make('pre', { className: 'details', tabIndex: 0 }, lines));
  });
  return [copy, said];
}

function trouble(words, { code, message, advice = '' }) {
  const [title, detail = message, remedy = advice] = words[code] ?? words.unknown;
  const told = [make('h3', {}, title), make('p', {}, detail), make('p', { className: 'hint' }, remedy)];
  const cast = make('div', { className: 'cast bad', role: 'alert' }, make('span', { className: 'sign', ariaHidden: 'true' }), make('div', {}, ...told));
  const retry = make('button', { type: 'button', className: 'go' }, words.retry);
  retry.dataset.action = 'load';
  const lines = `${title}\n${detail}\n${remedy}\n${code ?? 'unknown'}\n${location.origin}`;
  return [cast, make('div', { className: 'row' }, retry, ...copying(words, lines))];
}

function bones(words) {
  const lines = ['bone short', 'bone field', 'bone line', 'bone line', 'bone line'].map((className) => make('div', { className }));
  return [make('p', { className: 'unseen', role: 'status' }, words.loading), make('div', { className: 'bones', ariaHidden: 'true' }, ...lines)];
}

/** The panel while the module loads, or with the error that kept it from loading. */
export function plain(lang, error) {
  const words = WORDS[lang?.slice(0, 2).toLowerCase()] ?? WORDS.en;
  const heading = make('header', { className: 'top' }, make('h2', {}, words.heading));
  return make('section', { className: 'panel', ariaBusy: String(!error) }, heading, make('div', { className: 'body' }, ...(error ? trouble(words, error) : bones(words))));
}
