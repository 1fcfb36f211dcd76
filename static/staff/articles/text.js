// The field with the text: CodeMirror over the textarea, which it stands in for; where that cannot
// be loaded, the textarea itself. Both are asked for the same things.

export async function openText(form, address) {
  const area = form.querySelector("[data-text]");
  try {
    return overArea(area, await import(address));
  } catch {
    return plain(area);
  }
}

function overArea(area, cm) {
  const { EditorState, EditorView, StateEffect, StateField, Decoration } = cm;
  const listeners = [];
  const mark = StateEffect.define();
  const faulty = StateField.define({
    create: () => Decoration.none,
    update: (marks, change) => {
      for (const effect of change.effects) if (effect.is(mark)) return effect.value;
      return marks.map(change.changes);
    },
    provide: (field) => EditorView.decorations.from(field),
  });
  const view = new EditorView({
    state: EditorState.create({
      doc: area.value,
      extensions: [
        cm.history(),
        cm.drawSelection(),
        cm.highlightSpecialChars(),
        EditorView.lineWrapping,
        cm.markdownLanguage.extension,
        cm.syntaxHighlighting(look(cm)),
        cm.search({ top: true }),
        faulty,
        cm.keymap.of([
          { key: "Mod-b", run: () => wrapped("**", "**") },
          { key: "Enter", run: (view) => nextLine(view, cm) },
          { key: "Backspace", run: cm.deleteMarkupBackward },
          ...cm.defaultKeymap,
          ...cm.historyKeymap,
          ...cm.searchKeymap,
        ]),
        EditorView.contentAttributes.of({
          "aria-labelledby": "f-text-label",
          "aria-describedby": "f-text-hint",
          lang: area.lang,
          dir: area.dir,
          spellcheck: "true",
          autocorrect: "on",
          autocapitalize: "sentences",
        }),
        theme(EditorView),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) for (const listener of listeners) listener();
        }),
      ],
    }),
  });
  const isBeingWritten = document.activeElement === area; // while this script was on its way
  const { selectionStart: anchor, selectionEnd: head } = area;
  area.hidden = true;
  area.after(view.dom);
  if (isBeingWritten) {
    view.dispatch({ selection: { anchor, head } });
    view.focus();
  }
  document.getElementById("f-text-label").addEventListener("click", () => view.focus());

  function replace(from, to, text, at) {
    view.dispatch({
      changes: { from, to, insert: text },
      selection: { anchor: at },
      scrollIntoView: true,
      userEvent: "input",
    });
    view.focus();
    return true;
  }

  function wrapped(before, after) {
    const { from, to } = view.state.selection.main;
    const inside = view.state.sliceDoc(from, to);
    return replace(from, to, before + inside + after, from + before.length + inside.length);
  }

  return {
    name: area.name,
    element: view.dom,
    value: () => view.state.doc.toString(),
    set: (text) => replace(0, view.state.doc.length, text, 0),
    focus: () => view.focus(),
    onChange: (listener) => listeners.push(listener),
    wrap: wrapped,
    insert(text) {
      const { from, to } = view.state.selection.main;
      replace(from, to, text, from + text.length);
    },
    lines(prefix) {
      const { from } = view.state.doc.lineAt(view.state.selection.main.from);
      const { head } = view.state.selection.main;
      replace(from, from, prefix, head + prefix.length);
    },
    goTo(number) {
      const line = view.state.doc.line(Math.min(Math.max(1, number), view.state.doc.lines));
      view.dispatch({ selection: { anchor: line.from }, effects: EditorView.scrollIntoView(line.from, { y: "center" }) });
      view.focus();
    },
    markLines(numbers) {
      const known = [...new Set(numbers)].filter((one) => one >= 1 && one <= view.state.doc.lines);
      const marks = known.sort((a, b) => a - b).map((one) => Decoration.line({ class: "cm-faulty" }).range(view.state.doc.line(one).from));
      view.dispatch({ effects: mark.of(Decoration.set(marks)) });
    },
  };
}

