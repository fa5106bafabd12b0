/**
 * The first message of a stream, from the options that a page gives.
 */

import { encodingOf } from "./wire.js";

/**
 * Makes the `Open` of the contract.
 * @param {object} options those of `connect` in legato.js, checked
 * @returns {object} the message's fields
 * @throws {SpeechError} the encoding does not exist
 */
export function openRequest(options) {
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
