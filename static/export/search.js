// The search of a site of plain files: reads the index beside it, in the reader's browser. Terms
// are those of the site's own search; the index brings all forms of their words. A plain script,
// no module, so that it runs from a disk too.

(() => {
  "use strict";

  const MOST_HITS = 30;
  const MOST_SECTIONS = 3;
  const MIN_PREFIX = 2;
  const LEAST_SHARE = 0.2; // of the best hit's score; what is below has little to do with the words
  const UNFINISHED = 0.7; // weight of a word that only begins with what was typed
  const RELATED = 0.8; // of what a synonym means
  const ALIKE = 0.4; // of a word with another end
  const MIN_ALIKE = 5;
  const WORD = /[^\W\d_](?:\+\+|#)(?![\p{L}\p{N}])|[\p{L}\p{N}]+(?:['’._/‐‑-][\p{L}\p{N}]+)*/gu;
  const PART = /[\p{L}\p{N}]+/gu;
  const CODE = /^(\p{L}{1,4})[‐-]?0{0,3}(\d{1,4})$/u;
  const LOOKS_LATIN = "асеорхукмвнт";
  const LOOKS_CYRILLIC = "aceopxykmbht";
  const CYRILLIC = /[\u0400-\u04ff]/;
  const LATIN = /[a-z]/;

  const root = document.querySelector("[data-static-search]");
  const index = globalThis.otvetSearchIndex;
  if (!root || !index) return;

  const stems = new Map(Object.entries(index.stems));
  const endings = new Map(index.endings.map((ending, at) => [ending, at]));
  const sets = index.sets.map((set) => new Set(set));
  const stop = new Set(index.stop);
  const asked = new URLSearchParams(location.search);
  const inputs = [...document.querySelectorAll("form input[type=search]")];

  // What was typed while this script and its index were on their way is asked for instead.
  const typed = inputs.find((input) => input.value !== input.defaultValue);
  const query = typed?.value ?? asked.get("q") ?? "";
  for (const input of inputs) {
    if (input !== typed) input.value = query;
    input.addEventListener("input", () => show(input.value));
  }
  show(query);

  function show(text) {
    const query = spoken(text.slice(0, 500)).trim();
    const words = query ? wordsOf(spoken(text.slice(0, 500))) : [];
    const hits = query ? ranked(words) : [];
    const state = query ? (hits.length ? "asked" : "nothing") : "unasked";
    for (const name of ["asked", "nothing", "unasked"]) {
      for (const element of root.querySelectorAll(`[data-${name}]`)) element.hidden = name !== state;
    }
    for (const element of root.querySelectorAll("[data-query]")) element.textContent = query;
    root.querySelector("[data-count]").textContent = hits.length ? `${root.dataset.found} ${hits.length}` : "";
    root.querySelector("[data-topics]").hidden = state === "asked";
    const terms = new Set(words.flatMap((word) => [...word.terms.keys()]));
    root.querySelector("[data-hits]").replaceChildren(...hits.map((hit) => item(hit, terms)));
  }

  /** Words of a query, each with the terms it may stand for and their weight. */
  function wordsOf(text) {
    const found = [...text.matchAll(WORD)];
    const isUnfinished = /[\p{L}\p{N}]$/u.test(text);
    const all = found.map(({ 0: word }, at) => {
      const exact = exactTerms(word);
      const isLast = isUnfinished && at === found.length - 1;
      return { word: folded(word), isLast, terms: new Map(exact.map((term) => [term, 1])) };
    });
    addMeanings(all);
    const telling = all.filter(({ word }) => !stop.has(word));
    const words = telling.length ? telling : all;
    for (const one of words) {
      if (one.isLast || !one.terms.size) addBeginnings(one);
    }
    return words;
  }

  /** A text without soft hyphens, stress marks and accents, none of which people type. */
  function spoken(text) {
    return text.normalize("NFKD").replace(/[\u00ad\u0300\u0301]/g, "").normalize("NFKC");
  }

  function folded(word) {
    return spoken(word).toLowerCase().replaceAll("ё", "е");
  }

  /** Numbers of the terms of a word in any of its forms; of a compound also those of its parts. */
  function exactTerms(word) {
    const whole = folded(word);
    const parts = whole.match(PART) ?? [];
    const spellings = new Set([whole, oneAlphabet(whole), code(whole) ?? whole]);
    if (parts.length > 1) {
      const joined = whole.replace(/['’_/‐-]/g, "");
      spellings.add(joined).add(code(joined) ?? joined);
      for (const part of parts) spellings.add(part).add(oneAlphabet(part));
    }
    return [...spellings].flatMap(termsOfForm);
  }

  function termsOfForm(form) {
    const found = [];
    for (let at = 0; at <= form.length; at += 1) {
      const known = stems.get(form.slice(0, at));
      const ending = known && endings.get(form.slice(at));
      if (ending === undefined) continue;
      for (let n = 0; n < known.length; n += 2) if (sets[known[n + 1]].has(ending)) found.push(known[n]);
    }
    return found;
  }

  /** A code however it is typed: E-05, e05, and Е5 on a Russian keyboard. */
  function code(word) {
    const [, letters, number] = CODE.exec(word) ?? [];
    if (!letters) return null;
    const latin = translated(letters, LOOKS_LATIN, LOOKS_CYRILLIC);
    return (CYRILLIC.test(latin) ? letters : latin) + number;
  }

  function oneAlphabet(word) {
    if (!LATIN.test(word) || !CYRILLIC.test(word)) return word;
    const cyrillic = translated(word, LOOKS_CYRILLIC, LOOKS_LATIN);
    if (!LATIN.test(cyrillic)) return cyrillic;
    const latin = translated(word, LOOKS_LATIN, LOOKS_CYRILLIC);
    return CYRILLIC.test(latin) ? word : latin;
  }

  function translated(word, from, to) {
    return [...word].map((char) => to[from.indexOf(char)] ?? char).join("");
  }

  /** Add what begins with an unfinished word; with what is unknown, what begins alike. */
  function addBeginnings(one) {
    const { word, isLast, terms } = one;
    if (isLast && word.length >= MIN_PREFIX) {
      for (const term of beginningWith(word)) if (!terms.has(term)) terms.set(term, UNFINISHED);
    }
    if (terms.size || word.length < MIN_ALIKE) return;
    for (let cut = 1; cut <= 3 && word.length - cut >= 4 && !terms.size; cut += 1) {
      for (const term of beginningWith(word.slice(0, -cut))) terms.set(term, ALIKE);
    }
  }

  function* beginningWith(prefix) {
    for (const [stem, known] of stems) {
      const isLonger = stem.startsWith(prefix);
      if (!isLonger && !(prefix.startsWith(stem) && stem.length)) continue;
      const rest = prefix.slice(stem.length);
      for (let n = 0; n < known.length; n += 2) {
        if (isLonger || hasEnding(sets[known[n + 1]], rest)) yield known[n];
      }
    }
  }

  function hasEnding(set, rest) {
    for (const ending of set) if (index.endings[ending].startsWith(rest)) return true;
    return false;
  }

  function addMeanings(words) {
    for (const [phrase, meant] of index.synonyms) {
      const holders = phrase.map((part) =>
        words.find(({ word, terms }) => (typeof part === "string" ? word === part : terms.get(part) === 1)));
      if (holders.some((holder) => !holder)) continue;
      for (const term of meant) if (!holders[0].terms.has(term)) holders[0].terms.set(term, RELATED);
    }
  }

  /** Numbers of articles, best first. Each word counts once an article, by its best term. */
  function ranked(words) {
    const scores = new Map();
    for (const { terms } of words) {
      const best = new Map();
      for (const [term, weight] of terms) {
        const postings = index.postings[term];
        for (let n = 0; n < postings.length; n += 2) {
          const score = postings[n + 1] * weight;
          if (score > (best.get(postings[n]) ?? 0)) best.set(postings[n], score);
        }
      }
      for (const [article, score] of best) {
        const known = scores.get(article) ?? { score: 0, words: 0 };
        scores.set(article, { score: known.score + score, words: known.words + 1 });
      }
    }
    const found = [...scores].filter(([article]) => isWanted(article));
    const hits = found.map(([article, it]) => ({ article, score: it.score * (it.words / words.length) }));
    hits.sort((one, other) => other.score - one.score || one.article - other.article);
    return hits.filter(({ score }) => score >= hits[0].score * LEAST_SHARE).slice(0, MOST_HITS);
  }

  /** True for an article of the section, category and product that the form restricts to. */
  function isWanted(article) {
    const [section, category, ...products] = index.docs[article][5];
    return (
      (!asked.get("section") || asked.get("section") === section) &&
      (!asked.get("category") || asked.get("category") === category) &&
      (!asked.get("product") || products.includes(asked.get("product")))
    );
  }

  function item({ article }, terms) {
    const [url, title, path, summary, headings, , lang = "", langName = ""] = index.docs[article];
    const made = root.querySelector("[data-hit]").content.firstElementChild.cloneNode(true);
    const place = made.querySelector(".hit-path");
    for (const part of path) place.append(element("span", part));
    if (langName) place.append(" ", element("span", langName, "badge"));
    const link = made.querySelector("a");
    link.href = url;
    const texts = [[link, title], [made.querySelector(".hit-snippet"), summary]];
    for (const [target, text] of texts) {
      const isolated = document.createElement("bdi");
      isolated.append(...marked(text, terms));
      target.append(isolated);
      if (lang) target.lang = lang;
    }
    const sections = headings.filter(([, text]) => matches(text, terms)).slice(0, MOST_SECTIONS);
    if (sections.length) made.append(sectionLinks(url, sections, lang));
    return made;
  }

  function sectionLinks(url, sections, lang) {
    const line = element("p", root.dataset.sections, "hit-sections");
    for (const [anchor, text] of sections) {
      const link = element("a", "");
      link.href = `${url}#${encodeURIComponent(anchor)}`;
      link.append(element("bdi", text));
      if (lang) link.lang = lang;
      line.append(" ", link);
    }
    return line;
  }

  function matches(text, terms) {
    return [...text.matchAll(WORD)].some(({ 0: word }) => isMatch(word, terms));
  }

  function isMatch(word, terms) {
    return !stop.has(folded(word)) && exactTerms(word).some((term) => terms.has(term));
  }

  function marked(text, terms) {
    const nodes = [];
    let end = 0;
    for (const { 0: word, index: start } of text.matchAll(WORD)) {
      if (!isMatch(word, terms)) continue;
      nodes.push(text.slice(end, start), element("mark", word));
      end = start + word.length;
    }
    return [...nodes, text.slice(end)];
  }

  function element(name, text, className = "") {
    const made = document.createElement(name);
    made.textContent = text;
    if (className) made.className = className;
    return made;
  }
})();
