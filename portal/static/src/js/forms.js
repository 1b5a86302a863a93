// Focus on the error summary, no double sending, 억/만 beside an amount, filters that send themselves.
function focusErrors(root) {
  const summary = root.querySelector("[data-errors]:not([data-live])");
  if (!summary) return;
  summary.dataset.live = "";
  summary.focus();
}

/** 1 억 2,000 만 as Koreans read it; the server sends the unit words. */
function inWords(digits, [eok, man, won]) {
  const n = BigInt(digits);
  const parts = [[n / 100_000_000n, eok], [(n / 10_000n) % 10_000n, man], [n % 10_000n, ""]];
  return parts.filter(([value]) => value).map(([value, unit]) => value.toLocaleString() + unit).join(" ") + won;
}

function money(input) {
  const place = document.getElementById(`${input.id}_words`);
  const show = () => {
    const digits = input.value.replace(/[^0-9]/g, "");
    place.textContent = digits ? inWords(digits, input.dataset.money.split("|")) : "";
  };
  input.addEventListener("input", show);
  show();
}

function once(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  // Coming back with the browser's button must leave the form usable.
  addEventListener("pageshow", () => delete form.dataset.sent);
}

export function forms(root) {
  focusErrors(root);
  for (const input of root.querySelectorAll("[data-money]:not([data-live])")) { input.dataset.live = ""; money(input); }
  for (const form of root.querySelectorAll("form[method=post]:not([data-live], [data-autosave], [hx-post])")) { form.dataset.live = ""; once(form); }
  for (const form of root.querySelectorAll("form[data-send-on-change]:not([data-live])")) {
    form.dataset.live = "";
    form.addEventListener("change", () => form.requestSubmit());
  }
}
