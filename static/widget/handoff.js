// Passing the question to a person: the form, the sending, and what is left when that fails.

import { h, icon, randomHex } from "./dom.js";
import { chatOf } from "./chats.js";
import { timeInWords } from "./words.js";

const CHECKS_MS = [2000, 4000, 8000, 16000, 32000];
const ADDRESS = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
/** What the server counts; a shop's own words for it are "other". */
const REASONS = ("not_solved user_requested safety sensitive_topic repeat_failed low_confidence no_results "
  + "unsupported_locale holdout unavailable").split(" ");
const FIELDS = { "/message": "message", "/contact/email": "email", "/contact/name": "name" };

export function handoffs(shell) {
  const { words, server, core } = shell;
  let draft = {}; // what the customer has typed; survives leaving the form
  let reason = "user_requested";
  let sent = null; // { body, key }: the same text goes under the same key, so twice is once
  let timer = 0;
  let hasChatFailed = false;

  /** The way to a person: the chat of the shop, our form, or the address. */
  function open({ reason: why = "user_requested", message } = {}) {
    reason = REASONS.includes(why) ? why : "other";
    if (message) draft.message = message;
    const text = draft.message ?? shell.asked.written();
    server.track("handoff.opened", { reason });
    shell.emit("handoff:start", { reason });
    if (isOff()) return shell.show(direct(words.direct, text));
    if (chat() && text) return send({ message: text }, form());
    return shell.show(form());
  }

  function isOff() {
    const { handoff } = shell.config ?? {};
    if (shell.widget.options.handoff === "none") return true;
    return handoff?.available === false && !chat();
  }

  /** The chat that takes over in the browser; none after it has failed once. */
  function chat() {
    return hasChatFailed ? null : core.adapter ?? chatOf(shell);
  }

  function form() {
    const isChat = Boolean(chat());
    const needsEmail = !isChat && shell.config?.handoff?.needs_email !== false;
    const { identity } = core;
    const fields = {
      message: field("message", words.message, h("textarea", {
        rows: "4",
        maxlength: "10000",
        value: draft.message ?? shell.asked.written(),
        oninput: keep,
      })),
      email: isChat ? null : field("email", needsEmail ? words.email : words.emailOptional, h("input", {
        type: "email",
        autocomplete: "email",
        inputmode: "email",
        spellcheck: "false",
        value: draft.email ?? identity.email ?? "",
        oninput: keep,
      })),
      name: isChat ? null : field("name", words.name, h("input", {
        type: "text",
        autocomplete: "name",
        maxlength: "100",
        value: draft.name ?? identity.name ?? "",
        oninput: keep,
      })),
      consent: isChat ? null : tick(),
    };
    const button = h("button", { class: "button primary", type: "submit" }, words.submit);
    const { mode } = shell.widget.options;
    const content = h("form", { class: "form", novalidate: true, onsubmit: (event) => {
      event.preventDefault();
      return submit(view);
    } },
    Object.values(fields).filter(Boolean).map((one) => one.box),
    shell.asked.hasAsked() && h("p", { class: "note" }, words.seen),
    button);
    const heading = h("h3", { tabindex: "-1" }, words.handoffTitle);
    const view = {
      name: "handoff",
      title: words.title,
      fields,
      button,
      needsEmail,
      element: h("div", { class: "view" },
        heading,
        h("p", { class: "lead" }, words.leads[reason] ?? words.leads.other),
        estimate(),
        content,
        mode === "ask-first" && h("button", { class: "link", type: "button", onclick: shell.afresh }, words.searchFirst)),
      focus: () => heading.focus({ preventScroll: true }),
      enter() {},
      leave() {
        if (!sent?.isDone) server.track("handoff.cancelled");
      },
    };
    showConsent();
    return view;

    function keep() {
      for (const name of ["message", "email", "name"]) {
        if (fields[name]) draft[name] = fields[name].control.value;
      }
      showConsent();
    }

    /** Nobody has to agree to anything before they have given an address. */
    function showConsent() {
      if (fields.consent) fields.consent.box.hidden = !needsEmail && !fields.email.control.value.trim();
    }
  }

  function estimate() {
    const seconds = shell.config?.handoff?.reply_estimate_s;
    if (!seconds) return null;
    return h("p", { class: "note" }, words.usually(timeInWords(words, seconds)));
  }

  function field(name, label, control) {
    const error = h("p", { class: "error", id: `error-${name}` });
    error.hidden = true;
    control.id = `field-${name}`;
    control.addEventListener("input", () => complain(made, ""));
    const made = { control, error, box: h("div", { class: "field" }, h("label", { for: control.id }, label), control, error) };
    return made;
  }

  function tick() {
    const made = field("consent", "", h("input", { type: "checkbox" }));
    made.control.checked = draft.consent === true;
    made.control.addEventListener("change", () => { draft.consent = made.control.checked; });
    const label = h("label", { class: "tick" }, made.control, h("span", {}, shell.config?.consent?.text ?? words.consent));
    made.box.replaceChildren(label, made.error);
    return made;
  }

  function complain(made, text) {
    made.error.replaceChildren(icon("note"), h("span", {}, text));
    made.error.hidden = !text;
    if (text) {
      made.control.setAttribute("aria-invalid", "true");
      made.control.setAttribute("aria-describedby", made.error.id);
    } else {
      made.control.removeAttribute("aria-invalid");
      made.control.removeAttribute("aria-describedby");
    }
  }

  async function submit(view) {
    const { fields } = view;
    const message = fields.message.control.value.trim();
    const email = fields.email?.control.value.trim() ?? "";
    const wrong = {
      message: message ? "" : words.missingMessage,
      email: emailFault(email, view.needsEmail),
      consent: email && !fields.consent?.control.checked ? words.missingConsent : "",
    };
    if (!refuse(view, wrong)) return;
    const isFirst = !shell.asked.hasAsked();
    if (shell.widget.options.mode === "self-service" && isFirst && reason === "user_requested") {
      // Here an article may answer first; if none does, the question goes on its way by itself.
      await shell.asked.ask(message, { onNothing: (why) => { reason = why; } });
      if (shell.current()?.name !== "handoff") return;
    }
    const contact = email ? { name: fields.name.control.value.trim() || null, email } : null;
    await send({ message, contact }, view);
  }

  /** Shows what is wrong at its field; true when nothing is. */
  function refuse(view, wrong) {
    let first = null;
    for (const [name, made] of Object.entries(view.fields)) {
      if (!made) continue;
      complain(made, wrong[name] ?? "");
      if (wrong[name]) first ??= made.control;
    }
    first?.focus();
    return !first;
  }

  function emailFault(email, isNeeded) {
    if (!email) return isNeeded ? words.missingEmail : "";
    return ADDRESS.test(email) ? "" : words.wrongEmail;
  }

  function bodyOf({ message, contact = null }, isChat) {
    const { id, hash, token } = core.identity;
    const body = {
      interaction_tokens: server.session.tokens,
      session_id: server.session.id,
      locale: shell.widget.locale,
      message,
      reason,
      context: server.context(),
    };
    if (isChat) body.channel = "client";
    if (token) body.identity = { token: String(token) };
    else if (id && hash) body.identity = { user_id: String(id), hash: String(hash) };
    if (contact) {
      body.contact = contact;
      body.consent = {
        accepted: true,
        text_version: shell.config?.consent?.version ?? "widget",
        accepted_at: new Date().toISOString(),
      };
    }
    return body;
  }

  async function send(what, view) {
    const taker = chat();
    const same = `${what.message}\n${what.contact?.email ?? ""}\n${what.contact?.name ?? ""}\n${Boolean(taker)}`;
    if (sent?.same !== same) sent = { same, key: uuid(), body: bodyOf(what, Boolean(taker)) };
    if (view) busy(view, true);
    shell.wait(taker ? words.openingChat : words.sending);
    let answer;
    try {
      answer = await server.handoff(sent.body, sent.key);
    } catch (error) {
      if (isAboutTokens(error) && sent.body.interaction_tokens.length) {
        server.session.settle();
        sent = null;
        return send(what, view);
      }
      return failed(error, what, view, taker);
    } finally {
      shell.rest();
      if (view) busy(view, false);
    }
    if (taker) return giveTo(taker, answer, what);
    done(answer, what);
    return answer;
  }

  /** Tokens of yesterday, or ones that a chat was given which then did not open: go without. */
  function isAboutTokens({ status, problem }) {
    return status === 401 || (problem?.code === "handoff_already_made" && hasChatFailed);
  }

  function failed(error, what, view, taker) {
    if (taker) return withoutChat(what);
    if (error.status === 409 && error.problem?.code === "handoff_already_made") {
      return done({ customer_message: words.alreadySent }, what);
    }
    if (error.status === 422 && view && showFieldErrors(view, error.problem)) {
      if (shell.current() !== view) shell.show(view);
      return null;
    }
    shell.emit("handoff:failed", { status: error.status, code: error.problem?.code ?? null });
    return shell.show(direct(error.status === 429 ? words.directBusy : words.directFailed, what.message, what));
  }

  function showFieldErrors(view, problem) {
    const wrong = {};
    if (problem?.code === "consent_required") wrong.consent = words.missingConsent;
    for (const { pointer } of problem?.errors ?? []) {
      const name = FIELDS[pointer] ?? (pointer?.startsWith("/consent") ? "consent" : null);
      if (name === "email" && view.fields.email) {
        wrong.email = view.fields.email.control.value.trim() ? words.wrongEmail : words.missingEmail;
      } else if (name && view.fields[name]) {
        wrong[name] = words.wrongField;
      }
    }
    return !refuse(view, wrong);
  }

  /** The adapter takes the packet; when it does not, the form is the way. */
  async function giveTo(taker, answer, what) {
    let outcome = null;
    try {
      outcome = await Promise.race([
        taker(answer.packet ?? { id: answer.id, message: what.message, reason }),
        new Promise((resolve) => setTimeout(resolve, 10000, null)),
      ]);
    } catch (error) {
      shell.emit("error", { message: `onHandoff: ${error?.message ?? error}` });
    }
    if (outcome?.handled !== true) return withoutChat(what);
    done({ ...answer, customer_message: words.chatOpened }, what);
    if (!shell.isInline) shell.close();
    return answer;
  }

  function withoutChat({ message }) {
    hasChatFailed = true;
    draft.message = message;
    return open({ reason });
  }

  function done(answer, { contact }) {
    sent = { isDone: true };
    server.track("handoff.submitted", { handoff_id: answer.id });
    const { id = null, channel = null, status = null } = answer;
    shell.emit("handoff:done", { id, channel, status });
    draft = { email: draft.email, name: draft.name, consent: draft.consent };
    server.session.settle();
    const heading = h("h3", { tabindex: "-1" }, icon("check"), words.sentTitle);
    const url = /^https?:\/\//.test(answer.external?.url ?? "") ? answer.external.url : null;
    shell.show({
      name: "sent",
      title: words.title,
      element: h("div", { class: "view sent" },
        heading,
        reason === "safety" && h("p", { class: "callout callout-danger" }, words.leads.safety),
        h("p", { class: "lead" }, answer.customer_message || words.sent),
        contact && h("p", {}, words.replyTo(contact.email)),
        answer.reply_estimate_s > 0
          && h("p", { class: "note" }, words.usually(timeInWords(words, answer.reply_estimate_s))),
        url && h("p", {}, h("a", { href: url, target: "_blank", rel: "noopener" }, words.openConversation)),
        h("button", { class: "button", type: "button", onclick: shell.afresh }, words.another)),
      focus: () => heading.focus({ preventScroll: true }),
      enter() {},
      leave() {},
    }, { isHome: true });
    shell.asked.reset();
    if (answer.id && answer.status_token && status === "queued") check(answer, arguments[1], 0);
  }

  /** Accepted is not delivered: looks again a few times, and gives the address if it failed. */
  function check({ id, status_token: token }, what, turn) {
    clearTimeout(timer);
    if (turn >= CHECKS_MS.length) return;
    timer = setTimeout(async () => {
      let status = "queued";
      try {
        ({ status } = await server.handoffStatus(id, token));
      } catch { /* the next look may tell */ }
      if (shell.isGone()) return;
      if (status === "queued") check({ id, status_token: token }, what, turn + 1);
      else if (status === "failed") {
        shell.emit("handoff:failed", { id, status });
        shell.show(direct(words.directFailed, what.message), { isHome: true });
      }
    }, CHECKS_MS[turn]);
  }

  /** The last way, which needs no server: the address, and the text to take along. */
  function direct(lead, text, again = null) {
    const { email, page } = shell.contact();
    const heading = h("h3", { tabindex: "-1" }, words.directTitle);
    const area = h("textarea", { id: "own-text", rows: "5", readonly: true, value: text });
    const letter = `mailto:${email}?body=${encodeURIComponent(text.slice(0, 1500))}`;
    const copy = h("button", { class: "button", type: "button", onclick: async () => {
      await copied(area);
      copy.textContent = words.copied;
      shell.say(words.copied);
    } }, words.copy);
    return {
      name: "direct",
      title: words.title,
      element: h("div", { class: "view direct" },
        heading,
        h("p", { class: "lead" }, lead),
        email && h("p", { class: "address" }, icon("mail"), h("a", { href: text ? letter : `mailto:${email}` }, email)),
        h("p", {}, h("a", { href: page, target: "_blank", rel: "noopener" }, words.contactPage,
          h("span", { class: "hidden" }, ` (${words.openLink})`))),
        text && h("div", { class: "field" }, h("label", { for: "own-text" }, words.yourText), area),
        h("div", { class: "choices" },
          text && copy,
          again && h("button", { class: "button", type: "button", onclick: () => send(again, null) }, words.retry))),
      focus: () => heading.focus({ preventScroll: true }),
      enter() {},
      leave() {},
    };
  }

  async function copied(area) {
    try {
      await navigator.clipboard.writeText(area.value);
    } catch {
      area.select(); // pages without TLS have no clipboard to write to
      document.execCommand("copy");
    }
  }

  function busy(view, isBusy) {
    view.button.disabled = isBusy;
    view.button.textContent = isBusy ? words.sending : words.submit;
  }

  return {
    open,
    reset() {
      clearTimeout(timer);
      draft = {};
      sent = null;
      hasChatFailed = false;
    },
    destroy: () => clearTimeout(timer),
  };
}

function uuid() {
  const hex = randomHex(16);
  const variant = "89ab"[parseInt(hex[16], 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
