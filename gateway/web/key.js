/** What a page brings to be let in, and which way a WebSocket can carry it. */

import { SpeechError } from "./errors.js";

const PRINTABLE = /^[ -~]*$/;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const KEY_SUBPROTOCOL = "legato.key.";

/**
 * The subprotocols that bring the key along. Subprotocols are tokens of HTTP: a key with anything else in it, as base64 has "/" and
 * "=", goes into the address instead.
 * @param {string} key "" for none
 * @param {URL} url of the stream; the key is put into it where it has to be
 * @throws {SpeechError} unauthenticated: no key is like this
 */
export function offering(key, url) {
  checkKey(key);
  if (!key) return [];
  if (TOKEN.test(key)) return [KEY_SUBPROTOCOL + key];
  url.searchParams.set("key", key);
  return [];
}

/**
 * Refuses what no header could carry; the key is not repeated.
 * @throws {SpeechError} unauthenticated
 */
export function checkKey(key) {
  if (PRINTABLE.test(key)) return;
  throw new SpeechError({ reason: "unauthenticated", message: "the key holds what no key can: expected printable ASCII" });
}
