// Makes static/vendor/codemirror.js: `npm ci --ignore-scripts && npm run build` in this folder.
//
// The policy of our pages allows no <style> elements, which CodeMirror makes in documents; sheets
// that scripts construct it allows, and CodeMirror uses those in shadow roots. One condition is
// changed so that it uses them always.

import { build } from "esbuild";
import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";

const OUTPUT = "../../../static/vendor/codemirror.js";
const IN_SHADOW_ROOTS = "if (!root.head && root.adoptedStyleSheets && win.CSSStyleSheet) {";
const ALWAYS = "if (root.adoptedStyleSheets && win.CSSStyleSheet) {";

const adopted = {
  name: "adopted-sheets",
  setup({ onLoad }) {
    onLoad({ filter: /style-mod\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      if (!source.includes(IN_SHADOW_ROOTS)) throw new Error("style-mod has changed: look at it again");
      return { contents: source.replace(IN_SHADOW_ROOTS, ALWAYS), loader: "js" };
    });
  },
};

const made = await build({
  entryPoints: ["entry.js"],
  bundle: true,
  format: "esm",
  minify: true,
  target: "es2022",
  legalComments: "none",
  plugins: [adopted],
  metafile: true,
  write: false,
});

const names = new Set(
  Object.keys(made.metafile.inputs)
    .filter((path) => Object.values(made.metafile.outputs)[0].inputs[path]?.bytesInOutput)
    .map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1])
    .filter(Boolean),
);
const licences = new Map();
const versions = [];
for (const name of [...names].sort()) {
  const folder = `node_modules/${name}`;
  const { version } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  versions.push(`${name} ${version}`);
  const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
  const text = (await readFile(`${folder}/${file}`, "utf8")).trim();
  licences.set(text, [...(licences.get(text) ?? []), name]);
}

const head = `/* CodeMirror, MIT licence, see codemirror.LICENSE.txt: ${versions.join(", ")}. Made by docs/vendored/codemirror/build.mjs; not to be edited. */\n`;
const content = head + made.outputFiles[0].text;
await writeFile(OUTPUT, content);
const notices = [...licences].map(([text, of]) => `${of.join(", ")}\n\n${text}\n`).join("\n---\n\n");
await writeFile("../../../static/vendor/codemirror.LICENSE.txt", notices);
console.log(`${content.length} characters, sha256 ${createHash("sha256").update(content).digest("hex")}`);
