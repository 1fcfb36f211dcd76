// The page on which an article is written. Without this script the form saves and tries all the
// same; with it the text is highlighted, saved in place, kept in the browser and tried while typing.

const desk = document.querySelector("[data-desk]");
const form = desk.querySelector("[data-form]");
const said = form.querySelector("[data-said]");
const modules = JSON.parse(desk.dataset.modules);

const [{ openText }, { watchProof }, { rememberIn }, { takePictures }] = await Promise.all(
  ["text", "proof", "memory", "pictures"].map((name) => import(modules[name])),
);

const text = await openText(form, modules.codemirror);
const memory = rememberIn(`otvet-desk:${desk.dataset.change}`);
const proof = watchProof(form, desk, text);
let kept = sentState(); // what the server has
let isLeaving = false;

takePictures(desk, form, text);
offerTools();
countLetters();
offerSlots();
offerRecovery();
text.onChange(changed);
form.addEventListener("input", changed);
form.addEventListener("submit", save);
form.addEventListener("formdata", (event) => event.formData.set(text.name, text.value()));
document.addEventListener("keydown", (event) => {
  if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
  event.preventDefault();
  form.querySelector("[value=save]")?.click();
});
addEventListener("beforeunload", (event) => {
  if (!isLeaving && isDirty()) event.preventDefault();
});
if (isDirty()) changed(); // typed while this script was on its way, or put back by the browser
else proof.now();
proof.soon();
desk.classList.add("is-enhanced");

// What the form holds, but for which revision it began with.
function state() {
  const data = new FormData(form);
  data.set(text.name, text.value());
  return written(data);
}

// The same as it stands in the page that was sent, whatever has become of its fields since.
function sentState() {
  const sent = form.cloneNode(true);
  sent.reset();
  return written(new FormData(sent));
}

function written(data) {
  const values = Object.fromEntries(data);
  delete values.base;
  delete values.message;
  return JSON.stringify(values);
}

function isDirty() {
  return state() !== kept;
}

function changed() {
  const isChanged = isDirty();
  say(isChanged ? said.dataset.unsaved : "");
  if (isChanged) memory.keep({ base: form.elements.base.value, values: JSON.parse(state()) });
  else memory.forget();
  proof.soon();
}

function say(words, tone = "") {
  if (!said) return;
  said.textContent = words;
  said.dataset.tone = tone;
}

async function save(event) {
  if (event.submitter?.value === "try") return;
  event.preventDefault();
  const sent = state();
  say(said.dataset.busy);
  let response;
  try {
    response = await fetch(form.action, {
      method: "POST",
      body: new FormData(form),
      headers: { Accept: "application/json" },
    });
  } catch {
    return say(said.dataset.lost, "warn");
  }
  if (response.redirected) return signedOut();
  if (response.status === 409) return sendWhole(); // the page that follows settles it
  const answer = await response.json().catch(() => ({ fault: said.dataset.lost }));
  if (!response.ok) return say(answer.fault ?? said.dataset.lost, "warn");
  if (answer.done === "merged") {
    isLeaving = true;
    memory.forget();
    location.assign(answer.address); // with what somebody else wrote
    return;
  }
  form.elements.base.value = answer.revision;
  form.elements.message.value = "";
  kept = sent;
  if (isDirty()) return changed(); // typed while it was being saved
  memory.forget();
  say(answer.notice, "done");
}

function sendWhole() {
  isLeaving = true;
  const settled = document.createElement("input");
  settled.type = "hidden";
  settled.name = "do";
  settled.value = "save";
  form.append(settled);
  HTMLFormElement.prototype.submit.call(form);
}

function signedOut() {
  const link = document.createElement("a");
  link.href = said.dataset.signIn;
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = said.dataset.signInWords;
  say(`${said.dataset.signedOut} `, "warn");
  said.append(link);
}

// Words of a tab that crashed, or whose session had ended.
function offerRecovery() {
  const found = memory.found();
  const box = desk.querySelector("[data-recovery]");
  if (!found || JSON.stringify(found.values) === kept) return memory.forget();
  if (JSON.stringify(found.values) === state()) { // the browser has put them back by itself
    form.elements.base.value = found.base;
    return;
  }
  box.querySelector("[data-recovery-when]").textContent = new Date(found.at).toLocaleString(document.documentElement.lang);
  box.hidden = false;
  box.querySelector("[data-recover]").addEventListener("click", () => {
    for (const [name, value] of Object.entries(found.values)) {
      if (name === text.name) text.set(value);
      else if (slot(name)) form.elements[name].value = value;
    }
    form.elements.base.value = found.base; // so that nothing is overwritten that came since
    box.hidden = true;
    changed();
    text.focus();
  });
  box.querySelector("[data-forget]").addEventListener("click", () => {
    memory.forget();
    box.hidden = true;
    text.focus();
  });
}

function countLetters() {
  for (const field of form.querySelectorAll("[data-counted], [data-lines]")) {
    const shown = document.createElement("p");
    shown.className = "field-count";
    field.closest(".field").append(shown);
    const count = () => {
      const { lines, most } = field.dataset;
      const items = field.value.split("\n").filter((line) => line.trim());
      const isOver = lines ? items.length > most || items.some((one) => one.trim().length > lines) : false;
      shown.textContent = lines ? `${items.length} / ${most}` : `${field.value.length} / ${field.maxLength}`;
      shown.toggleAttribute("data-over", isOver);
    };
    field.addEventListener("input", count);
    count();
  }
}

// One more free field for an article or a product, once the last is used.
function offerSlots() {
  for (const group of form.querySelectorAll("[data-slots]")) {
    group.addEventListener("input", () => {
      if (group.querySelector("input:last-of-type").value) addSlot(group);
    });
  }
}

function addSlot(group) {
  const last = group.querySelector("input:last-of-type");
  const [, start, number] = /^(.*-)(\d+)$/.exec(last.name);
  if (Number(number) + 1 >= Number(group.dataset.slots)) return null;
  const added = last.cloneNode();
  added.name = `${start}${Number(number) + 1}`;
  added.value = "";
  added.removeAttribute("value");
  last.after(added);
  return added;
}

// The field of that name; one that was added while writing is added again.
function slot(name) {
  const group = form.querySelector(`[data-slots][data-field="${/^f-(\w+)-\d+$/.exec(name)?.[1]}"]`);
  while (group && !form.elements[name] && addSlot(group));
  return form.elements[name];
}

function offerTools() {
  const tools = form.querySelector("[data-tools]");
  tools.hidden = false;
  tools.addEventListener("click", ({ target }) => {
    const { wrap, line, block } = target.dataset;
    if (wrap) text.wrap(wrap, wrap);
    else if (line) text.lines(line);
    else if (block) text.insert(`\n${block}\n> `);
    else if ("link" in target.dataset) text.wrap("[", "](../category/article.md)");
  });
}
