// Lets a reader open files or press "check"; what counts is decided by the verifier, this only reads and shows.
const panel = document.querySelector("[data-verifier]");
const words = panel.dataset;
const said = panel.querySelector("[data-said]");
const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

/** The files of a zip, by name. */
async function unzip(data) {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength), files = [];
  let end = data.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Error("no zip file");
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
    const [method, size, name, extra, note, start] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true), view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true), view.getUint32(at + 42, true)];
    const from = start + 30 + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
    const packed = data.slice(from, from + size);
    const stream = method === 8 ? new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw")) : new Blob([packed]).stream();
    files.push(new Uint8Array(await new Response(stream).arrayBuffer()));
    at += 46 + name + extra + note;
  }
  return files;
}

/** What a receipt is made of, told by content, never by name. A policy inside is left aside: keys come from elsewhere. */
async function sort(files) {
  const found = {};
  for (const data of files) {
    const start = new TextDecoder().decode(data.slice(0, 22));
    if (start.startsWith("PK")) Object.assign(found, await sort(await unzip(data)));
    else if (start === "c2sp.org/tlog-proof@v1") found.proof = new TextDecoder().decode(data);
    else if (start.startsWith("{")) found.leaf = data;
    else if (start.trimStart().startsWith("[")) found.openings = JSON.parse(new TextDecoder().decode(data));
  }
  return found;
}

const bytes = async (file) => new Uint8Array(await file.arrayBuffer());

function show(kind, title, lines) {
  const box = document.createElement("div");
  box.className = `banner banner--${kind}`;
  box.dataset.verdict = kind;
  const content = document.createElement("div");
  for (const [name, line] of [["strong", title], ...lines.map((line) => ["p", line])]) {
    const part = document.createElement(name);
    part.textContent = line;
    content.append(part);
  }
  box.append(content);
  said.replaceChildren(box);
}

async function check(work) {
  show("info", words.wordBusy, []);
  let verifier;
  try {
    if (!globalThis.crypto?.subtle) throw new Error("no secure context");
    verifier = await import(words.module);
    const found = await work(verifier);
    const opened = found.opened.map(({ path, value }) => `${path}: ${typeof value === "string" ? value : JSON.stringify(value)}`);
    const place = fill(words.wordPlace, { origin: found.origin, index: found.index, size: found.size, witnesses: found.witnesses });
    show("success", words.wordOk, [place, `${found.leaf.type} · ${found.leaf.at}`, ...opened]);
  } catch (error) {
    const refused = verifier && error instanceof verifier.Refused;
    show(refused ? "danger" : "warning", refused ? words.wordRefused : words.wordUnusable, [error.message]);
  }
}

const base = new URL(words.log, location.href);
const form = panel.querySelector("form");
form.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const own = form.elements.policy.files[0];
  check(async (verifier) => {
    const policy = own ? await own.text() : undefined;
    const chosen = [...form.elements.receipt.files];
    if (!chosen.length && words.leaf) return verifier.checkLive(base, words.leaf, Number(words.index), policy);
    const given = await sort(await Promise.all(chosen.map(bytes)));
    if (!given.leaf || !given.proof) throw new Error(words.wordNothing);
    const rules = policy ?? (await (await fetch(new URL("policy", base))).text());
    return verifier.checkReceipt({ ...given, policy: rules });
  });
});
form.addEventListener("dragover", (event) => event.preventDefault());
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.elements.receipt.files = event.dataTransfer.files;
  form.requestSubmit();
});
