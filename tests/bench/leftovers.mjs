// Reads one report many times and keeps nothing of it, so that one can see what stays behind. Looks at no memory but our
// module's.

/** What reads bytes. */
async function reader(place, name) {
  if (name === 'ours') {
    const ours = await place.ours();
    return (bytes) => ours.checkSessionReport(bytes);
  }
  const { read } = await place.peer(name);
  const decoder = new TextDecoder();
  return (bytes) => read(decoder.decode(bytes));
}

/** Bytes of the module's memory afterwards; none for the peers, who have no module. */
export async function readMany(place, name, document, times) {
  const read = await reader(place, name);
  const bytes = await place.document(document);
  for (let time = 0; time < times; time++) {
    read(bytes);
    await new Promise((resolve) => setTimeout(resolve));
  }
  if (name !== 'ours') return 0;
  // Called again, the bindings give what they loaded.
  const { memory } = await (await place.bindings()).default();
  return memory.buffer.byteLength;
}
