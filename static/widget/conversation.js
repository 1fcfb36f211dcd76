// Asking: the question, the decision of the server about it, and whether what was shown helped.

import { quotation } from "./blocks.js";
import { h, icon } from "./dom.js";
import { reading } from "./reading.js";

/** Long enough on the screen to have been read. */
const READ_MS = 10000;
/** A second list that did not help is one too many. */
const MAX_FAILURES = 2;
/** Messages that ask nothing: reason → the words that reply. */
const PASSING = { greeting: "sayMore", too_short: "sayMore", thanks: "thanks" };
const UNAVAILABLE = {
  decision: { action: "handoff", reason: "unavailable" },
  answer: null,
  results: [],
  interaction_token: null,
};

export function conversation(shell) {
  const { words, server } = shell;
  const intro = h("div", { class: "intro" },
    h("h3", {}, words.intro),
    h("p", { class: "lead" }, words.hint));
  const earlier = h("div", { class: "earlier" });
  const log = h("div", { class: "log", role: "log", "aria-label": words.conversation });
  const results = h("section", { class: "results", "aria-label": words.results });
  results.hidden = true;
  const element = h("div", { class: "view asks" }, intro, earlier, log, results);
  const input = h("textarea", {
    id: "question",
    rows: "1",
    placeholder: words.placeholder,
    autocomplete: "off",
    enterkeyhint: "send",
    onkeydown: (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return null;
      event.preventDefault();
      return submit();
    },
  });
  const composer = h("form", { class: "composer", onsubmit: (event) => {
    event.preventDefault();
    return submit();
  } },
  h("label", { class: "hidden", for: "question" }, words.question),
  input,
  h("button", { class: "send", type: "submit", "aria-label": words.send }, icon("send")));
  let turns = []; // { text, shown: articles of the server, token, id }
  let request = 0;
  let timer = 0;

  const view = {
    name: "asks",
    element,
    title: words.title,
    hasComposer: true,
    focus: () => (shell.isTouch() ? shell.focusTitle() : input.focus({ preventScroll: true })),
    enter() {},
    leave() {},
  };

  function submit() {
    const text = input.value.trim();
    if (!text) return input.focus();
    input.value = "";
    return ask(text);
  }

  /** Section C, whatever happens: any fault is a decision to call a person. */
  async function suggest(text, options) {
    const history = turns.map((turn) => turn.text);
    try {
      const answer = await server.suggest(String(text), { history, ...options });
      const { action, reason } = answer.decision;
      const articles = answer.results.map((result) => result.article?.id);
      shell.emit("suggest", { id: answer.suggestion_id, action, reason, articles });
      return answer;
    } catch (error) {
      shell.emit("error", { message: `suggest: ${error.message}`, status: error.status ?? 0 });
      return UNAVAILABLE;
    }
  }

  /** Shows the question and what the server makes of it; resolves with that. */
  async function ask(text, { onNothing = null } = {}) {
    request += 1;
    const mine = request;
    archive();
    intro.hidden = true;
    log.append(bubble(text));
    shell.show(view, { isHome: true });
    shell.wait(words.searching);
    const answer = await suggest(text);
    if (mine !== request || shell.isGone()) return answer;
    shell.rest();
    const turn = {
      text,
      id: answer.suggestion_id ?? null,
      token: answer.interaction_token,
      shown: answer.results.map((result) => result.article),
    };
    turns.push(turn);
    try {
      decide(turn, answer, onNothing);
    } catch (error) {
      shell.fault(error);
    }
    return answer;
  }

  function decide(turn, answer, onNothing) {
    const { action, reason } = answer.decision;
    if (reason === "safety" && !onNothing) {
      showSafety(turn, answer);
    } else if (action === "answer" && answer.answer?.text && answer.results.length) {
      showAnswer(turn, answer);
    } else if ((action === "answer" || action === "offer") && answer.results.length) {
      showOffer(turn, answer);
    } else if (reason in PASSING) {
      turns.pop();
      reply(words[PASSING[reason]]);
      return view.focus();
    } else {
      turn.shown = [];
      onNothing?.(reason);
      return shell.handoff({ reason: reason || "low_confidence" });
    }
    if (answer.locale_detected) results.prepend(h("p", { class: "note" }, words.shownIn(languageName(answer.locale))));
    const articles = turn.shown.map((article) => article.id);
    server.track("suggest.shown", { suggestion_id: turn.id, articles });
    shell.scrollTo(log.lastElementChild);
    return undefined;
  }

  function showAnswer(turn, { answer, results: found }) {
    const [source, ...others] = found;
    const { article } = source;
    showResults(words.answerFound,
      h("div", { class: "card" },
        h("blockquote", { class: "quote flow", dir: "auto", lang: article.locale }, quotation(answer, words.moreInArticle)),
        row(turn, article, { anchor: answer.anchor })),
      verdict(turn, article));
    if (others.length) {
      const rows = others.map((one) => h("li", {}, row(turn, one.article)));
      results.append(h("p", { class: "label" }, words.alsoFound), h("ul", { class: "rows", role: "list" }, rows));
    }
    const read = { suggestion_id: turn.id, article_id: article.id, seconds: READ_MS / 1000 };
    timer = setTimeout(() => {
      if (results.isConnected && shell.isOpen()) server.track("answer.viewed", read);
    }, READ_MS);
  }

  /** Safety first, then the way to a person; what articles say stands below and is no answer. */
  function showSafety(turn, { notice, results: found }) {
    const line = notice || words.leads.safety;
    showResults(line,
      h("button", { class: "button primary", type: "button", onclick: () => shell.handoff({ reason: "safety" }) }, words.person));
    results.firstChild.className = "callout callout-danger";
    if (!found.length) return;
    const rows = found.map((one) => h("li", {}, row(turn, one.article, { anchor: one.passage?.anchor })));
    results.append(h("p", { class: "label" }, words.alsoFound), h("ul", { class: "rows", role: "list" }, rows));
  }

  function showOffer(turn, { results: found }) {
    const rows = found.slice(0, 3).map((one) =>
      h("li", {}, row(turn, one.article, { anchor: one.passage?.anchor, text: passage(one) })));
    showResults(words.offerFound,
      h("ul", { class: "rows cards", role: "list" }, rows),
      h("button", { class: "button none", type: "button", onclick: () => none(turn) }, words.none));
  }

  /** Results stay outside the live region: what was found is said, not read out in full. */
  function showResults(label, ...parts) {
    results.replaceChildren(h("p", { class: "label" }, label), ...parts);
    results.hidden = false;
    shell.say(label);
  }

  /** An article as a button that opens it here. */
  function row(turn, article, { anchor = "", text = null } = {}) {
    return h("button", {
      class: "row",
      type: "button",
      onclick: () => openArticle(turn, article, anchor),
    },
    h("span", { class: "row-text", lang: article.locale },
      h("span", { class: "row-title", dir: "auto" }, article.title),
      text && h("span", { class: "row-passage", dir: "auto" }, text),
      article.path?.length > 0 && h("span", { class: "path", dir: "auto" }, article.path.join(" › "))),
    icon("next"));
  }

  function openArticle(turn, article, anchor) {
    server.track("result.opened", { suggestion_id: turn.id, article_id: article.id });
    shell.show(reading(shell, { ...article, anchor }, {
      suggestionId: turn.id,
      verdict: (shown) => verdict(turn, shown),
    }));
    askAgain(turn, article);
  }

  /** Back at an offer, the reader is asked about what they have opened. */
  function askAgain(turn, article) {
    const last = results.querySelector(".none");
    if (!last || turn !== turns[turns.length - 1]) return;
    results.querySelector(".verdict")?.remove();
    last.before(verdict(turn, article, words.articleHelped(article.title)));
  }

  /** "Did this help?" about one article. */
  function verdict(turn, article, question = words.helped) {
    const box = h("div", { class: "verdict", role: "group", "aria-label": question },
      h("p", {}, question),
      h("div", { class: "choices" },
        h("button", { class: "button", type: "button", onclick: () => solved(turn, article, box) }, words.yes),
        h("button", { class: "button", type: "button", onclick: () => notSolved(turn, article) }, words.no)));
    return box;
  }

  function solved(turn, article, box) {
    tell(turn, "solved", article.id);
    server.session.settle();
    const again = h("button", { class: "link", type: "button", onclick: afresh }, words.another);
    box.replaceChildren(h("p", { class: "thanks", tabindex: "-1" }, icon("check"), words.thanks), again);
    box.firstChild.focus({ preventScroll: true });
    shell.say(words.thanks);
  }

  function notSolved(turn, article) {
    tell(turn, "not_solved", article.id);
    shell.handoff({ reason: "not_solved" });
  }

  function none(turn) {
    const { session } = server;
    session.failures += 1;
    session.save();
    tell(turn, "not_solved", null);
    if (session.failures >= MAX_FAILURES) return shell.handoff({ reason: "repeat_failed" });
    hideResults();
    reply(words.rephrase);
    return view.focus();
  }

  /** Tells the server; it may answer that enough has been tried. */
  async function tell(turn, said, articleId) {
    shell.emit("feedback", { verdict: said, article_id: articleId });
    if (!turn.token) return;
    try {
      const { next } = await server.feedback({
        interaction_token: turn.token,
        article_id: articleId,
        verdict: said,
      });
      const isHere = shell.current() === view && turn === turns[turns.length - 1];
      if (next?.action === "handoff" && isHere) shell.handoff({ reason: next.reason });
    } catch { /* nobody waits for an answer to this */ }
  }

  function languageName(code) {
    try {
      return new Intl.DisplayNames([shell.widget.locale], { type: "language" }).of(code) ?? code;
    } catch {
      return code;
    }
  }

  function bubble(text) {
    return h("p", { class: "bubble", dir: "auto" }, text);
  }

  function reply(text) {
    log.append(h("p", { class: "reply" }, text));
    shell.scrollTo(log.lastElementChild);
  }

  function hideResults() {
    clearTimeout(timer);
    results.replaceChildren();
    results.hidden = true;
    shell.rest();
  }

  /** What was asked before moves up, out of the live region, with links to what was shown. */
  function archive() {
    hideResults();
    const last = turns[turns.length - 1];
    const links = last && !last.isKept ? last.shown : [];
    if (last) last.isKept = true;
    earlier.append(...log.childNodes);
    if (links.length) {
      earlier.append(h("ul", { class: "rows", role: "list" },
        links.map((article) => h("li", {}, row(last, { ...article, path: null })))));
    }
  }

  function afresh() {
    reset();
    shell.show(view, { isHome: true });
    view.focus();
  }

  function reset() {
    request += 1;
    turns = [];
    hideResults();
    earlier.replaceChildren();
    log.replaceChildren();
    input.value = "";
    intro.hidden = false;
  }

  return {
    view,
    composer,
    ask,
    suggest,
    reset,
    afresh,
    /** All that the customer has written, as one text; what they have typed but not sent, too. */
    written() {
      const texts = turns.map((turn) => turn.text);
      const draft = input.value.trim();
      return [...texts, ...(draft ? [draft] : [])].join("\n\n");
    },
    hasAsked: () => turns.length > 0,
  };
}

/** The passage of a result: with its marked words if the server marked some. */
function passage({ highlights, passage: whole }) {
  if (!highlights?.length) return whole?.text ?? null;
  return highlights.map(({ t, m }) => (m ? h("mark", {}, t) : t));
}
