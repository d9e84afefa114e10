// The look of all elements, adopted as one constructable style sheet. Every colour and measure is a custom property that the
// page may set on the element; light or dark is what the page's own color-scheme says.

export const styles = `
:host {
  --_ink: var(--rs-ink, light-dark(#16202b, #e7edf4));
  --_ink-2: var(--rs-ink-2, light-dark(#536071, #a3b3c4));
  --_line: var(--rs-line, light-dark(#dde3ea, #2c3947));
  --_edge: var(--rs-edge, light-dark(#7d8a99, #66788b));
  --_surface: var(--rs-surface, light-dark(#fff, #17212c));
  --_sunken: var(--rs-sunken, light-dark(#f5f7fa, #111a23));
  --_accent: var(--rs-accent, light-dark(#1a66dc, #78aeff));
  --_accent-strong: var(--rs-accent-strong, light-dark(#1455bd, #9cc4ff));
  --_accent-ink: var(--rs-accent-ink, light-dark(#fff, #0b1420));
  --_accent-soft: var(--rs-accent-soft, light-dark(#e9f1fe, #1b3050));
  --_ok: var(--rs-ok, light-dark(#17744a, #6ad09c));
  --_ok-soft: var(--rs-ok-soft, light-dark(#e6f5ed, #143021));
  --_warn: var(--rs-warn, light-dark(#8a5a00, #f2bf66));
  --_warn-soft: var(--rs-warn-soft, light-dark(#fff4df, #332812));
  --_bad: var(--rs-bad, light-dark(#b3261e, #ff8f85));
  --_bad-soft: var(--rs-bad-soft, light-dark(#fdeceb, #3b1c1a));
  --_shadow: var(--rs-shadow, 0 1px 2px rgb(16 32 48 / 8%), 0 8px 24px -12px light-dark(rgb(16 32 48 / 14%), rgb(0 0 0 / 40%)));
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
.who { flex: 1 1 auto; display: flex; flex-wrap: wrap; justify-content: flex-end; gap: 0 10px; color: var(--_ink-2); font-size: 13px; min-width: 0; overflow-wrap: anywhere; }
.who .agent:not(:last-child)::after { content: "·"; margin-inline-start: 10px; }
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
.field:placeholder-shown { text-overflow: ellipsis; }
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

.card { border-block-end: 1px solid var(--_line); gap: 10px; }
.card h3 { font-size: 15.5px; }
.card .labels .hint { white-space: nowrap; }
.route { font-size: 14px; }
.row:empty { display: none; }
.life { list-style: none; max-width: 42rem; margin: 4px 0 0; padding: 0; font-size: 14px; }
.life li { position: relative; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 12px; padding: 4px 0 4px 26px; overflow-wrap: anywhere; }
.life li::before { content: ""; position: absolute; inset-inline-start: 4px; inset-block-start: 10px; width: 10px; height: 10px; border-radius: 50%; background: var(--_ok); z-index: 1; }
.life li:not(:last-child)::after { content: ""; position: absolute; inset-inline-start: 8.25px; inset-block: 20px -10px; width: 1.5px; background: var(--_line); }
.life .now { font-weight: 620; }
.life .now::before { background: var(--_accent); box-shadow: 0 0 0 4px var(--_accent-soft); }
.life .todo { color: var(--_ink-2); } .life .todo::before { background: var(--_surface); border: 2px solid var(--_edge); }
.life .bad { color: var(--_bad); } .life .bad::before { background: var(--_bad); border-radius: 2px; }
.life time { color: var(--_ink-2); font-size: 13px; font-weight: 400; font-variant-numeric: tabular-nums; }
.earlier { gap: 8px; font-size: 14px; }
summary { cursor: pointer; color: var(--_ink-2); font-size: 13.5px; border-radius: 6px; width: fit-content; }
summary:focus-visible { outline: 3px solid color-mix(in srgb, var(--_accent) 60%, transparent); outline-offset: 2px; }
.lines { list-style: none; display: grid; gap: 4px; margin-block-start: 8px; color: var(--_ink-2); font-size: 13.5px; overflow-wrap: anywhere; }
details.body { padding-block: 12px; border-block-end: 1px solid var(--_line); }
.posted:empty { display: none; }
.posted { display: inline-flex; align-items: center; gap: 8px; color: var(--_ok); font-size: 14px; font-weight: 620; }
.tick { flex: none; width: 7px; height: 13px; margin: 0 3px 4px; border: solid currentColor; border-width: 0 2.5px 2.5px 0; rotate: 42deg; }
.declined { display: grid; gap: 12px; margin-block-start: 14px; }
.foot > .cast > div > .row, .card .cast .row { display: flex; margin-block-start: 8px; }
.picker.alone .search { border-radius: calc(var(--_radius) - 1px); }
.rows { list-style: none; display: grid; gap: 8px; }
.session, .row-still { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 1px 12px; width: 100%; padding: 9px 14px; font-weight: 400; text-align: start; align-items: baseline; }
.row-still { border: 1px solid var(--_line); border-radius: var(--_radius); }
.session { border-color: var(--_line); }
.session .name, .row-still .name { font-weight: 620; overflow-wrap: anywhere; }
.session .when { color: var(--_ink-2); font-size: 13px; }
.session .words, .row-still .words, .session .reason { grid-column: 1 / -1; color: var(--_ink-2); font-size: 13px; line-height: 1.4; overflow-wrap: anywhere; }
.session .reason { color: var(--_accent-strong); }
.session .reason::before { content: "\\2713"; margin-inline-end: 7px; }
.session.chosen { border-color: var(--_accent); background: var(--_accent-soft); box-shadow: inset 3px 0 0 var(--_accent); }
.row-still .why { grid-column: 1 / -1; font-size: 13.5px; overflow-wrap: anywhere; } .row-still .row { grid-column: 1 / -1; margin-block-start: 6px; }
.row-still .small, .cast .row .small { margin: 0; }
.when.state.done { color: var(--_ok); } .when.state.bad { color: var(--_bad); }
#rs-note { max-height: 340px; overflow: auto; }
.tag { font: 650 18px/1.3 var(--_mono); overflow-wrap: anywhere; }
.back::before { content: "\\2039"; font-size: 18px; line-height: 1; }

@container (min-width: 720px) {
  .sides { grid-template-columns: minmax(0, 5fr) minmax(0, 6fr); gap: 28px; }
}
@container (max-width: 380px) {
  .card .labels .hint { white-space: normal; }
  .life li { grid-template-columns: minmax(0, 1fr); gap: 0; }
  details.body { padding-inline: 14px; }
  .body { padding: 14px; gap: 14px; }
  .top { padding: 12px 14px; }
  .foot { margin: 0 -14px -14px; padding: 12px 14px; }
  .who { flex-basis: 100%; justify-content: flex-start; margin-inline: 28px 0; }
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
