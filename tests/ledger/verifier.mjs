// Runs the browser verifier under Node: reads one JSON object with cases from stdin, answers what it said of each.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const module = await import(pathToFileURL(process.argv[2]).href);
const un64 = (text) => new Uint8Array(Buffer.from(text, "base64"));
const doors = {
  leaf: async ({ leaf }) => module.parseLeaf(un64(leaf)).id,
  opening: async ({ leaf, opening }) => module.checkOpening(module.parseLeaf(un64(leaf)), opening).then(() => "ok"),
  vkey: async ({ vkey }) => (await module.parseVkey(vkey)).name,
  note: async ({ note, policy, options }) => (await module.checkNote(note, await module.parsePolicy(policy), options)).size,
  policy: async ({ policy }) => (await module.parsePolicy(policy)).quorum,
  inclusion: async ({ hash, index, size, proof, root }) => module.checkInclusion(un64(hash), index, size, proof.map(un64), un64(root)).then(() => "ok"),
  receipt: async ({ leaf, proof, openings, policy }) => (await module.checkReceipt({ leaf: un64(leaf), proof, openings, policy })).index,
  tiles: async ({ folder, index, size }) =>
    (await module.proofFromTiles(async (path) => new Uint8Array(readFileSync(`${folder}/${path}`)), index, size)).map((one) => Buffer.from(one).toString("base64")),
};
const answers = [];
for (const [door, given] of JSON.parse(readFileSync(0, "utf8"))) {
  try {
    answers.push(["said", await doors[door](given)]);
  } catch (error) {
    answers.push([error.constructor.name, error.message]);
  }
}
console.log(JSON.stringify(answers));
