/** Errors, by name. */

/** An error of the gateway or of the connection. `reason` is one of those in docs/protocol.md, "connection_lost" or "no_audio". */
export class SpeechError extends Error {
  constructor({ reason, message, retryable = false, retryAfterS = 0, utteranceId = "" }) {
    super(message);
    this.name = "SpeechError";
    Object.assign(this, { reason, retryable, retryAfterS, utteranceId });
  }
}

/** The error for a connection that is gone, or that could not be made, by its close code and reason. */
export function lost(code, reason, wasOpen) {
  const broken = wasOpen ? "the connection was lost" : "it cannot be reached, or it refuses this page";
  const why = reason || (code === 1006 ? broken : `it was closed with ${code}`);
  return new SpeechError({ reason: "connection_lost", message: `no connection to the gateway: ${why}`, retryable: true });
}
