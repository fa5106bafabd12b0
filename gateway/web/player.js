/**
 * Plays a stream through an AudioWorklet at the stream's own rate, and tells the gateway what was heard.
 *
 * Rules: the position is the listener's: what the audio thread has taken, less what the output device still holds. `Played` is
 * sent four times a second while the position changes, and while paused with audio left, so that the gateway's clock waits, too;
 * also while the browser holds the sound: before the first click, or during a phone call.
 */

import { SpeechError } from "./errors.js";

const PREBUFFER_S = 0.06;
const PATIENCE_S = 0.12;
const PLAYED_EVERY_MS = 250;
/** A browser that does not allow sound does not refuse: it leaves the promise of `resume` open. */
const WAKE_MS = 3_000;

export class Player {
  #speech;
  #track;
  #last = { state: "idle", position: 0, queued: 0, underruns: 0, underrunSamples: 0, time: 0 };
  #end = 0;
  #start = 0;
  #told = 0;
  #timer;
  #listen;
  #closing = null;

  /**
   * Opens a player for one track of a stream.
   * @param {Speech} speech
   * @param {object} [options] track (0), context (an AudioContext at the stream's rate; made if not given)
   * @returns {Promise<Player>}
   * @throws {SpeechError} no_audio: the page may not play sound, or the context has another rate than the stream
   */
  static async open(speech, { track = 0, context } = {}) {
    if (!globalThis.isSecureContext) {
      const message = "browsers play sound only on pages from HTTPS or localhost, and this page is from neither";
      throw new SpeechError({ reason: "no_audio", message });
    }
    if (context && context.sampleRate !== speech.sampleRate) {
      const rates = `the context plays ${context.sampleRate} Hz, the stream has ${speech.sampleRate} Hz`;
      const message = `${rates}: make it with new AudioContext({ sampleRate: speech.sampleRate })`;
      throw new SpeechError({ reason: "no_audio", message });
    }
    let own = context;
    try {
      own ??= new AudioContext({ sampleRate: speech.sampleRate, latencyHint: "interactive" });
      await own.audioWorklet.addModule(new URL("player-worklet.js", import.meta.url));
      return new Player(speech, track, own, context === undefined);
    } catch (error) {
      if (context === undefined) own?.close();
      throw silent(error, own);
    }
  }

  constructor(speech, track, context, ownsContext) {
    const rate = context.sampleRate;
    this.#speech = speech;
    this.#track = track;
    this.context = context;
    this.ownsContext = ownsContext;
    /** The worklet's node; its output is what is heard. */
    this.node = new AudioWorkletNode(context, "legato-player", {
      numberOfInputs: 0,
      outputChannelCount: [1],
      processorOptions: { prebuffer: PREBUFFER_S * rate, patience: PATIENCE_S * rate },
    });
    this.node.port.onmessage = ({ data }) => {
      this.#last = data;
    };
    this.node.connect(context.destination);
    this.paused = false;
    this.#listen = ({ detail }) => this.#push(detail);
    speech.addEventListener("audio", this.#listen);
    this.#timer = setInterval(() => this.#tell(), PLAYED_EVERY_MS);
  }

  /** The track's sample that sounds now; once all has been heard, the end of what came. */
  get position() {
    const { context } = this;
    const { state, position, time } = this.#last;
    const since = state === "playing" ? Math.max(context.currentTime - time, 0) : 0;
    // When playback has stopped, the device gives out what it still holds within its latency.
    const device = context.outputLatency || context.baseLatency || 0;
    const behind = state === "playing" ? device : Math.max(device - (context.currentTime - time), 0);
    const heard = position + Math.round((since - behind) * context.sampleRate);
    return Math.min(Math.max(heard, this.#start), this.#end);
  }

  /** Samples that came and have not been heard yet. */
  get ahead() {
    return this.#end - this.position;
  }

  /** How many silences inside utterances there were so far. */
  get underruns() {
    return this.#last.underruns;
  }

  /** How long these silences were together, in samples. */
  get underrunSamples() {
    return this.#last.underrunSamples;
  }

  /**
   * Starts the audio. Browsers allow that only after a user gesture: call this from its handler.
   * @throws {SpeechError} no_audio: the browser refuses, or has not started it within 3 s; or the player is closed
   */
  async wake() {
    const { context } = this;
    if (context.state === "running") return;
    if (context.state === "closed") {
      throw new SpeechError({ reason: "no_audio", message: "the player is closed: open another one" });
    }
    let late;
    const waited = new Promise((resolve) => {
      late = setTimeout(resolve, WAKE_MS, false);
    });
    const resumed = context.resume().then(
      () => true,
      () => false, // as during a phone call
    );
    const woken = await Promise.race([resumed, waited]);
    clearTimeout(late);
    if (woken) return;
    const message = "the browser has not started the sound: allow sound for this page, check the audio output, and press again";
    throw new SpeechError({ reason: "no_audio", message, retryable: true });
  }

  /** Stops at once and forgets what is queued. Returns the position, for `Speech.cancel`. */
  stop() {
    const position = this.position;
    this.node.port.postMessage({ do: "stop" });
    this.#last = { ...this.#last, state: "idle", position, time: this.context.currentTime };
    this.#start = this.#end = position;
    this.paused = false;
    return position;
  }

  /** Holds at the sample that sounds now. */
  pause() {
    this.paused = true;
    this.node.port.postMessage({ do: "pause" });
    this.#tell();
  }

  /** Continues at the next sample. */
  resume() {
    this.paused = false;
    this.node.port.postMessage({ do: "resume" });
  }

  /** Ends the sound for good. It may be called again: an `AudioContext` itself refuses to be closed twice. */
  async close() {
    clearInterval(this.#timer);
    this.#speech.removeEventListener("audio", this.#listen);
    this.node.port.postMessage({ do: "end" });
    this.node.disconnect();
    if (this.ownsContext) this.#closing ??= this.context.close();
    await this.#closing;
  }

  #push({ samples, sampleOffset, ordinal, utterance }) {
    if (utterance.track !== this.#track || samples.length === 0) return;
    if (this.#end === this.#start || sampleOffset !== this.#end) this.#start = Math.max(this.#start, this.#jump(sampleOffset));
    this.#end = sampleOffset + samples.length;
    const copy = samples.slice();
    this.node.port.postMessage({ do: "push", samples: copy, offset: sampleOffset, utterance: ordinal }, [copy.buffer]);
  }

  /** Audio dropped on the way leaves a hole in the clock; if all before it was heard, the position moves to the hole's end. */
  #jump(sampleOffset) {
    return this.ahead === 0 ? sampleOffset : this.#start;
  }

  #tell() {
    const { position } = this;
    const held = this.paused || !["running", "closed"].includes(this.context.state);
    const goesOn = held && this.ahead > 0;
    if (this.#speech.closed || (position === this.#told && !goesOn)) return;
    this.#told = position;
    this.#speech.played(position, this.#track);
  }
}

/** Why there is no player, as an error. */
function silent(error, context) {
  const told = (message, retryable) => new SpeechError({ reason: "no_audio", message, retryable });
  if (globalThis.AudioContext === undefined) return told("there is no AudioContext here: open the player in a page, not in a worker", false);
  if (context && context.audioWorklet === undefined) return told("this browser has no AudioWorklet: use a newer one", false);
  return told(`the player cannot be loaded: ${error.message}`, true);
}
