/**
 * The first message of a stream, from the options that a page gives.
 */

import { SpeechError } from "./errors.js";
import { encodingOf } from "./wire.js";

const OPTIONS = ["url", "key", "voice", "language", "encoding", "sampleRate", "words", "maxLeadMs", "finishWhenHeard"];

/**
 * Makes the `Open` of the contract.
 * @param {object} options those of `connect` in legato.js
 * @returns {object} the message's fields
 * @throws {SpeechError} an option or an encoding does not exist: the page would get something other than it has asked for
 */
export function openRequest(options) {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown) {
    throw new SpeechError({ reason: "bad_frame", message: `connect has no option "${unknown}"; known: ${OPTIONS.join(", ")}` });
  }
  const open = {
    voice: options.voice ?? "",
    language: options.language ?? "",
    audioFormat: {
      encoding: encodingOf(options.encoding ?? "pcm_s16le"),
      sampleRateHz: options.sampleRate ?? 0,
    },
    options: { words: options.words ?? false },
    finishWhenHeard: options.finishWhenHeard ?? false,
  };
  if (options.maxLeadMs !== undefined) open.maxLeadMs = options.maxLeadMs;
  return open;
}
