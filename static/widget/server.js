// Everything that is asked of the help centre, with a limit of time on each question. A fault has
// the status of the answer, 0 when there was none; what to do about it is decided elsewhere.

import { randomHex } from "./dom.js";

const ANSWER_MS = 3000;
/** Sending a question to a person is worth waiting for. */
const HANDOFF_MS = 10000;
const MAX_SEARCHED = 2000;
const MAX_HISTORY = 10;
const MAX_ATTRIBUTES_BYTES = 4000;
const FLUSH_MS = 3000;
const MAX_EVENTS = 50;
const STORE = "help-widget";

export class Fault extends Error {
  constructor(status, problem) {
    super(problem?.code ?? `no answer (${status})`);
    this.status = status;
    this.problem = problem;
  }
}

/** The public API for one widget, until `signal`. */
export function connect(core, { options, locale }, signal) {
  const api = `${core.base}/api/v1`;
  const session = (core.session ??= openSession());

  async function call(path, { body, headers = {}, timeoutMs = ANSWER_MS } = {}) {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(), timeoutMs);
    const stop = () => limit.abort();
    signal.addEventListener("abort", stop);
    try {
      const response = await core.fetch(api + path, {
        method: body ? "POST" : "GET",
        headers: body && {
          Authorization: `Bearer ${options.key ?? ""}`,
          "Content-Type": "application/json",
          ...headers,
        },
        body: body && json(body),
        signal: limit.signal,
        credentials: "omit",
        referrerPolicy: "no-referrer",
      });
      const data = await response.json().catch(() => null);
      if (!response.ok || data === null) throw new Fault(response.ok ? 0 : response.status, data);
      return data;
    } catch (error) {
      throw error instanceof Fault ? error : new Fault(0, null);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    }
  }

  /** Where the reader is. The query of an address can hold secrets. */
  function context() {
    const attributes = {};
    let room = MAX_ATTRIBUTES_BYTES;
    for (const [name, value] of Object.entries(core.context).slice(0, 20)) {
      room -= new TextEncoder().encode(`${name}${value}`).length;
      if (room < 0) break;
      if (["string", "number", "boolean"].includes(typeof value)) attributes[name] = value;
    }
    return {
      page_url: (location.origin + location.pathname).slice(0, 2000),
      page_title: document.title.slice(0, 300),
      attributes,
    };
  }

  const get = (path, query) => call(`${path}?${new URLSearchParams(query)}`);

  return {
    session,
    context,

    /** Section C of the contract; `history` are the customer's earlier messages, newest last. */
    async suggest(message, { history = [], ...more } = {}) {
      const asked = await call("/suggest", {
        body: {
          message: message.slice(0, MAX_SEARCHED),
          locale,
          session_id: session.id,
          history: history.slice(-MAX_HISTORY).map((text) => ({
            author: "user",
            text: text.slice(0, MAX_SEARCHED),
          })),
          context: context(),
          limit: 3,
          ...more,
        },
      });
      if (typeof asked.decision?.action !== "string" || !Array.isArray(asked.results)) {
        throw new Fault(0, null);
      }
      if (asked.interaction_token) session.note(asked.interaction_token);
      return asked;
    },
    article: (id, lang) =>
      get(`/articles/${encodeURIComponent(id)}`, { locale: lang ?? locale, format: "html" }),
    search: (q) => get("/search", { q, locale, limit: 5 }),
    feedback: (body) => call("/feedback", { body }),
    handoff: (body, key) =>
      call("/handoffs", { body, headers: { "Idempotency-Key": key }, timeoutMs: HANDOFF_MS }),
    handoffStatus: (id, token) =>
      call("/handoffs/status", { body: { id, status_token: token } }),
    ...journal(`${api}/events`, options.key, session, signal),
  };
}

/** What happens, told in few small parcels that survive leaving the page. */
function journal(url, key, session, signal) {
  let events = [];
  let timer = 0;

  function flush() {
    clearTimeout(timer);
    timer = 0;
    if (!events.length || !key) return;
    try {
      // Text, so that no question about permission goes ahead of it.
      navigator.sendBeacon(url, json({ key, session_id: session.id, events }));
    } catch { /* nobody waits for it */ }
    events = [];
  }
  const leaving = () => document.visibilityState === "hidden" && flush();
  document.addEventListener("visibilitychange", leaving, { signal });
  addEventListener("pagehide", flush, { signal });

  return {
    flush,
    /** Notes an event; what is null is left out. */
    track(type, fields = {}) {
      const event = { id: `evt_${randomHex(8)}`, type, at: new Date().toISOString() };
      for (const [name, value] of Object.entries(fields)) {
        if (value !== null && value !== undefined) event[name] = value;
      }
      events.push(event);
      if (events.length >= MAX_EVENTS) flush();
      else timer ||= setTimeout(flush, FLUSH_MS);
    },
  };
}

/**
 * One tab's visit: an id and the tokens of what was shown, so that a person can be told what was
 * tried even on another page of the shop. No words of the customer are kept.
 */
function openSession() {
  let kept = {};
  try {
    kept = JSON.parse(sessionStorage.getItem(STORE)) ?? {};
  } catch { /* no storage here: it lasts as long as the page */ }
  const session = {
    id: typeof kept.id === "string" ? kept.id : `ses_${randomHex(12)}`,
    tokens: Array.isArray(kept.tokens) ? kept.tokens : [],
    failures: kept.failures === 1 ? 1 : 0,
    note(token) {
      session.tokens = [...session.tokens, token].slice(-5);
      session.save();
    },
    save() {
      try {
        sessionStorage.setItem(STORE, json({ ...session }));
      } catch { /* as above */ }
    },
    /** The matter is settled: what comes next is another one. */
    settle() {
      Object.assign(session, { tokens: [], failures: 0 });
      session.save();
    },
    forget() {
      Object.assign(session, { id: `ses_${randomHex(12)}`, tokens: [], failures: 0 });
      try {
        sessionStorage.removeItem(STORE);
      } catch { /* as above */ }
    },
  };
  return session;
}

/** JSON.stringify, deaf to the toJSON that old libraries put on every array. */
function json(value) {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  const parts = [];
  if (Array.isArray(value)) {
    for (const one of value) parts.push(json(one));
    return `[${parts.join()}]`;
  }
  for (const [name, one] of Object.entries(value)) {
    if (one !== undefined && typeof one !== "function") parts.push(`${JSON.stringify(name)}:${json(one)}`);
  }
  return `{${parts.join()}}`;
}
