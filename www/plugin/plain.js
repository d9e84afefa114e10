// What is seen without the WebAssembly module: that it is loading, or why it does not run. English, as the catalogue is not there.

function make(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

function trouble({ title, message, advice }) {
  const words = [make('h3', {}, title ?? 'Remote support cannot start'), make('p', {}, message), make('p', { className: 'hint' }, advice ?? '')];
  const cast = make('div', { className: 'cast bad', role: 'alert' }, make('span', { className: 'sign', ariaHidden: 'true' }), make('div', {}, ...words));
  const retry = make('button', { type: 'button', className: 'go' }, 'Try again');
  retry.dataset.action = 'load';
  return [cast, make('div', { className: 'row' }, retry)];
}

function bones() {
  const lines = ['bone short', 'bone field', 'bone line', 'bone line', 'bone line'].map((className) => make('div', { className }));
  return [make('p', { className: 'unseen', role: 'status' }, 'Loading…'), make('div', { className: 'bones', ariaHidden: 'true' }, ...lines)];
}

/** The panel while the module loads, or with the error that kept it from loading. */
export function plain(error) {
  const heading = make('header', { className: 'top' }, make('h2', {}, 'Remote support'));
  return make('section', { className: 'panel', ariaBusy: String(!error) }, heading, make('div', { className: 'body' }, ...(error ? trouble(error) : bones())));
}
