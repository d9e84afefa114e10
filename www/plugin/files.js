// Files for a panel, dropped on it or chosen: their bytes, nothing more. What they hold is the module's business.

/** Listens within the root, as long as the signal says; `take` gets `(name, bytes)`, `handle` what happens meanwhile. */
export function takeFiles(root, signal, handle, take) {
  const zone = (event) => event.target.closest?.('[data-drop]');
  const read = async (file) => {
    if (!file) return;
    handle('waiting');
    // Lets the panel say so first: a large report takes its time.
    await new Promise((resolve) => setTimeout(resolve));
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (!signal.aborted) take(file.name, bytes);
    } catch {
      if (!signal.aborted) handle('unreadable');
    }
  };
  const listen = (name, on) => root.addEventListener(name, on, { signal });
  listen('dragover', (event) => zone(event) && event.preventDefault());
  listen('drop', (event) => {
    if (!zone(event) || !event.dataTransfer.files.length) return;
    event.preventDefault();
    read(event.dataTransfer.files[0]);
  });
  listen('change', (event) => {
    const input = zone(event);
    if (input?.type !== 'file') return;
    read(input.files[0]);
    input.value = '';
  });
}
