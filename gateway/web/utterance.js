/**
 * One thing to say: text goes in as it is written.
 */

import { checked } from "./checks.js";

const FIRST_HALF = /[\ud800-\udbff]$/;
/** Read by code points, so a surrogate is one without its other half. */
const HALVES = /\p{Surrogate}/gu;

/** `Speech.begin` makes it; its own events are dispatched on it. */
export class Utterance extends EventTarget {
  #send;
  #firstHalf = "";

  constructor(id, track, interruptible, send) {
    super();
    this.#send = send;
    this.id = id;
    this.track = track;
    this.interruptible = interruptible;
    /** Whether this side has cancelled it: its audio is no longer passed on. */
    this.fenced = false;
    /** The utterances that its beginning cancels. */
    this.replaces = [];
    /** Whether the gateway has refused to begin it: its messages are no longer sent. */
    this.refused = false;
    /** Why its audio could not be decoded any further, as an error; it is fenced then. */
    this.broken = null;
  }

  /**
   * Appends text, cut anywhere, even inside a surrogate pair: its first half waits for the next text, and a half without its
   * other one is said as U+FFFD. Nothing (null, undefined) adds nothing.
   */
  send(text) {
    const all = this.#firstHalf + (checked("send", { text }).text ?? "");
    this.#firstHalf = FIRST_HALF.exec(all)?.[0] ?? "";
    this.#tell(all.slice(0, all.length - this.#firstHalf.length));
  }

  /** Speaks all held text now. */
  flush(flushId = "") {
    const flush = { utteranceId: this.id, ...checked("flush", { flushId }) };
    this.#complete();
    this.#send({ flush });
  }

  /** Ends the text. */
  end() {
    this.#complete();
    this.#send({ end: { utteranceId: this.id } });
  }

  #complete() {
    const rest = this.#firstHalf;
    this.#firstHalf = "";
    this.#tell(rest);
  }

  #tell(text) {
    if (text) this.#send({ text: { utteranceId: this.id, text: text.replaceAll(HALVES, "\ufffd") } });
  }
}
