/** Why a stream could not be opened: a browser does not tell a page what its WebSocket was refused for, but what a plain request was. */

import { ask } from "./ask.js";
import { SpeechError } from "./errors.js";

const PATIENCE_MS = 3_000;
const NO_STREAM =
  "no connection to the gateway: it opened no stream, although it answers requests; it has as many as it admits, or a proxy stands between";
/** What `ask` calls a request that got no answer, or one that is not the gateway's. */
const UNTOLD = ["connection_lost", "internal"];

/**
 * Asks the gateway by a plain request with the same key.
 * @param {SpeechError} error of the WebSocket
 * @param {URL} stream the URL of `/v1/stream`
 * @param {string} key "" for none
 * @returns {Promise<SpeechError>} the gateway's own error, where requests are refused, too
 */
export async function whyRefused(error, stream, key) {
  const url = new URL("voices", stream);
  url.protocol = url.protocol.replace("ws", "http");
  try {
    await ask(url, { key, signal: AbortSignal.timeout(PATIENCE_MS) });
    return new SpeechError({ ...error, message: NO_STREAM });
  } catch (told) {
    return UNTOLD.includes(told.reason) ? error : told;
  }
}
