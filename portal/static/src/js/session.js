// The box in layout/base.html appears a few minutes before the session ends; one press extends it. Nothing typed is lost.
const before = 5 * 60;

export function session() {
  const box = document.querySelector("[data-session]");
  if (!box) return;
  const length = Number(box.dataset.session);
  let timer;
  const plan = () => {
    clearTimeout(timer);
    timer = setTimeout(() => { box.hidden = false; }, Math.max(length - before, 1) * 1000);
  };
  box.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const form = event.target;
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return form.submit();
    box.hidden = true;
    plan();
  });
  plan();
}