// Enter in Markdown: the next item, or out of the list with a line free below it, without which
// what follows would belong to its last step.
const EMPTY_ITEM = /^((?:> ?)*)(?:[-*+]|\d{1,9}[.)])(?: +\[[ xX]\])? *$/;
const isFree = (line) => !/[^\s>]/.test(line.text);

function nextLine(view, cm) {
  let made = null;
  const { state } = view;
  if (!cm.insertNewlineContinueMarkup({ state, dispatch: (next) => (made = next) })) return false;
  const line = state.doc.lineAt(state.selection.main.head);
  const [, quote] = EMPTY_ITEM.exec(line.text) ?? [];
  if (quote === undefined || state.selection.ranges.length > 1) {
    view.dispatch(made);
    return true;
  }
  const hasFreeLine = line.number === 1 || isFree(state.doc.line(line.number - 1));
  const insert = hasFreeLine ? quote : `${quote.trimEnd()}\n${quote}`;
  view.dispatch({
    changes: { from: line.from, to: line.to, insert },
    selection: { anchor: line.from + insert.length },
    scrollIntoView: true,
    userEvent: "input",
  });
  return true;
}

function look({ HighlightStyle, tags }) {
  return HighlightStyle.define([
    { tag: tags.heading, fontWeight: "700", color: "var(--brand-strong)" },
    { tag: tags.strong, fontWeight: "700" },
    { tag: tags.emphasis, fontStyle: "italic" },
    { tag: tags.strikethrough, textDecoration: "line-through" },
    { tag: [tags.link, tags.url], color: "var(--brand)" },
    { tag: [tags.monospace, tags.processingInstruction, tags.labelName], color: "var(--muted)" },
    { tag: tags.quote, color: "var(--muted)" },
  ]);
}

function theme(EditorView) {
  return EditorView.theme({
    "&": { fontSize: "0.9375rem" },
    "&.cm-focused": { outline: "2px solid var(--brand)" },
    ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
    ".cm-content": { minHeight: "24rem", padding: "0.75rem 0", caretColor: "var(--text)" },
    ".cm-line": { padding: "0 0.875rem" },
    ".cm-cursor": { borderLeftColor: "var(--text)" },
    ".cm-selectionBackground": { backgroundColor: "var(--brand-soft)" },
    "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground": { backgroundColor: "color-mix(in srgb, var(--brand) 26%, transparent)" },
    ".cm-faulty": { backgroundColor: "var(--warn-soft)", boxShadow: "inset 3px 0 var(--warn)" },
    ".cm-panels": { backgroundColor: "var(--sunken)", color: "var(--text)", borderColor: "var(--line)" },
    ".cm-panel.cm-search": { fontSize: "0.875rem" },
    ".cm-textfield, .cm-button": { fontSize: "0.875rem", backgroundColor: "var(--surface)", backgroundImage: "none", color: "var(--text)", border: "1px solid var(--control)" },
    ".cm-searchMatch": { backgroundColor: "var(--mark)" },
  });
}

function plain(area) {
  const put = (from, to, words, at) => {
    area.setRangeText(words, from, to);
    area.setSelectionRange(at, at);
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  };
  return {
    name: area.name,
    element: area,
    value: () => area.value,
    set: (text) => put(0, area.value.length, text, 0),
    focus: () => area.focus(),
    onChange: () => {}, // its own events reach the form
    wrap(before, after) {
      const { selectionStart: from, selectionEnd: to } = area;
      put(from, to, before + area.value.slice(from, to) + after, to + before.length);
    },
    insert: (text) => put(area.selectionStart, area.selectionEnd, text, area.selectionStart + text.length),
    lines(prefix) {
      const start = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
      put(start, start, prefix, area.selectionStart + prefix.length);
    },
    goTo(number) {
      const at = area.value.split("\n").slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
      area.focus();
      area.setSelectionRange(at, at);
    },
    markLines: () => {},
  };
}
