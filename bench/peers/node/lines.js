// One JSON message a line, in and out:
//   {"passage": {"title", "text", "vector"}}…  then {"build": true} → {"ready": true}
//   {"search": text, "vector", "limit"} → {"numbers": [best first], "took_ms"}
// Passages are numbered in the order they come, from 0. Only the search itself is timed.
import { createInterface } from "node:readline";

export async function serve({ build, search }) {
  let passages = [];
  for await (const line of createInterface({ input: process.stdin })) {
    const message = JSON.parse(line);
    if (message.passage) {
      passages.push({ id: String(passages.length), ...message.passage });
    } else if (message.build) {
      await build(passages);
      passages = [];
      reply({ ready: true });
    } else {
      const started = performance.now();
      const ids = await search(message);
      reply({ took_ms: performance.now() - started, numbers: ids.map(Number) });
    }
  }
}

function reply(message) {
  process.stdout.write(JSON.stringify(message) + "\n");
}
