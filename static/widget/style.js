// How the panel looks. Colours follow the page's own colour scheme; the accent is only ever a
// ground or an edge, never the colour of words, so that any brand's colour keeps them readable.

const CSS = `
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
.root {
  --surface: light-dark(#f5f7f7, #1f272d); --muted: light-dark(#53616c, #9dabb5);
  --line: light-dark(#dce3e6, #2b353c); --control: light-dark(#7d8b95, #70808b);
  --ground: light-dark(#ffffff, #171d22); --mark: light-dark(#ffe9a3, #5d4b0e);
  --danger: light-dark(#a32a20, #f39c92); --ok: light-dark(#1a6b40, #82d1a3);
  --warn: light-dark(#865000, #e9b968);
  --soft: color-mix(in srgb, var(--accent) 10%, var(--ground));
  --radius: var(--help-radius, var(--theme-radius, 14px)); --inner: min(var(--radius), 10px);
}
.panel {
  position: fixed; z-index: var(--help-z, 2147483000);
  inset-block-end: 20px; inset-inline-end: 20px;
  display: flex; flex-direction: column; overflow: hidden;
  width: min(400px, calc(100vw - 40px)); height: min(700px, calc(100vh - 40px));
  height: min(700px, calc(100dvh - 40px));
  border: 1px solid var(--line); border-radius: var(--radius);
  background: var(--ground); color: var(--text);
  font: max(16px, 1rem) / 1.5 var(--font); text-align: start; overflow-wrap: break-word;
  -webkit-text-size-adjust: 100%; text-size-adjust: 100%;
  box-shadow: 0 2px 6px rgb(16 32 40 / 8%), 0 16px 48px rgb(16 32 40 / 20%);
  animation: rise 160ms ease-out;
}
:host([data-position=start]) .panel { inset-inline: 20px auto; }
:host([inline]) { display: block !important; }
:host([inline]) .panel { position: static; width: 100%; height: auto; max-height: none; box-shadow: none; animation: none; }
:host([inline]) .content { overflow: visible; }
@keyframes rise { from { opacity: 0; transform: translateY(8px); } }
@media (max-width: 480px) {
  :host(:not([inline])) .panel { inset: 0 !important; width: 100%; height: 100%; border: 0; border-radius: 0; }
}

button, input, textarea { margin: 0; font: inherit; color: inherit; letter-spacing: inherit; }
h2, h3, h4, h5, h6, p, ul, ol, dl, dd, blockquote, figure { margin: 0; }
h2, h3, h4, h5, h6 { font-weight: 650; line-height: 1.3; letter-spacing: -0.01em; text-wrap: balance; }
p { text-wrap: pretty; }
:focus-visible { outline: 2px solid var(--text); outline-offset: 2px; border-radius: 4px; }
[tabindex="-1"]:focus { outline: none; }
.hidden { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.icon { flex: none; width: 20px; height: 20px; fill: none; stroke: currentcolor; stroke-width: 1.75; stroke-linecap: round; stroke-linejoin: round; }
:dir(rtl) .icon-back, :dir(rtl) .icon-next, :dir(rtl) .icon-out { transform: scaleX(-1); }
a { color: inherit; text-decoration-thickness: 0.06em; text-underline-offset: 0.18em; text-decoration-color: color-mix(in srgb, currentcolor 45%, transparent); }
a:hover { text-decoration-color: currentcolor; }

.top { display: flex; align-items: center; gap: 4px; flex: none; min-height: 56px; padding: 6px 8px; border-block-end: 1px solid var(--line); }
.top h2 { flex: 1; min-width: 0; padding-inline-start: 12px; font-size: 1.0625em; }
.top .icon-button:not([hidden]) + h2 { padding-inline-start: 0; }
.icon-button { display: grid; place-items: center; flex: none; width: 44px; height: 44px; padding: 0; border: 0; border-radius: var(--inner); background: none; color: var(--muted); cursor: pointer; }
.icon-button:hover { background: var(--surface); color: var(--text); }

.content { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 20px; }
.view { display: flex; flex-direction: column; gap: 12px; }
.view > h3, .intro h3 { font-size: 1.375em; }
.view > h3 .icon { width: 24px; height: 24px; margin-inline-end: 8px; color: var(--ok); vertical-align: -0.2em; }
.lead { color: var(--muted); }
.note { color: var(--muted); font-size: 0.9375em; }
.intro { display: grid; gap: 8px; padding-block: 4px 8px; }

.earlier, .log { display: flex; flex-direction: column; align-items: stretch; gap: 12px; }
.earlier:empty, .log:empty, .progress:empty { display: none; }
.earlier { padding-block-end: 16px; margin-block-end: 4px; border-block-end: 1px solid var(--line); }
.bubble { align-self: flex-end; max-width: 88%; padding: 10px 14px; border-radius: var(--inner); border-end-end-radius: 3px; background: var(--soft); white-space: pre-wrap; }
.reply { max-width: 94%; }
.progress, .label { color: var(--muted); font-size: 0.9375em; }
.progress { margin-block-start: 12px; }
.progress::before { content: "" / ""; display: inline-block; width: 14px; height: 14px; margin-inline-end: 10px; border: 2px solid var(--line); border-block-start-color: var(--accent); border-radius: 50%; vertical-align: -0.1em; animation: turn 900ms linear infinite; }
@keyframes turn { to { rotate: 360deg; } }

.results { display: flex; flex-direction: column; gap: 12px; }
.rows + .label, .verdict + .label { margin-block: 8px -8px; }
.card { border: 1px solid var(--line); border-radius: var(--inner); overflow: clip; }
.quote { padding: 14px 16px; border-inline-start: 3px solid var(--accent); font-size: 1.0625em; }
.plain { white-space: pre-line; }
.flow > .heading { margin-block: 14px 0; color: var(--muted); font-size: 0.875em; font-weight: 650; }
.flow > .heading + * { margin-block-start: 4px; }
.quote li::marker { font-weight: 650; }
.quote > :last-child { margin-block-end: 0; }
.quote pre { white-space: pre-wrap; }
.line { display: block; white-space: pre-wrap; }
.inner { display: list-item; margin-inline-start: 20px; list-style: disc; }
.card .row { border-block-start: 1px solid var(--line); border-radius: 0; background: var(--surface); padding: 12px 16px; padding-inline-start: 19px; }
.rows { display: flex; flex-direction: column; padding: 0; list-style: none; }
.rows:not(.cards) .row { margin-inline: -12px; width: calc(100% + 24px); }
.rows.cards { gap: 8px; }
.rows.cards .row { border: 1px solid var(--line); padding: 12px 14px; }
.rows.cards .row:hover { border-color: var(--control); }
.row { display: flex; align-items: center; gap: 12px; width: 100%; min-height: 44px; padding: 9px 12px; border: 0; border-radius: var(--inner); background: none; text-align: start; cursor: pointer; }
.row:hover { background: var(--surface); }
.row:hover .row-title { text-decoration: underline; text-underline-offset: 0.18em; text-decoration-thickness: 0.06em; }
.row:focus-visible, .person:focus-visible { outline-offset: -2px; border-radius: var(--inner); }
.row .icon { width: 18px; height: 18px; color: var(--muted); }
.row-text { flex: 1; min-width: 0; display: grid; gap: 2px; }
.row-title { font-weight: 600; line-height: 1.35; }
.rows:not(.cards) .row-title { font-weight: 400; }
.row-passage { display: -webkit-box; overflow: hidden; -webkit-box-orient: vertical; -webkit-line-clamp: 3; font-size: 0.9375em; line-height: 1.45; color: var(--muted); }
.row-passage mark { color: var(--text); }
.path { color: var(--muted); font-size: 0.875em; line-height: 1.4; }
mark { background: var(--mark); color: inherit; border-radius: 3px; }

.verdict { display: grid; gap: 10px; padding-block: 4px; }
.verdict > p { font-weight: 600; }
.thanks { display: flex; gap: 8px; align-items: flex-start; }
.thanks .icon { margin-block-start: 2px; color: var(--ok); }
.choices { display: flex; flex-wrap: wrap; gap: 8px; }
.choices:empty { display: none; }
.button { display: inline-flex; align-items: center; justify-content: center; min-height: 44px; min-width: 64px; padding: 8px 18px; border: 1px solid var(--control); border-radius: var(--inner); background: var(--ground); font-weight: 600; line-height: 1.3; cursor: pointer; align-self: flex-start; }
.button:hover { border-color: var(--text); }
.button.primary { border-color: transparent; background: var(--accent); color: var(--accent-ink); }
.button.primary:hover { box-shadow: inset 0 0 0 99px rgb(0 0 0 / 8%); }
.button:disabled { opacity: 0.7; cursor: default; }
.link { align-self: flex-start; justify-self: start; min-height: 44px; padding: 0; border: 0; background: none; text-decoration: underline; text-decoration-thickness: 0.06em; text-underline-offset: 0.18em; cursor: pointer; }

.foot { flex: none; display: flex; flex-direction: column; padding: 12px 12px 8px; border-block-start: 1px solid var(--line); }
.composer { position: relative; display: flex; align-items: flex-end; margin-block-end: 4px; border: 1px solid var(--control); border-radius: var(--inner); background: var(--ground); }
.composer:focus-within { border-color: var(--text); box-shadow: 0 0 0 3px color-mix(in srgb, var(--text) 16%, transparent); }
.composer textarea { flex: 1; min-width: 0; max-height: 9em; min-height: 46px; padding: 11px 0 11px 14px; padding-inline: 14px 4px; padding-block: 11px; border: 0; background: none; line-height: 1.5; resize: none; outline: none; field-sizing: content; }
textarea::placeholder { color: var(--muted); opacity: 1; }
.send { display: grid; place-items: center; flex: none; width: 36px; height: 36px; margin: 5px; padding: 0; border: 0; border-radius: max(4px, var(--inner) - 4px); background: var(--accent); color: var(--accent-ink); cursor: pointer; }
.send::after { content: "" / ""; position: absolute; inset-block: 0; inset-inline-end: 0; width: 46px; }
.person, .own-address { display: flex; align-items: center; gap: 10px; min-height: 44px; padding: 8px; color: var(--text); font-size: 1em; text-align: start; }
.person { width: 100%; border: 0; border-radius: var(--inner); background: none; font-weight: 600; cursor: pointer; }
.person:hover { background: var(--surface); }
.person .icon, .own-address .icon { color: var(--muted); }

.form { display: flex; flex-direction: column; gap: 16px; margin-block-start: 4px; }
.field { display: grid; gap: 6px; }
.field label { font-weight: 600; font-size: 0.9375em; }
.field :is(textarea, input:not([type=checkbox])) { width: 100%; min-height: 44px; padding: 10px 12px; border: 1px solid var(--control); border-radius: var(--inner); background: var(--ground); font-size: 1em; line-height: 1.5; }
.field textarea { resize: vertical; min-height: 6.5em; }
.field textarea[readonly] { background: var(--surface); }
.field :is(textarea, input):focus-visible { outline: none; border-color: var(--text); box-shadow: 0 0 0 3px color-mix(in srgb, var(--text) 16%, transparent); }
.field [type=checkbox]:focus-visible { outline: 2px solid var(--text); }
.field [aria-invalid] { border-color: var(--danger); }
.error { display: flex; gap: 6px; color: var(--danger); font-size: 0.9375em; line-height: 1.4; }
.error .icon { width: 18px; height: 18px; margin-block-start: 1px; }
.field .tick { display: flex; gap: 12px; align-items: flex-start; padding-block: 4px; font-weight: 400; cursor: pointer; }
.tick input { flex: none; width: 20px; height: 20px; margin-block-start: 1px; accent-color: var(--accent); }
.address { display: flex; align-items: center; gap: 12px; padding: 14px 16px; border: 1px solid var(--line); border-radius: var(--inner); font-weight: 600; overflow-wrap: anywhere; }
.address .icon { color: var(--muted); }
.sent .button { margin-block-start: 8px; }

.flow { line-height: 1.6; }
.flow > * { margin-block: 12px; }
.flow > :first-child { margin-block-start: 0; }
.flow h4 { margin-block: 28px 8px; font-size: 1.125em; }
.flow :is(h5, h6) { margin-block: 20px 6px; font-size: 1em; }
.flow :is(ul, ol) { padding-inline-start: 22px; }
.flow li { margin-block: 6px; }
.flow li > :is(p, ul, ol) { margin-block: 6px; }
.flow dt { margin-block-start: 14px; font-weight: 650; }
.flow dd { padding-inline-start: 14px; border-inline-start: 2px solid var(--line); }
.flow :is(code, kbd, samp) { padding: 0.1em 0.35em; border-radius: 5px; background: var(--surface); font: 0.9em ui-monospace, "SF Mono", "Cascadia Mono", "Roboto Mono", monospace; overflow-wrap: anywhere; }
.flow pre { overflow-x: auto; padding: 12px; border: 1px solid var(--line); border-radius: var(--inner); }
.flow pre code { padding: 0; background: none; }
.flow blockquote { padding-inline-start: 14px; border-inline-start: 3px solid var(--line); color: var(--muted); }
.flow img { display: block; max-width: 100%; height: auto; border-radius: var(--inner); }
.flow hr { border: 0; border-block-start: 1px solid var(--line); }
.table-scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: var(--inner); }
.flow table { width: 100%; border-collapse: collapse; font-size: 0.9375em; line-height: 1.45; font-variant-numeric: tabular-nums; }
.flow :is(th, td) { padding: 8px 12px; text-align: start; vertical-align: top; hyphens: auto; }
.quote :is(th, td) { padding: 6px 10px; }
.flow th { background: var(--surface); font-weight: 600; }
.flow tr + tr > *, .flow tbody > tr:first-child > * { border-block-start: 1px solid var(--line); }
.callout { padding: 12px 14px; border-inline-start: 3px solid var(--control); border-radius: var(--inner); background: var(--surface); }
.callout > * + * { margin-block-start: 6px; }
.callout-title { font-weight: 650; }
.callout-careful { border-color: var(--warn); }
.callout-careful > .callout-title { color: var(--warn); }
.callout-danger { border-color: var(--danger); }
.callout-danger > .callout-title { color: var(--danger); }
.flow details { border-block: 1px solid var(--line); }
.flow details + details { margin-block-start: -13px; }
.flow summary { padding-block: 10px; font-weight: 600; cursor: pointer; }
.flow details > :not(summary) { margin-block: 0 12px; }
.footnote { color: var(--muted); font-size: 0.9375em; }
.flow sup { line-height: 0; }
.outside { padding-block-start: 8px; }
.outside a { display: inline-flex; align-items: center; gap: 8px; min-height: 44px; }
.outside .icon { color: var(--muted); }
.asking:not(:empty) { position: sticky; inset-block-end: -20px; margin: 0 -20px -20px; padding: 12px 20px 16px; border-block-start: 1px solid var(--line); background: var(--ground); animation: rise 160ms ease-out; }

@media (prefers-reduced-motion: reduce) { *, *::before, *::after { animation: none !important; transition: none !important; } }
@media (prefers-contrast: more) { .root { --muted: var(--text); --line: var(--control); } }
@media (forced-colors: active) { .send, .button.primary { border: 1px solid; } }
`;

let made = null;

/** One style sheet for all panels of a page. */
export function sheet() {
  if (!made) {
    made = new CSSStyleSheet();
    made.replaceSync(CSS);
  }
  return made;
}
