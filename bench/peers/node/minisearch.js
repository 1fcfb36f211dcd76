// MiniSearch: node minisearch.js LANGUAGE
import MiniSearch from "minisearch";
import { language } from "./language.js";
import { serve } from "./lines.js";

const { stemmer, stopwords } = await language(process.argv[2]);
const dropped = new Set(stopwords);
const index = new MiniSearch({
  fields: ["title", "text"],
  processTerm: (term) => {
    const word = term.toLowerCase();
    return dropped.has(word) ? null : stemmer(word);
  },
});

await serve({
  build: (passages) => index.addAll(passages),
  search: ({ search, limit }) => index.search(search).slice(0, limit).map((hit) => hit.id),
});
