/** Plain requests to the gateway; a failure is a `SpeechError`. */

import { SpeechError } from "./errors.js";
import { checkKey } from "./key.js";

/**
 * Returns the JSON that the gateway answers with.
 * @param {string|URL} path on the gateway this page came from, without a leading slash; or a whole URL
 * @param {object} options key ("" for none), body (what is posted as JSON), signal
 * @throws {SpeechError} with the gateway's own reason, or "connection_lost"
 */
export async function ask(path, { key = "", body, signal } = {}) {
  checkKey(key);
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  const init = body === undefined ? { headers, signal } : { method: "POST", headers, signal, body: JSON.stringify(body) };
  let answer, told;
  try {
    answer = await fetch(path, init);
    told = await answer.json();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    if (error instanceof SyntaxError) throw foreign(answer.status);
    throw new SpeechError({ reason: "connection_lost", message: "the gateway cannot be reached", retryable: true });
  }
  if (told === null || typeof told !== "object" || Array.isArray(told)) throw foreign(answer.status);
  if (answer.ok) return told;
  throw new SpeechError({ message: `the gateway answered ${answer.status}`, reason: "internal", ...(told.error ?? told) });
}

/** All that the gateway answers is an object as JSON; a login page or an error page of a proxy is not. */
function foreign(status) {
  const message = `what answered (with ${status}) is not the gateway: a proxy before it, perhaps`;
  return new SpeechError({ reason: "internal", message });
}
