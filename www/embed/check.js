// "What would happen?": puts the check on the page. Decides nothing.

const place = document.getElementById('place');
const lang = new URLSearchParams(location.search).get('lang');
if (lang) document.documentElement.lang = lang;

try {
  await (await import('/embed/pkg/remote-support.js')).defineElements();
  place.querySelector('.wait').remove();
  place.append(document.createElement('remote-support-check'));
} catch (error) {
  console.error(error);
  const wait = place.querySelector('.wait');
  wait.className = 'note';
  wait.setAttribute('role', 'alert');
  wait.textContent = 'A file of the plugin could not be loaded. Reload the page; if it stays, an administrator can build or copy the files of the plugin again.';
}
