// In a page that has loaded nothing yet: from `import` to the first report and the first mail, once, for one side.

const decoder = new TextDecoder();

/** Loads one side and gives its two works. */
const sides = {
  async ours() {
    const { default: init, checkSessionReport, renderInvite } = await import('/pkg/remote-support.js');
    await init();
    return {
      read: (bytes) => checkSessionReport(bytes).sessions,
      render: (template, { LINKTOREMOTE: link, ...named }) => renderInvite(template, { link, named }, { format: 'html' }).output,
    };
  },
  async theirs() {
    const { read, render } = await import('/made/peers/startup.js');
    return { read: (bytes) => read(decoder.decode(bytes)), render };
  },
};

globalThis.first = async (side, document, template, values) => {
  const bytes = new Uint8Array(await (await fetch(document)).arrayBuffer());
  // A page that was just made is still busy with itself.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const from = performance.now();
  const { read, render } = await sides[side]();
  const sessions = read(bytes);
  const output = render(template, values);
  return { milliseconds: performance.now() - from, sessions, output };
};
