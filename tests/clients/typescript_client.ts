// The generated types, used under `strict` as their reader would: BASE_URL KEY ORIGIN.
import createClient from "openapi-fetch";

import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };

const [baseUrl, key, origin] = process.argv.slice(2);
const client = createClient<paths>({
  baseUrl,
  headers: { authorization: `Bearer ${key}`, origin },
});

// Only what there is to say: no field that may be absent is asked for.
const question: components["schemas"]["SuggestRequest"] = { message: "where is my money", locale: "en" };

const found = await client.POST("/api/v1/suggest", { body: question });
if (!found.data) throw new Error(JSON.stringify(found.error));
const refused = await client.POST("/api/v1/suggest", { body: { message: "" } });
if (!refused.error || typeof refused.error === "string") throw new Error("not refused");
const listed = await client.GET("/api/v1/articles");
const id = listed.data?.data[0]?.id;
if (!id) throw new Error(JSON.stringify(listed.error));
const article = await client.GET("/api/v1/articles/{article}", { params: { path: { article: id } } });
const missing = await client.GET("/api/v1/articles/{article}", { params: { path: { article: "no-such-article" } } });
if (!missing.error || typeof missing.error === "string") throw new Error("not missing");

console.log(
  JSON.stringify({
    action: found.data.decision.action,
    first: found.data.results[0]?.article.id,
    fault: refused.error.errors?.[0]?.pointer,
    refused: refused.error.code,
    article: article.data?.title,
    missing: missing.error.code,
  }),
);
