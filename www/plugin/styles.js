// The look of all elements, adopted as one constructable style sheet. Every colour and measure is a custom property that the
// page may set on the element.

export const styles = `
:host {
  color-scheme: light dark;
  --_ink: var(--rs-ink, #16202b);
  --_ink-2: var(--rs-ink-2, #536071);
  --_line: var(--rs-line, #dde3ea);
  --_edge: var(--rs-edge, #7d8a99);
  --_surface: var(--rs-surface, #fff);
  --_sunken: var(--rs-sunken, #f5f7fa);
  --_accent: var(--rs-accent, #1a66dc);
  --_accent-strong: var(--rs-accent-strong, #1455bd);
  --_accent-ink: var(--rs-accent-ink, #fff);
  --_accent-soft: var(--rs-accent-soft, #e9f1fe);
  --_ok: var(--rs-ok, #17744a);
  --_ok-soft: var(--rs-ok-soft, #e6f5ed);
  --_warn: var(--rs-warn, #8a5a00);
  --_warn-soft: var(--rs-warn-soft, #fff4df);
  --_bad: var(--rs-bad, #b3261e);
  --_bad-soft: var(--rs-bad-soft, #fdeceb);
  --_shadow: var(--rs-shadow, 0 1px 2px rgb(16 32 48 / 6%), 0 8px 24px -12px rgb(16 32 48 / 14%));
  --_radius: var(--rs-radius, 10px);
  --_font: var(--rs-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif);
  --_mono: var(--rs-mono, ui-monospace, SFMono-Regular, Menlo, Consolas, monospace);
  display: block;
  container-type: inline-size;
  font: 15px/1.5 var(--_font);
  color: var(--_ink);
  text-align: start;
}
:host([hidden]) { display: none; }
@media (prefers-color-scheme: dark) {
  :host {
    --_ink: var(--rs-ink, #e7edf4);
    --_ink-2: var(--rs-ink-2, #a3b3c4);
    --_line: var(--rs-line, #2c3947);
    --_edge: var(--rs-edge, #66788b);
    --_surface: var(--rs-surface, #17212c);
    --_sunken: var(--rs-sunken, #111a23);
    --_accent: var(--rs-accent, #78aeff);
    --_accent-strong: var(--rs-accent-strong, #9cc4ff);
    --_accent-ink: var(--rs-accent-ink, #0b1420);
    --_accent-soft: var(--rs-accent-soft, #1b3050);
    --_ok: var(--rs-ok, #6ad09c);
    --_ok-soft: var(--rs-ok-soft, #143021);
    --_warn: var(--rs-warn, #f2bf66);
    --_warn-soft: var(--rs-warn-soft, #332812);
    --_bad: var(--rs-bad, #ff8f85);
    --_bad-soft: var(--rs-bad-soft, #3b1c1a);
    --_shadow: var(--rs-shadow, 0 1px 2px rgb(0 0 0 / 30%));
  }
}
*, *::before, *::after { box-sizing: border-box; }
h2, h3, p, ul { margin: 0; padding: 0; font-size: inherit; }
h2, h3 { font-weight: 650; overflow-wrap: anywhere; }
h2:focus, h3:focus, .cast:focus { outline: none; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.panel { background: var(--_surface); border: 1px solid var(--_line); border-radius: 14px; box-shadow: var(--_shadow); overflow: clip; }
.top { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 12px; padding: 14px 18px; border-block-end: 1px solid var(--_line); }
.top h2 { display: flex; align-items: center; gap: 10px; font-size: 16px; letter-spacing: -.005em; }
.top h2::before { content: ""; flex: none; width: 18px; height: 18px; border-radius: 6px;
  background: radial-gradient(circle at 50% 50%, var(--_surface) 0 2.5px, transparent 3px),
    conic-gradient(from 225deg, var(--_accent) 0 25%, color-mix(in srgb, var(--_accent) 55%, var(--_surface)) 0 75%, var(--_accent) 0); }
.who { margin-inline-start: auto; display: flex; flex-wrap: wrap; gap: 0 10px; color: var(--_ink-2); font-size: 13px; min-width: 0; overflow-wrap: anywhere; }
.who .agent::after { content: "·"; margin-inline-start: 10px; }
.body { display: grid; gap: 18px; padding: 18px; }
.sides, .side { display: grid; gap: 18px; align-content: start; min-width: 0; }
.stack { display: grid; gap: 6px; min-width: 0; }
.labels { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; gap: 0 12px; }
label, .label { font-size: 13px; font-weight: 620; }
.hint { color: var(--_ink-2); font-size: 13px; font-weight: 400; }
.wrong { color: var(--_bad); font-size: 13.5px; overflow-wrap: anywhere; }

.field { width: 100%; min-width: 0; min-height: 40px; padding: 8px 12px; border: 1px solid var(--_edge); border-radius: var(--_radius);
  background: var(--_surface); color: inherit; font: inherit; }
textarea.field { display: block; resize: vertical; font: 13px/1.55 var(--_mono); tab-size: 2; }
.field::placeholder { color: var(--_ink-2); opacity: 1; }
.field[aria-invalid="true"] { border-color: var(--_bad); box-shadow: inset 0 0 0 1px var(--_bad); }
.field:disabled { background: var(--_sunken); color: var(--_ink-2); }
.field.code { width: 13.5em; flex: 0 1 auto; font: 600 16px/1.4 var(--_mono); letter-spacing: .1em; text-transform: uppercase; }
:is(.field, .list, button, a):focus-visible { outline: 3px solid color-mix(in srgb, var(--_accent) 60%, transparent); outline-offset: 1px; }
:is(h2, h3, .cast):focus-visible { outline: 2px solid color-mix(in srgb, var(--_accent) 60%, transparent); outline-offset: 4px; border-radius: 6px; }

.picker { border: 1px solid var(--_edge); border-radius: var(--_radius); background: var(--_surface); }
.picker .search { border: 0; border-radius: calc(var(--_radius) - 1px) calc(var(--_radius) - 1px) 0 0; padding-inline-start: 38px;
  background: no-repeat 13px 50% / 16px linear-gradient(transparent, transparent); }
.picker { position: relative; }
.picker::before { content: ""; position: absolute; inset-block-start: 13px; inset-inline-start: 14px; width: 11px; height: 11px; border: 1.8px solid var(--_ink-2); border-radius: 50%; pointer-events: none; z-index: 1; }
.picker::after { content: ""; position: absolute; inset-block-start: 24px; inset-inline-start: 23.5px; width: 6px; height: 1.8px; border-radius: 1px; background: var(--_ink-2); rotate: 45deg; pointer-events: none; }
.list { border-block-start: 1px solid var(--_line); max-height: 378px; overflow-y: auto; border-radius: 0 0 calc(var(--_radius) - 1px) calc(var(--_radius) - 1px); scrollbar-width: thin; }
.option { display: grid; grid-template-columns: 14px minmax(0, 1fr); column-gap: 10px; align-items: center; padding: 8px 14px; cursor: pointer; position: relative; }
.option + .option { border-block-start: 1px solid var(--_line); }
.option .name { overflow-wrap: anywhere; }
.option .words { grid-column: 2; color: var(--_ink-2); font-size: 13px; line-height: 1.35; }
.option:hover { background: var(--_sunken); }
.option[aria-selected="true"] { background: var(--_accent-soft); box-shadow: inset 3px 0 0 var(--_accent); }
.option[aria-selected="true"] .name { font-weight: 620; }
.option[aria-selected="true"]::after { content: ""; position: absolute; inset-inline-end: 16px; inset-block-start: calc(50% - 8px); width: 6px; height: 11px; border: solid var(--_accent); border-width: 0 2px 2px 0; rotate: 42deg; }
.option[aria-selected="true"] .name, .option[aria-selected="true"] .words { padding-inline-end: 22px; }
.list[aria-disabled="true"] { opacity: .65; }
.list[aria-disabled="true"] .option { cursor: default; }
.none { padding: 12px 14px; color: var(--_ink-2); font-size: 14px; overflow-wrap: anywhere; }
.dot { grid-row: 1 / span 2; width: 10px; height: 10px; justify-self: center; border-radius: 50%; background: var(--_ok); }
.dot.here { box-shadow: 0 0 0 3px var(--_ok-soft); }
.dot.away { background: none; border: 2px solid var(--_ink-2); }
.dot.unknown { background: none; border: 2px dashed var(--_warn); }
.dot.team { border-radius: 3px; background: var(--_accent); }

.cast { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 10px; padding: 11px 14px; border-radius: var(--_radius); font-size: 14px; overflow-wrap: anywhere; }
.cast > div { display: grid; gap: 2px; }
.cast > div:not(:has(p)) { display: block; }
.cast .sign { font-weight: 700; line-height: 1.5; min-width: 14px; text-align: center; }
.cast.ok { background: var(--_ok-soft); } .cast.ok :is(b, h3, .sign) { color: var(--_ok); } .cast.ok .sign:empty::before { content: "\\2713"; }
.cast.warn { background: var(--_warn-soft); } .cast.warn :is(b, h3, .sign) { color: var(--_warn); } .cast.warn .sign:empty::before { content: "\\21AA"; }
.cast.bad { background: var(--_bad-soft); } .cast.bad :is(b, h3, .sign) { color: var(--_bad); } .cast.bad .sign:empty::before { content: "\\2715"; }
.cast h3 { font-size: 15px; }
.cast.big { padding: 16px; } .cast.big h3 { font-size: 16.5px; }
.cast .hint { color: var(--_ink-2); }
.literal { letter-spacing: .04em; }
.rerouted { font-weight: 600; }
.recent { display: flex; gap: 8px; align-items: baseline; color: var(--_ink-2); font-size: 13.5px; overflow-wrap: anywhere; }
.recent svg { flex: none; translate: 0 2px; }

.preview > * + * { margin-block-start: 10px; }
.preview > .said:empty + * { margin-block-start: 0; }
.mail { border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_sunken); font-size: 14px; overflow: clip; overflow-wrap: anywhere; }
.mail .subject { padding: 10px 14px; font-weight: 620; border-block-end: 1px solid var(--_line); }
.mail .text { display: grid; gap: 9px; padding: 12px 14px; }
.mail .heading { font-weight: 650; }
.mail .item { padding-inline-start: 16px; position: relative; }
.mail .item::before { content: "\\2022"; position: absolute; inset-inline-start: 4px; }
.mail .link { color: var(--_accent); text-decoration: underline; text-underline-offset: 2px; }
.mail .sample { padding: 8px 14px; border-block-start: 1px dashed var(--_line); color: var(--_ink-2); font-size: 12.5px; }
.problems { list-style: none; display: grid; gap: 6px; font-size: 13.5px; overflow-wrap: anywhere; }
.problems li { padding: 7px 12px; border-radius: 8px; background: var(--_warn-soft); } .problems b { color: var(--_warn); }
.problems .refused { background: var(--_bad-soft); } .problems .refused b { color: var(--_bad); }

.details { margin: 0; padding: 12px 14px; border: 1px solid var(--_line); border-radius: var(--_radius); background: var(--_sunken); font: 12.5px/1.5 var(--_mono); white-space: pre-wrap; overflow-wrap: anywhere; user-select: all; }
.said:not(:empty) { flex-basis: 100%; }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 10px; }
button { display: inline-flex; align-items: center; gap: 8px; min-height: 40px; padding: 8px 16px; border: 1px solid var(--_edge); border-radius: var(--_radius);
  background: var(--_surface); color: var(--_ink); font: inherit; font-weight: 620; cursor: pointer; overflow-wrap: anywhere; text-align: start; }
button:hover:enabled { background: var(--_sunken); }
button.go { background: var(--_accent); border-color: transparent; color: var(--_accent-ink); }
button.go:hover:enabled { background: var(--_accent-strong); }
button.quiet { border-color: transparent; color: var(--_ink-2); font-weight: 500; }
button.small { min-height: 28px; padding: 1px 10px; font-size: 13px; margin-inline-start: 4px; }
button:disabled { cursor: progress; opacity: .75; }
a { color: var(--_accent); }
.foot { border-block-start: 1px solid var(--_line); margin: 0 -18px -18px; padding: 14px 18px; background: color-mix(in srgb, var(--_sunken) 60%, var(--_surface)); }

.calm { justify-items: start; gap: 10px; padding-block: 26px; max-width: 34rem; }
.calm > form { margin-block-start: 8px; width: 100%; }
.calm h3 { font-size: 17px; }
.calm > p { color: var(--_ink-2); }
.badge { display: grid; place-items: center; width: 44px; height: 44px; border-radius: 13px; background: var(--_accent-soft); color: var(--_accent); }
.waiting { display: flex; align-items: center; gap: 12px; }
.spinner { flex: none; width: 16px; height: 16px; border: 2px solid color-mix(in srgb, currentColor 30%, transparent); border-block-start-color: currentColor; border-radius: 50%; animation: turn .8s linear infinite; }
.bone { border-radius: 8px; background: var(--_line); animation: breathe 1.4s ease-in-out infinite alternate; }
.bone.short { width: 11rem; max-width: 60%; height: 12px; } .bone.field { height: 40px; } .bone.line { height: 44px; } .bone.button { width: 8rem; height: 40px; }
.bones { display: grid; gap: 8px; }
@keyframes turn { to { rotate: 1turn; } }
@keyframes breathe { from { opacity: .45; } to { opacity: .9; } }

.cast.plain { background: var(--_sunken); border: 1px solid var(--_line); grid-template-columns: minmax(0, 1fr); } .cast.plain .sign { display: none; }
.grow { flex: 1 1 8rem; min-width: 0; overflow-wrap: anywhere; }
.drop { display: grid; gap: 8px; }
.file .button { display: inline-flex; align-items: center; min-height: 40px; padding: 8px 16px; border: 1px solid var(--_edge); border-radius: var(--_radius); font-size: 15px; cursor: pointer; }
.file .button:hover { background: var(--_sunken); } .file :focus-visible + .button { outline: 3px solid color-mix(in srgb, var(--_accent) 60%, transparent); outline-offset: 1px; }
.choices { margin: 0; padding: 14px; gap: 10px; border: 1px solid var(--_line); border-radius: var(--_radius); } .choices legend { padding: 0 6px; margin-inline-start: -6px; font-size: 13px; font-weight: 620; }
.choice { display: grid; grid-template-columns: 20px minmax(0, 1fr); gap: 8px; align-items: start; font-size: 14px; font-weight: 400; cursor: pointer; }
.choice input { width: 17px; height: 17px; margin: 2px 0 0; accent-color: var(--_accent); }
.field.short { width: auto; max-width: 13rem; }
.steps { margin: 0; padding-inline-start: 22px; display: grid; gap: 5px; font-size: 14px; overflow-wrap: anywhere; } ul.steps { list-style: none; padding: 0; }
ul.steps li { padding: 7px 12px; border-radius: 8px; background: var(--_sunken); }
.problems code { display: block; margin-block-start: 4px; color: var(--_ink-2); font: 12.5px/1.5 var(--_mono); }
.side > .calm { display: grid; padding-block: 14px; }
.cast > .row { display: flex; }

@container (min-width: 720px) {
  .sides { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 28px; }
}
@container (max-width: 380px) {
  .body { padding: 14px; gap: 14px; }
  .top { padding: 12px 14px; }
  .foot { margin: 0 -14px -14px; padding: 12px 14px; }
  .who { margin-inline: 28px 0; }
  .list { max-height: 264px; }
  .cast.big h3 { font-size: 15px; }
}
@media (prefers-reduced-motion: reduce) {
  .spinner { animation-duration: 3s; }
  .bone { animation: none; opacity: .7; }
}
@media (forced-colors: active) {
  .dot, .option[aria-selected="true"] { forced-color-adjust: none; }
  button.go { border-color: ButtonText; }
}
`;
