/** The API key, and how a WebSocket can carry it. */

import { SpeechError } from "./errors.js";

const PRINTABLE = /^[ -~]*$/;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
const KEY_SUBPROTOCOL = "legato.key.";

/**
 * Returns the subprotocols that carry the key. A subprotocol is an HTTP token: a key with other characters in it, such as the "/"
 * and "=" of base64, goes into the URL instead.
 * @param {string} key "" for none
 * @param {URL} url of the stream; the key is added to it if it has to be
 * @throws {SpeechError} unauthenticated: the key holds characters that no key can
 */
export function offering(key, url) {
  checkKey(key);
  if (!key) return [];
  if (TOKEN.test(key)) return [KEY_SUBPROTOCOL + key];
  url.searchParams.set("key", key);
  return [];
}

/**
 * Refuses a key that no header could carry, with an error that does not repeat it.
 * @throws {SpeechError} unauthenticated
 */
export function checkKey(key) {
  if (PRINTABLE.test(key)) return;
  throw new SpeechError({ reason: "unauthenticated", message: "expected an API key of printable ASCII characters" });
}
