/**
 * The first message of a stream, from the options that a page gives.
 */

import { SpeechError } from "./errors.js";
import { decodesOpus } from "./opus.js";
import { ENCODINGS, encodingOf } from "./wire.js";

const EVERYWHERE = Object.keys(ENCODINGS).filter((name) => name !== "opus");

/**
 * Tells whether this page can play an encoding: Opus is decoded by the browser, if it can.
 * @param {string} encoding a name, as `connect` takes it
 * @returns {Promise<boolean>}
 */
export async function canPlay(encoding) {
  return EVERYWHERE.includes(encoding) || (encoding === "opus" && (await decodesOpus()));
}

/**
 * Makes the `Open` of the contract.
 * @param {object} options those of `connect` in legato.js, checked
 * @returns {Promise<object>} the message's fields
 * @throws {SpeechError} unknown_format: the encoding does not exist, or cannot be played here
 */
export async function openRequest(options) {
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
  if (!(await canPlay(options.encoding ?? "pcm_s16le"))) {
    const why = "it needs AudioDecoder, which browsers have on pages from HTTPS or localhost only";
    const message = `this page cannot decode the encoding "${options.encoding}": ${why}; expected ${EVERYWHERE.join(", ")}`;
    throw new SpeechError({ reason: "unknown_format", message });
  }
  if (options.maxLeadMs !== undefined) open.maxLeadMs = options.maxLeadMs;
  return open;
}
