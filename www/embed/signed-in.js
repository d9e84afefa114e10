// The page a sign-in ends on: hands its one-time code to the frame that opened it, or shows the code to be typed there.

const { code, nonce, origin } = document.body.dataset;
const PATIENCE = 1500; // milliseconds for the opener to answer

/** `7K3M9QX2DH` as `7K3M9-QX2DH`. */
const grouped = (text) => text.replace(/[^0-9A-Za-z]/g, '').replace(/(.{5})(?=.)/g, '$1-');

function make(tag, props, ...children) {
  const made = Object.assign(document.createElement(tag), props);
  made.append(...children);
  return made;
}

function show() {
  if (document.getElementById('code')) return;
  const shown = make('output', { id: 'code', textContent: grouped(code) });
  const said = make('p', { id: 'said', role: 'status' });
  const copy = make('button', { type: 'button', textContent: 'Copy' });
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(grouped(code));
      said.textContent = 'Copied. Paste it into the Remote Support panel.';
    } catch {
      getSelection()?.selectAllChildren(shown);
      said.textContent = 'The browser does not let us copy. The code is selected: press Ctrl+C.';
    }
  });
  const words = make('p', { textContent: 'Type this code into the field "Code" of the Remote Support panel, then close this window. It works once, for a few minutes.' });
  document.querySelector('main').append(make('section', { className: 'code', ariaLabel: 'Sign-in code' }, words, make('div', { className: 'row' }, shown, copy), said));
}

if (code && nonce && origin) {
  addEventListener('message', (event) => {
    if (event.origin === origin && event.data?.type === 'remote-support:received' && event.data.nonce === nonce) close();
  });
  try {
    window.opener?.postMessage({ type: 'remote-support:signed-in', code, nonce }, origin);
  } catch (error) {
    console.warn('The page that opened this window cannot be told.', error);
  }
  if (window.opener) setTimeout(show, PATIENCE);
  else show();
}
