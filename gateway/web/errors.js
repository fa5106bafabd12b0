/** Errors, by name. */

/** An error of the gateway or of the connection. `reason` is one of those in docs/protocol.md, "connection_lost" or "no_audio". */
export class SpeechError extends Error {
  constructor({ reason, message, retryable = false, retryAfterS = 0, utteranceId = "" }) {
    super(message);
    this.name = "SpeechError";
    Object.assign(this, { reason, retryable, retryAfterS, utteranceId });
  }
}
