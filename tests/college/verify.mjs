// Checks credentials with Digital Bazaar's libraries, offline. Reads {cases: [{credential, now}], documents: {url:
// document}} from standard input; writes [{verified, errors}] for each case.
import {readFileSync} from 'node:fs';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {verifyCredential} from '@digitalbazaar/vc';

const {cases, documents} = JSON.parse(readFileSync(0, 'utf8'));

// The only door to other documents: what is not in the input does not exist.
async function documentLoader(url) {
  if (!(url in documents)) {
    throw new Error(`no such document: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: documents[url]};
}

// Told apart by name: the library nests the error of each proof inside the error of the whole.
function messages(error) {
  const inner = (error?.errors ?? []).flatMap(messages);
  return error ? [error.message, ...inner] : [];
}

async function check({credential, now}) {
  const suite = new DataIntegrityProof({cryptosuite});
  const checkStatus = async () => ({verified: true});
  const result = await verifyCredential({credential, suite, documentLoader, checkStatus, now: new Date(now)});
  return {verified: result.verified, errors: messages(result.error)};
}

process.stdout.write(JSON.stringify(await Promise.all(cases.map(check))));
