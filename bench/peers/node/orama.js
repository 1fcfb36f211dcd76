// Orama: node orama.js LANGUAGE fulltext|hybrid
import { create, insertMultiple, search as find } from "@orama/orama";
import { language } from "./language.js";
import { serve } from "./lines.js";

// Found on the dev queries; by default both are worse.
const RELEVANCE = { k: 0.5, b: 0.5, d: 1 };
const WEIGHTS = { text: 0.2, vector: 0.8 };
const [name, mode] = process.argv.slice(2);
const { stemmer, stopwords } = await language(name);
let db;

await serve({
  build: async (passages) => {
    const dim = passages[0].vector.length;
    db = create({
      schema: { title: "string", text: "string", vector: `vector[${dim}]` },
      components: { tokenizer: { language: name, stemming: true, stemmer, stopWords: stopwords } },
    });
    await insertMultiple(db, passages);
  },
  search: async ({ search, vector, limit }) => {
    const { hits } = await find(db, {
      mode,
      term: search,
      properties: ["title", "text"],
      relevance: RELEVANCE,
      hybridWeights: WEIGHTS,
      threshold: 1, // any word is enough
      vector: { value: vector, property: "vector" },
      similarity: 0, // every passage may be near
      limit,
    });
    return hits.map((hit) => hit.id);
  },
});
