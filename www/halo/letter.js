// Shows HTML that a vendor stored (a note, a mail) in a frame without scripts; what it says is none of this page's code.

// Same origin, so that its height can be measured; no scripts, so that being of the same origin gives it nothing.
const SANDBOX = "allow-same-origin allow-popups allow-popups-to-escape-sandbox";
const POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src data:; form-action 'none'";

/** A frame as high as `html`. `sheet` is the address of its style sheet. Links open in a new tab. */
export function letter(title, html, sheet) {
  const frame = document.createElement("iframe");
  frame.title = title;
  frame.className = "letter";
  frame.setAttribute("sandbox", SANDBOX);
  const head = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="color-scheme" content="light dark"><base target="_blank"><link rel="stylesheet" href="${sheet}">`;
  frame.srcdoc = `<!doctype html><html lang="en"><head>${head}<title>${title.replace(/[&<>"]/g, " ")}</title></head><body>${html}</body></html>`;
  let watch = null;
  frame.addEventListener("load", () => {
    watch?.disconnect();
    const body = frame.contentDocument?.body;
    if (!body) return;
    const fit = () => {
      const height = `${Math.ceil(body.getBoundingClientRect().height)}px`;
      if (frame.style.height !== height) frame.style.height = height;
    };
    watch = new ResizeObserver(fit);
    watch.observe(body);
    fit();
  });
  return frame;
}
