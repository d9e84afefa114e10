// The page a sign-in ends on: hands its one-time code to the frame that opened it, or shows the code to be typed there.

const { code, nonce, origin } = document.body.dataset;
const PATIENCE = 1500; // milliseconds for the opener to answer

/** `7K3M9QX2DH` as `7K3M9-QX2DH`. */
const grouped = (text) => text.replace(/[^0-9A-Za-z]/g, '').replace(/(.{5})(?=.)/g, '$1-');

function show() {
  const [section, shown, copy, said] = ['type', 'code', 'copy', 'said'].map((id) => document.getElementById(id));
  shown.textContent = grouped(code);
  copy.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(grouped(code));
      said.textContent = said.dataset.copied;
    } catch {
      getSelection()?.selectAllChildren(shown);
      said.textContent = said.dataset.blocked;
    }
  });
  section.hidden = false;
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
