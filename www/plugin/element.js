// The one shim of all elements: lifecycle, events, the single place where HTML enters the page, the sign-in window.
// State, decisions and HTML are Rust; nothing is worded here.

import { Idiomorph } from './idiomorph.js';
import { takeFiles } from './files.js';
import { plain } from './plain.js';
import { styles } from './styles.js';

const HTML = globalThis.trustedTypes?.createPolicy('remote-support', { createHTML: (html) => html }) ?? { createHTML: (html) => html };
const HERE = new URL(import.meta.url).origin;
const EVENTS = ['click', 'input', 'change', 'keydown', 'submit'];
/** Whether a person has folded something out is theirs. */
const beforeAttributeUpdated = (name, { localName }) => !(name === 'open' && localName === 'details');
let sheet;

/** An element whose attributes say which panel it is: `{ ticket: 'invite' }`; without any, there is one panel. */
export function element(init, controller, panels, only = '') {
  return class extends HTMLElement {
    static observedAttributes = [...Object.keys(panels), 'proxy', 'lang'];
    #root = this.attachShadow({ mode: 'open' });
    #panel = this.#root.appendChild(document.createElement('div'));
    #life; // ends with the connection: requests, listeners, clock
    #controller;
    #nonce;
    #timers = new Map(); // an action's clock

    connectedCallback() {
      sheet ??= new CSSStyleSheet();
      if (!sheet.cssRules.length) sheet.replaceSync(styles);
      this.#root.adoptedStyleSheets = [sheet];
      this.#life = new AbortController();
      const { signal } = this.#life;
      for (const name of EVENTS) this.#root.addEventListener(name, (event) => this.#on(event), { signal });
      takeFiles(this.#root, signal, (action) => this.#handle(action), (name, bytes) => this.#controller?.file?.(name, bytes));
      document.addEventListener('remote-support:signed-in', ({ target }) => target === this || this.#handle('signed-in-elsewhere'), { signal });
      addEventListener('message', (event) => this.#signedIn(event), { signal });
      this.#start(signal);
    }

    disconnectedCallback() {
      this.#life?.abort();
      for (const timer of this.#timers.values()) clearTimeout(timer);
      this.#timers.clear();
      this.#controller?.free();
      this.#controller = this.#life = undefined;
    }

    attributeChangedCallback(name, before, after) {
      if (!this.#life || before === after) return;
      this.disconnectedCallback();
      this.connectedCallback();
    }

    get #proxy() {
      return new URL(this.getAttribute('proxy') || HERE, HERE).origin;
    }

    get #language() {
      const asked = [this.lang, this.closest('[lang]')?.lang, document.documentElement.lang, navigator.language];
      return asked.find((language) => /^(de|en)\b/i.test(language ?? '')) ?? 'en';
    }

    async #start(signal) {
      this.#tell(); // never an empty box
      try {
        const module = await init();
        if (signal.aborted) return;
        const notify = (change) => signal.aborted || this.#render(change);
        const attribute = Object.keys(panels).find((name) => this.hasAttribute(name));
        const about = this.getAttribute(attribute) ?? '';
        this.#controller = new module[controller](panels[attribute] ?? only, about, this.#proxy, location.origin, this.#language, signal, notify);
        this.#handle('start');
      } catch (error) {
        if (!signal.aborted) this.#tell(error);
      }
    }

    #handle(action, value = '') {
      return this.#controller?.handle(action, value) ?? false;
    }

    #on(event) {
      const at = event.target.closest('[data-action]');
      const key = event.type === 'keydown';
      // Keys of a composition are the composition's; what it wrote so far is heard like all that is typed.
      if (!at || (key && event.isComposing) || !(at.dataset.on ?? 'click').split(' ').includes(event.type)) return;
      const { action, value } = at.dataset;
      if (action === 'load') return void this.attributeChangedCallback('', 0, 1);
      if (this.#handle(key ? `${action}:keydown` : action, key ? event.key : (value ?? at.value ?? '')) && (key || event.type === 'submit')) event.preventDefault();
      if (key) this.#root.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
    }

    #render({ html, focus, open: sign, visit, copy, emit, again }) {
      const template = document.createElement('template');
      template.innerHTML = HTML.createHTML(`<div>${html}</div>`);
      this.#replace(template.content.firstChild);
      if (focus) this.#root.getElementById(focus)?.focus();
      if (copy) this.#copy(copy);
      if (emit) this.#emit(...emit);
      if (again) this.#again(...again);
      // A browser that takes it for an unwanted pop-up leaves the link that is shown.
      if (visit) open(visit, '_blank', 'noopener,noreferrer');
      if (!sign) return;
      this.#nonce = sign.nonce;
      // In the same turn as the click, or the browser takes it for an unwanted pop-up.
      if (!open(sign.address, 'remote-support-sign-in', 'popup,width=520,height=680')) this.#handle('popup-blocked');
    }

    /** Frames may often not write to the clipboard; then the text is shown. */
    async #copy(text) {
      const done = await Promise.resolve(navigator.clipboard?.writeText(text) ?? Promise.reject()).then(() => true, () => false);
      this.#handle(done ? 'copied' : 'copy-blocked');
    }

    #replace(fresh) {
      if (Idiomorph) return void Idiomorph.morph(this.#panel, [...fresh.childNodes], { morphStyle: 'innerHTML', callbacks: { beforeAttributeUpdated } });
      const { id, selectionStart, selectionEnd } = this.#root.activeElement ?? {};
      this.#panel.replaceChildren(...fresh.childNodes);
      const same = id && this.#root.getElementById(id);
      same?.focus();
      if (selectionStart != null) same?.setSelectionRange?.(selectionStart, selectionEnd);
    }

    /** A clock for each action; it stands still while nobody sees the page. */
    #again(milliseconds, action) {
      const { signal } = this.#life;
      clearTimeout(this.#timers.get(action));
      const timer = setTimeout(() => {
        const due = () => this.#timers.get(action) === timer && this.#handle(action);
        if (!document.hidden) return due();
        document.addEventListener('visibilitychange', due, { once: true, signal });
      }, milliseconds);
      this.#timers.set(action, timer);
    }

    #signedIn({ origin, source, data }) {
      if (origin !== this.#proxy || data?.type !== 'remote-support:signed-in' || !this.#nonce || data.nonce !== this.#nonce) return;
      source?.postMessage({ type: 'remote-support:received', nonce: this.#nonce }, origin);
      this.#nonce = undefined;
      this.#handle('signed-in', String(data.code));
    }

    /** Shows what does not need the module: that it loads, or why it does not. */
    #tell(error) {
      this.#panel.replaceChildren(plain(this.#language, error));
      if (error) this.#emit('remote-support:failed', error);
    }

    #emit(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    }
  };
}
