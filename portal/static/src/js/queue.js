// <div data-queue="/college/queue/….json" data-phase="waiting" data-again="5">: asks where the place stands, when the server said to.
// Without cookies: the ticket in the address is all the server needs. A new phase is a new page; without this file it reloads itself.
async function ask(element) {
  let again = Number(element.dataset.again);
  try {
    const answer = await fetch(element.dataset.queue, { credentials: "omit", headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    const place = await answer.json();
    if (place.phase !== element.dataset.phase) return location.reload();
    element.dataset.queue = place.next;
    again = place.again_s;
    const ahead = element.querySelector("[data-queue-ahead]");
    if (ahead) ahead.textContent = place.ahead;
  } catch {
    again = Math.min(60, again * 2); // the server is busy or the line is gone: ask less often
  }
  element.dataset.again = again;
  setTimeout(ask, again * 1_000, element);
}

export function queues(root) {
  for (const element of root.querySelectorAll("[data-queue]:not([data-live])")) {
    element.dataset.live = "";
    if (element.dataset.phase === "before" || element.dataset.phase === "waiting") {
      setTimeout(ask, Number(element.dataset.again) * 1_000, element);
    }
  }
}
