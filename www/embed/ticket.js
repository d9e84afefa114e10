// The ticket's tab: reads the ticket from the address and puts the invite element on the page. Decides nothing else.

const place = document.getElementById('place');

/** What went wrong before there is an element, and what to do about it. */
function note(title, detail, advice, again) {
  const box = document.createElement('section');
  box.className = 'note';
  box.setAttribute('role', 'alert');
  for (const [tag, text] of [['h1', title], ['p', detail], ['p', advice]]) box.appendChild(document.createElement(tag)).textContent = text;
  if (again) {
    const button = box.appendChild(document.createElement('button'));
    button.textContent = 'Try again';
    button.addEventListener('click', () => location.reload());
  }
  place.replaceChildren(box);
}

async function show(ticket) {
  document.title = `Remote support, ticket ${ticket}`;
  const element = document.createElement('remote-support-invite');
  element.setAttribute('ticket', ticket);
  try {
    await (await import('/embed/pkg/remote-support.js')).defineElements();
    const heading = place.querySelector('h1');
    heading.textContent = document.title;
    place.replaceChildren(heading, element);
  } catch (error) {
    console.error(error);
    note('Plugin not found', 'A file of the plugin could not be loaded.',
      'Try again. If it stays, the files of the plugin are incomplete: an administrator can build or copy them again.', true);
  }
}

const ticket = new URLSearchParams(location.search).get('ticket')?.trim() ?? '';
if (/^0*[1-9]\d{0,9}$/.test(ticket)) {
  await show(ticket);
} else if (ticket.includes('$')) {
  note('Halo did not fill in the ticket number', `The address of this tab still says ${ticket} where the ticket's number belongs.`,
    'An administrator can correct the URL of this custom tab in Halo; it ends in /embed/ticket?ticket=$FAULTID. Then reload the ticket.');
} else {
  note('No ticket', ticket ? `"${ticket}" is not a ticket number.` : 'The address of this tab names no ticket.',
    'An administrator can correct the URL of this custom tab in Halo; it ends in /embed/ticket?ticket=$FAULTID. Then reload the ticket.');
}
