// Checks entries of the audit ledger in the reader's own browser: WebCrypto only, nothing else is loaded.
// The hash of this file is an entry of the ledger itself. Formats: RFC 6962, RFC 8785, C2SP signed-note and tlog-*.
export class Refused extends Error {}
export class Unusable extends Error {}
const refuse = (why) => { throw new Refused(why); };
const utf8 = new TextEncoder();
const bytesOf = (text) => utf8.encode(text);
const join = (...parts) => Uint8Array.from(parts.flatMap((part) => [...part]));
const same = (a, b) => a.length === b.length && a.every((byte, at) => byte === b[at]);
const hex = (data) => [...data].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const sha256 = async (...parts) => new Uint8Array(await crypto.subtle.digest("SHA-256", join(...parts)));
const text = (data, what) => {
  try { return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data); } catch { return refuse(`${what} is not UTF-8`); }
};
function unb64(line) {
  let raw;
  try { raw = atob(line); } catch { refuse("malformed base64"); }
  if (btoa(raw) !== line) refuse("base64 that is not canonical");
  return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
}

// --- leaves -----------------------------------------------------------------------------------------------------
const UUID7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TOKEN = /^[A-Za-z0-9._:-]{1,64}$/, COMMITMENT = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The canonical spelling (RFC 8785) of a value that obeys the rules of a leaf. */
export function canonical(value, depth = 1) {
  if (typeof value === "string") {
    if (value.includes("\0") || value !== value.normalize("NFC") || /\p{Surrogate}/u.test(value)) refuse("a string with U+0000, not in NFC or with half a character");
    return JSON.stringify(value);
  }
  if (typeof value === "boolean") return String(value);
  if (Number.isSafeInteger(value)) return JSON.stringify(value);
  if (!isObject(value) && !Array.isArray(value)) refuse("a value that has no place in a leaf");
  if (depth > 8) refuse("a leaf deeper than 8");
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(",")}]`;
  return `{${Object.keys(value).sort().map((key) => {
    if (!/^[a-z0-9_]{1,64}$/.test(key)) refuse("a key that has no place in a leaf");
    return `${JSON.stringify(key)}:${canonical(value[key], depth + 1)}`;
  }).join(",")}}`;
}

const shaped = (value, needed, allowed) =>
  isObject(value) && needed.every((key) => Object.hasOwn(value, key)) && Object.keys(value).every((key) => allowed.includes(key));

/** The leaf that these bytes spell, only if they are exactly its canonical form. */
export function parseLeaf(data) {
  if (data.length < 2 || data.length > 65535) refuse("a leaf is 2 to 65,535 bytes");
  const spelled = text(data, "the leaf");
  let leaf;
  try { leaf = JSON.parse(spelled); } catch { refuse("the leaf is not JSON"); }
  const keys = ["actor", "at", "data", "id", "refs", "subject", "type", "v"];
  if (!shaped(leaf, keys, keys) || leaf.v !== 1 || !isObject(leaf.data)) refuse("a leaf has exactly eight keys");
  const strings = [[leaf.type, /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*){1,3}\/[1-9][0-9]{0,3}$/], [leaf.id, UUID7], [leaf.at, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z$/]];
  if (!strings.every(([value, rule]) => typeof value === "string" && rule.test(value))) refuse("type, id or time of the leaf is malformed");
  const at = `${leaf.at.slice(0, 23)}Z`;
  if (leaf.at.startsWith("0000") || Number.isNaN(Date.parse(at)) || new Date(at).toISOString() !== at) refuse("the leaf's time is not a real instant");
  const refs = leaf.refs;
  if (!Array.isArray(refs) || !refs.every((ref) => typeof ref === "string" && UUID7.test(ref)) || new Set([...refs, leaf.id]).size !== refs.length + 1) refuse("refs are distinct ids of other leaves");
  const { actor, subject } = leaf, sealed = (part) => !Object.hasOwn(part, "c") || COMMITMENT.test(part.c);
  const token = (value) => typeof value === "string" && TOKEN.test(value);
  if (!shaped(actor, ["role"], ["role", "c"]) || !token(actor.role) || !sealed(actor) || !(actor.c || actor.role === "system")) refuse("the leaf's actor is malformed");
  if (!shaped(subject, ["kind", "ref"], ["kind", "ref", "c"]) || !token(subject.kind) || !token(subject.ref) || !sealed(subject)) refuse("the leaf's subject is malformed");
  if (canonical(leaf) !== spelled) refuse("the leaf is not spelled canonically");
  return leaf;
}

export const leafHash = (data) => sha256([0], data);

/** Whether an opened value is the one that the leaf committed to. */
export async function checkOpening(leaf, opening) {
  const keys = ["path", "salt", "value"];
  if (!shaped(opening, keys, keys) || !COMMITMENT.test(opening.salt)) refuse("an opening has path, salt and value");
  const place = String(opening.path).split(".").reduce((value, key) => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined), leaf);
  if (!COMMITMENT.test(place ?? "")) refuse(`the leaf has no commitment at ${opening.path}`);
  const salt = unb64(`${opening.salt.replaceAll("-", "+").replaceAll("_", "/")}=`);
  const key = await crypto.subtle.importKey("raw", salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, bytesOf(`hub-ledger/commit/v1\0${canonical(opening.value)}`)));
  const found = btoa(String.fromCharCode(...mac)).replaceAll("+", "-").replaceAll("/", "_").replace("=", "");
  if (found !== place) refuse(`the value of ${opening.path} is not the one committed to`);
}

// --- keys, notes, policies ----------------------------------------------------------------------------------------
const P = 2n ** 255n - 19n;
const LOW_ORDER = [0n, 1n, P - 1n, 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n, 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n];

export async function parseVkey(line) {
  const [name, id, ...rest] = line.split("+");
  const raw = unb64(rest.join("+"));
  if (!name || /[\s\p{Cc}]/u.test(name) || raw.length !== 33 || ![1, 4].includes(raw[0])) refuse("a verifier key that is malformed");
  if (hex((await sha256(bytesOf(`${name}\n`), raw)).slice(0, 4)) !== id) refuse("a verifier key whose id is not its hash");
  const y = BigInt(`0x${hex(raw.slice(1).reverse())}`) & (2n ** 255n - 1n);
  if (y >= P || LOW_ORDER.includes(y)) refuse("a verifier key of low order");
  return { name, id, kind: raw[0], public: hex(raw.slice(1)), raw: raw.slice(1) };
}

/** Keys, witnesses, groups and quorum of a policy; keys come from nowhere else. */
export async function parsePolicy(source) {
  const found = { logs: [], witnesses: new Map(), groups: new Map(), quorum: undefined }, publics = new Set(), grouped = new Set();
  const known = (name) => found.witnesses.has(name) || found.groups.has(name) || refuse(`policy: nothing is named ${name}`);
  const fresh = (name) => (name === "none" || found.witnesses.has(name) || found.groups.has(name)) && refuse(`policy: the name ${name} is taken`);
  const key = async (line, kind) => {
    const made = await parseVkey(line);
    if (made.kind !== kind || publics.has(made.public)) refuse("policy: a key of the wrong kind, or twice");
    publics.add(made.public);
    return made;
  };
  for (const line of source.split("\n")) {
    const [word, ...rest] = line.trim().split(/\s+/);
    if (!word || word.startsWith("#")) continue;
    if (word === "log" && (rest.length === 1 || rest.length === 2)) found.logs.push(await key(rest[0], 1));
    else if (word === "witness" && (rest.length === 2 || rest.length === 3)) { fresh(rest[0]); found.witnesses.set(rest[0], await key(rest[1], 4)); }
    else if (word === "group" && rest.length > 2) {
      const [name, count, ...members] = rest;
      fresh(name);
      for (const member of members) { known(member); if (grouped.has(member)) refuse(`policy: ${member} is in a group already`); grouped.add(member); }
      const least = count === "any" ? 1 : count === "all" ? members.length : /^[1-9][0-9]*$/.test(count) ? Number(count) : 0;
      if (least < 1 || least > members.length) refuse("policy: a group that cannot be met");
      found.groups.set(name, { least, members });
    } else if (word === "quorum" && rest.length === 1 && found.quorum === undefined) { if (rest[0] !== "none") known(rest[0]); found.quorum = rest[0]; }
    else refuse(`policy: an unclear line: ${line}`);
  }
  if (!found.logs.length || found.quorum === undefined) refuse("policy: it names no log or no quorum");
  return found;
}

async function signatureHolds(key, message, signature) {
  let made;
  try { made = await crypto.subtle.importKey("raw", key.raw, { name: "Ed25519" }, false, ["verify"]); } catch (error) {
    if (error.name === "NotSupportedError") throw new Unusable("this browser has no Ed25519");
    refuse(`the key of ${key.name} is unusable`);
  }
  return crypto.subtle.verify({ name: "Ed25519" }, made, signature, message);
}

/** The checkpoint of a note that the policy accepts; with `maxAge` (seconds) only cosignatures that young count. */
export async function checkNote(note, policy, { maxAge, now = Date.now() / 1000 } = {}) {
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n") || /\p{Cc}/u.test(note.replaceAll("\n", ""))) refuse("the checkpoint is no signed note");
  const body = note.slice(0, end + 1), lines = note.slice(end + 2, -1).split("\n");
  const [origin, size, root, ...rest] = body.split("\n");
  if (lines.length > 64 || !origin || !/^(0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size)) || rest.at(-1) !== "") refuse("the checkpoint is malformed");
  const times = new Map();
  let signed = false;
  for (const line of lines) {
    const parts = line.match(/^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/) ?? refuse("a malformed signature line"), blob = unb64(parts[2]);
    if (blob.length < 5) refuse("a malformed signature line");
    const key = [...policy.logs, ...policy.witnesses.values()].find((one) => one.name === parts[1] && one.id === hex(blob.slice(0, 4)));
    if (!key) continue;
    const time = key.kind === 4 ? Number(BigInt(`0x${hex(blob.slice(4, 12)) || 0}`)) : null;
    const message = key.kind === 4 ? `cosignature/v1\ntime ${BigInt(`0x${hex(blob.slice(4, 12)) || 0}`)}\n${body}` : body;
    if (time === 0 || time >= 2 ** 63 || !(await signatureHolds(key, bytesOf(message), blob.slice(key.kind === 4 ? 12 : 4)))) refuse(`the signature of ${key.name} does not hold`);
    if (key.kind === 1) signed ||= key.name === origin;
    else times.set(key.public, Math.max(time, times.get(key.public) ?? 0));
  }
  if (!signed) refuse("no signature of this log under its own key");
  const counts = (time) => time !== undefined && (maxAge === undefined || (now - maxAge <= time && time <= now + 300));
  const met = (name) => policy.witnesses.has(name) ? counts(times.get(policy.witnesses.get(name).public)) : policy.groups.get(name).members.filter(met).length >= policy.groups.get(name).least;
  if (policy.quorum !== "none" && !met(policy.quorum)) refuse("the quorum of witnesses is not met");
  const hash = unb64(root);
  if (hash.length !== 32) refuse("the checkpoint's root is malformed");
  return { origin, size: Number(size), root: hash, witnesses: [...policy.witnesses.values()].filter((key) => counts(times.get(key.public))).length };
}

// --- inclusion ------------------------------------------------------------------------------------------------------
const half = (number) => Math.floor(number / 2), nodeHash = (left, right) => sha256([1], left, right);

export async function checkInclusion(hash, index, size, proof, root) {
  if (!Number.isSafeInteger(index) || index < 0 || index >= size || proof.some((one) => one.length !== 32)) refuse("a malformed proof of inclusion");
  let [position, last, computed] = [index, size - 1, hash];
  for (const sibling of proof) {
    if (last === 0) refuse("the proof is too long");
    if (position % 2 || position === last) {
      computed = await nodeHash(sibling, computed);
      while (position && position % 2 === 0) [position, last] = [half(position), half(last)];
    } else computed = await nodeHash(computed, sibling);
    [position, last] = [half(position), half(last)];
  }
  if (last !== 0) refuse("the proof is too short");
  if (!same(computed, root)) refuse("the proof leads to another root: this leaf is not in the log as it stands");
}

/** A proof file: index, hashes, checkpoint. */
export function parseProof(source) {
  const [head, ...rest] = source.split("\n\n"), lines = head.split("\n");
  if (lines.shift() !== "c2sp.org/tlog-proof@v1" || !rest.length) refuse("not a proof file");
  if (lines[0]?.startsWith("extra ")) lines.shift();
  const index = lines.shift()?.match(/^index (0|[1-9][0-9]{0,15})$/)?.[1] ?? refuse("a proof names the index of its leaf");
  if (lines.length > 63) refuse("a proof has at most 63 hashes");
  return { index: Number(index), hashes: lines.map(unb64), checkpoint: rest.join("\n\n") };
}

/** Reads the proof of a leaf out of the log's own tiles: `read(path)` answers the bytes of a file of the log. */
export async function proofFromTiles(read, index, size) {
  const path = (level, n) => {
    const width = Math.min(256, Math.floor(size / 256 ** level) - n * 256), digits = String(n).padStart(Math.ceil(String(n).length / 3) * 3, "0").match(/\d{3}/g);
    return `tile/${level}/${digits.map((part, at) => (at < digits.length - 1 ? `x${part}` : part)).join("/")}${width < 256 ? `.p/${width}` : ""}`;
  };
  const split = (count) => { let k = 1; while (k * 2 < count) k *= 2; return k; };
  const node = async (low, high) => {
    const count = high - low;
    if (count > 1 && (count !== split(count) * 2 || count > 256 ** 7)) return nodeHash(await node(low, low + split(count)), await node(low + split(count), high));
    const height = Math.log2(count), level = Math.floor(height / 8), at = Math.floor(low / 256 ** level);
    const tile = await read(path(level, Math.floor(at / 256)));
    let row = Array.from({ length: 2 ** (height % 8) }, (_, n) => tile.slice((at % 256 + n) * 32, (at % 256 + n + 1) * 32));
    while (row.length > 1) row = await Promise.all(Array.from({ length: row.length / 2 }, (_, n) => nodeHash(row[2 * n], row[2 * n + 1])));
    return row[0];
  };
  const ranges = (low, high) => {
    if (high - low === 1) return [];
    const middle = low + split(high - low);
    return index < middle ? [...ranges(low, middle), [middle, high]] : [...ranges(middle, high), [low, middle]];
  };
  return Promise.all(ranges(0, size).map(([low, high]) => node(low, high)));
}

// --- whole checks -----------------------------------------------------------------------------------------------------
/** A receipt: leaf, proof file, openings (may be none), policy. Says what was found, or throws `Refused`. */
export async function checkReceipt({ leaf, proof, openings, policy }) {
  const parsed = parseLeaf(leaf), rules = await parsePolicy(policy), given = parseProof(proof);
  const checkpoint = await checkNote(given.checkpoint, rules);
  await checkInclusion(await leafHash(leaf), given.index, checkpoint.size, given.hashes, checkpoint.root);
  for (const opening of openings ?? []) await checkOpening(parsed, opening);
  return { leaf: parsed, index: given.index, opened: openings ?? [], ...checkpoint };
}

/** One leaf of the log at `base` as it stands now: checkpoint, tiles and leaf are fetched here and only compared. */
export async function checkLive(base, id, index, policySource) {
  const read = async (path) => {
    const answer = await fetch(new URL(path, base), { cache: path === "checkpoint" ? "no-store" : "default" }).catch(() => { throw new Unusable(`${path} cannot be fetched`); });
    if (!answer.ok) throw new Unusable(`${path} cannot be fetched: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  };
  const rules = await parsePolicy(policySource ?? text(await read("policy"), "the policy"));
  const checkpoint = await checkNote(text(await read("checkpoint"), "the checkpoint"), rules, rules.quorum === "none" ? {} : { maxAge: 900 });
  const leaf = await read(`leaf/${id}`), parsed = parseLeaf(leaf);
  if (parsed.id !== id) refuse("the log sent another leaf");
  if (index >= checkpoint.size) throw new Unusable("no published checkpoint covers the leaf yet");
  await checkInclusion(await leafHash(leaf), index, checkpoint.size, await proofFromTiles(read, index, checkpoint.size), checkpoint.root);
  return { leaf: parsed, index, opened: [], ...checkpoint };
}
