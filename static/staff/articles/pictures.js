// Pictures pasted, dropped or chosen: kept with the change, then described before they are shown.

export function takePictures(desk, form, text) {
  const dialog = desk.querySelector("[data-picture-dialog]");
  const shown = dialog.querySelector("[data-picture-shown]");
  const said = dialog.querySelector("[data-picture-said]");
  const alt = dialog.querySelector("[data-picture-alt]");
  const caption = dialog.querySelector("[data-picture-caption]");
  const insert = dialog.querySelector("[data-picture-insert]");
  const chooser = desk.querySelector("[data-picture-file]");
  let added = null;

  desk.querySelector("[data-picture]").addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", takeChosen);
  // Before the editor, which would paste a picture's name.
  text.element.addEventListener("paste", (event) => pick(event, event.clipboardData), true);
  text.element.addEventListener("drop", (event) => pick(event, event.dataTransfer), true);
  for (const [name, isOver] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    text.element.addEventListener(name, () => text.element.classList.toggle("is-dropping", isOver));
  }
  alt.addEventListener("input", ready);
  dialog.addEventListener("close", () => {
    if (dialog.returnValue === "insert" && added) text.insert(markdown());
    text.focus();
  });

  takeChosen(); // chosen while this script was on its way

  function takeChosen() {
    if (chooser.files[0]) take(chooser.files[0]);
    chooser.value = "";
  }

  function pick(event, source) {
    const file = [...(source?.files ?? [])].find((one) => one.type.startsWith("image/"));
    if (!file) return;
    event.preventDefault();
    event.stopPropagation();
    take(file);
  }

  async function take(file) {
    added = null;
    alt.value = caption.value = "";
    shown.hidden = true;
    dialog.returnValue = "";
    say(said.dataset.busy);
    ready();
    dialog.showModal();
    alt.focus();
    const body = new FormData();
    body.set("picture", file);
    try {
      const response = await fetch(form.dataset.picturesUrl, {
        method: "POST",
        body,
        headers: { Accept: "application/json" },
      });
      if (response.redirected) throw new Error("signed out");
      const answer = await response.json();
      if (!response.ok) return say(answer.fault);
      added = answer;
    } catch {
      return say(said.dataset.lost);
    }
    say("");
    shown.src = added.address;
    shown.hidden = false;
    ready();
  }

  function ready() {
    insert.disabled = !added || !alt.value.trim();
  }

  function say(words) {
    said.textContent = words;
    said.hidden = !words;
  }

  // The server's Markdown, with its description put in.
  function markdown() {
    const words = (field) => field.value.trim().replace(/\s+/g, " ");
    const described = added.markdown.replace("![]", () => `![${words(alt).replace(/[[\]\\]/g, "\\$&")}]`);
    const title = words(caption).replace(/["\\]/g, "\\$&");
    const whole = title ? described.replace(/\)$/, () => ` "${title}")`) : described;
    return `\n\n${whole}\n\n`;
  }
}
