// A vote without leaving the place: sends the same form, then takes the same part of the page
// as the server shows it now. Without script the form posts and the page comes back.

document.addEventListener("submit", (event) => {
  const section = event.target.closest("[data-vote]");
  if (!section) return;
  event.preventDefault();
  vote(section, event.target, event.submitter);
});

async function vote(section, form, submitter) {
  if (section.ariaBusy === "true") return;
  section.ariaBusy = "true";
  complain(section, "");
  try {
    const response = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams(new FormData(form, submitter)),
    });
    if (response.ok) await refresh(section, submitter);
    else complain(section, response.status === 429 ? section.dataset.limited : section.dataset.failed);
  } catch {
    complain(section, section.dataset.failed);
  } finally {
    section.ariaBusy = "false";
  }
}

async function refresh(section, submitter) {
  // "reload" also replaces the copy that the browser kept from before the vote.
  const response = await fetch(location.pathname, { cache: "reload" });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.querySelector("[data-vote-panel]");
  if (!fresh) return location.reload();
  const panel = section.querySelector("[data-vote-panel]");
  panel.replaceWith(fresh);
  section.querySelector("[data-vote-status]").textContent =
    fresh.querySelector("[data-vote-said]")?.textContent ?? "";
  const same = `button[name="${submitter?.name}"][value="${submitter?.value}"]`;
  const next = fresh.querySelector(same) ?? fresh.querySelector("button");
  next.focus({ preventScroll: true });
}

function complain(section, text) {
  const error = section.querySelector("[data-vote-error]");
  error.textContent = text;
  error.hidden = !text;
}
