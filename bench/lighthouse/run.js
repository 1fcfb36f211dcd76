// Lighthouse's four scores of each address, with its phone profile: one line of JSON an address.
// node run.js CHROMIUM URL…

import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const [chromePath, ...addresses] = process.argv.slice(2);
const chrome = await launch({
  chromePath,
  chromeFlags: ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
});
try {
  for (const address of addresses) {
    const { lhr } = await lighthouse(address, { port: chrome.port, logLevel: "error" });
    const scores = Object.fromEntries(
      Object.values(lhr.categories).map(({ id, score }) => [id, Math.round(100 * score)]),
    );
    const failed = Object.values(lhr.audits)
      .filter(({ score, scoreDisplayMode }) => score === 0 && scoreDisplayMode === "binary")
      .map(({ id }) => id);
    const metric = (id) => Math.round(lhr.audits[id].numericValue);
    console.log(JSON.stringify({
      address,
      scores,
      failed,
      first_contentful_paint_ms: metric("first-contentful-paint"),
      largest_contentful_paint_ms: metric("largest-contentful-paint"),
      total_blocking_time_ms: metric("total-blocking-time"),
      layout_shift: lhr.audits["cumulative-layout-shift"].numericValue,
    }));
  }
} finally {
  await chrome.kill();
}
