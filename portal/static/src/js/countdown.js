// <time data-countdown="2019-12-09T08:00:00Z" data-now="…" data-words='{"d":"{n}일",…}'>: time left by the server's clock.
const steps = [["d", 86_400], ["h", 3_600], ["m", 60], ["s", 1]];

/** The two largest units, e.g. “3일 4시간”; seconds only in the last hour. */
function left(seconds, words) {
  const parts = [];
  for (const [unit, size] of steps) {
    const n = Math.floor(seconds / size);
    seconds -= n * size;
    if (n || parts.length) parts.push(words[unit].replace("{n}", n));
  }
  return words.left.replace("{time}", parts.slice(0, 2).join(" ") || words.s.replace("{n}", 0));
}

function urgency(seconds) {
  if (seconds <= 0) return "over";
  if (seconds <= 3_600) return "hour";
  return seconds <= 86_400 ? "day" : "calm";
}

function run(element) {
  const ends = Date.parse(element.dataset.countdown);
  const words = JSON.parse(element.dataset.words);
  const ahead = Date.parse(element.dataset.now) - Date.now();
  const live = element.parentElement.querySelector("[data-countdown-said]");
  let last = element.dataset.urgency;
  const tick = () => {
    const seconds = Math.floor((ends - Date.now() - ahead) / 1000);
    const level = urgency(seconds);
    element.textContent = seconds > 0 ? left(seconds, words) : words.over;
    element.dataset.urgency = level;
    // Said aloud only when it changes from a day to an hour to over, never each second.
    if (level !== last && live) live.textContent = element.textContent;
    last = level;
    if (seconds > 0) setTimeout(tick, level === "hour" ? 1_000 : 20_000);
  };
  tick();
}

export function countdowns(root) {
  for (const element of root.querySelectorAll("[data-countdown]:not([data-live])")) {
    element.dataset.live = "";
    run(element);
  }
}
