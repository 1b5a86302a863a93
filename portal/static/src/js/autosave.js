// <form data-autosave="URL" data-version="3">: posts the form shortly after a change. The answer is JSON {"saved": "14:03 저장됨", "version": 4};
// 409 answers the page that shows both values. Without this file the form's own button saves.
const pause = 1_500;

function say(form, state, text) {
  const place = form.querySelector("[data-autosave-status]");
  if (!place) return;
  place.dataset.state = state;
  place.querySelector("[data-text]").textContent = text;
}

/** Another person's version came first: show the server's comparison in place of the page, keeping its address. */
function swap(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  document.querySelector("main").replaceWith(fresh.querySelector("main"));
  document.title = fresh.title;
  document.querySelector("main").focus();
  window.scrollTo(0, 0);
}

async function save(form, state) {
  if (state.busy) return void (state.again = true);
  state.busy = true;
  state.dirty = false;
  const body = new FormData(form);
  if (form.dataset.version) body.set("version", form.dataset.version);
  say(form, "saving", form.dataset.wordSaving);
  try {
    const answer = await fetch(form.dataset.autosave, { method: "POST", body, headers: { "X-Autosave": "1", Accept: "application/json, text/html" } });
    if (answer.status === 409) return swap(await answer.text());
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const { saved, version } = await answer.json();
    if (version !== undefined) {
      form.dataset.version = version;
      if (form.elements.version) form.elements.version.value = version;
    }
    say(form, "saved", saved);
  } catch {
    state.dirty = true;
    say(form, "failed", form.dataset.wordFailed);
    setTimeout(() => state.dirty && save(form, state), 15_000);
  } finally {
    state.busy = false;
    if (state.again) { state.again = false; save(form, state); }
  }
}

export function autosave(root) {
  for (const form of root.querySelectorAll("form[data-autosave]:not([data-live])")) {
    form.dataset.live = "";
    const state = { busy: false, again: false, dirty: false };
    let timer;
    const soon = () => {
      state.dirty = true;
      clearTimeout(timer);
      timer = setTimeout(() => save(form, state), pause);
    };
    form.addEventListener("input", soon);
    form.addEventListener("change", soon);
    form.addEventListener("submit", () => { clearTimeout(timer); state.dirty = false; });
    addEventListener("beforeunload", (event) => state.dirty && event.preventDefault());
  }
}
