/**
 * Checks what a page gives to the library at the call: the gateway would refuse it later, or something else would happen.
 */

import { SpeechError } from "./errors.js";

const text = ["a string", (value) => typeof value === "string"];
const flag = ["true or false", (value) => typeof value === "boolean"];
const fields = ["an object", (value) => typeof value === "object" && !Array.isArray(value)];
const track = whole(0, 255);
const positions = ["append", "next", "replace"];
const position = [`one of ${positions.join(", ")}`, (value) => positions.includes(value)];
const schemes = ["http:", "https:", "ws:", "wss:"];
const url = [
  "an absolute URL of http, https, ws or wss",
  (value) => URL.canParse(value) && schemes.includes(new URL(value).protocol),
];
const id = ["a string of 1 to 128 characters", (value) => typeof value === "string" && value !== "" && [...value].length <= 128];
const utterance = ["an Utterance, as `begin` returns it", (value) => typeof value?.id === "string"];

/** What each call takes: the name of every option, with what it must be. */
const CALLS = {
  connect: {
    url,
    key: text,
    voice: text,
    language: text,
    encoding: text,
    sampleRate: whole(0),
    words: flag,
    maxLeadMs: whole(-1),
    finishWhenHeard: flag,
  },
  begin: { id, track, voice: text, language: text, position, interruptible: flag, options: fields },
  cancel: { utterance, track, playedSample: whole(0), fadeMs: whole(0, 200), force: flag },
  configure: { voice: text, language: text, options: fields, maxLeadMs: whole(-1) },
  pause: { track },
  resume: { track },
  played: { sample: whole(0), track },
  prewarm: { voice: text },
  ping: { payload: text },
  send: { text },
  flush: { flushId: text },
};

/**
 * The options that are given; null and undefined mean that one is not.
 * @param {string} call one of `CALLS`
 * @param {object} given its options
 * @throws {SpeechError} bad_frame: one does not exist, or cannot have this value
 */
export function checked(call, given) {
  if (!fields[1](given ?? 0)) throw refused(`${call} takes an object of options; got ${shown(given)}`);
  const known = CALLS[call];
  const kept = {};
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(known, name)) throw refused(`${call} has no option "${name}"; known: ${Object.keys(known).join(", ")}`);
    if (value === null || value === undefined) continue;
    const [expected, fits] = known[name];
    if (!fits(value)) throw refused(`${call}: ${name} must be ${expected}; got ${shown(value)}`);
    kept[name] = value;
  }
  return kept;
}

function whole(least, most = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return [`an integer ${range}`, (value) => Number.isSafeInteger(value) && value >= least && value <= most];
}

function refused(message) {
  return new SpeechError({ reason: "bad_frame", message });
}

/** Names a wrong value without repeating what may be long or secret. */
function shown(value) {
  if (value === null || ["undefined", "number", "boolean"].includes(typeof value)) return String(value);
  if (typeof value === "string") return `the string "${value.slice(0, 40)}"`;
  return Array.isArray(value) ? "an array" : `a value of type ${typeof value}`;
}
