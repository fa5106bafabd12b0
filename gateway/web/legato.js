/**
 * The client library for browsers: text in as it is generated, audio out as it is spoken.
 *
 *   import { connect, Player } from "/static/legato.js";
 *   const speech = await connect({ voice: "joe", words: true });
 *   const player = await Player.open(speech);            // needs a user gesture, like all audio in browsers
 *   const utterance = speech.begin();
 *   for await (const token of llm) utterance.send(token);
 *   utterance.end();
 *   …
 *   speech.cancel({ playedSample: player.stop() });      // barge-in
 *
 * Rules:
 * - Events of a stream (`addEventListener`): `audio`, `started`, `words`, `flushed`, `seam`, `finished`, `cancelled`, `failed`,
 *   `warning`, `error`, `goaway`, `pong`, `close`. Those of an utterance are dispatched on it, too. `event.detail` is the message
 *   of proto/legato/v1/speech.proto as JSON, with the `Utterance` (or null) as `utterance`; 64-bit integers become numbers.
 * - Exactly one of `finished`, `cancelled`, `failed` ends an utterance; no audio of it follows. One that the gateway refuses to begin
 *   fails after the `error`. When the connection is lost, open utterances fail; while any is open, a gateway that sends nothing for
 *   about 15 s counts as lost. A frame that is no message of the contract, or comes before its time, ends the stream: `bad_frame`.
 * - Audio that the browser decodes (Opus) may come a few ms after `words` and `flushed`, which came behind it; never after the end.
 * - Fencing: once `cancel` is called, no more audio of what it cancels is passed on, even if some is still on its way.
 */

import { checked } from "./checks.js";
import { SpeechError, lost } from "./errors.js";
import { offering } from "./key.js";
import { openRequest } from "./opening.js";
import { Pulse } from "./pulse.js";
import { whyRefused } from "./refusal.js";
import { Sounds } from "./sounds.js";
import { Turns } from "./turns.js";
import { Utterance } from "./utterance.js";
import { readMessage } from "./wire.js";

export { SpeechError } from "./errors.js";
export { canPlay } from "./opening.js";
export { Player } from "./player.js";
export { Utterance } from "./utterance.js";
export { ENCODINGS, readHeader, readSamples, wavFile } from "./wire.js";

const SUBPROTOCOL = "legato.v1";
const TIMEOUT_MS = 10_000;
/** Errors that refuse one message, and not the utterance. */
const OF_A_MESSAGE = new Set(["text_too_long", "text_after_end"]);
const SAMPLES = ["startSample", "endSample", "truncateAtSample"];

/**
 * Opens a stream.
 * @param {object} [options]
 * @param {string|URL} [options.url] URL of `/v1/stream`; by default on the gateway that this module was loaded from
 * @param {string} [options.key] access key, for gateways that ask for one
 * @param {string} [options.voice] default voice of the stream; if empty, that of the gateway
 * @param {string} [options.language] BCP 47
 * @param {string} [options.encoding] "pcm_s16le", "wav", "mulaw", "alaw" or, where `canPlay("opus")`, "opus"
 * @param {number} [options.sampleRate] in Hz
 * @param {boolean} [options.words] whether to report when each word sounds
 * @param {number} [options.maxLeadMs] most audio to send ahead of the listener; -1 for no bound
 * @param {boolean} [options.finishWhenHeard] whether an utterance ends only once it was heard, so that a cancel tells what was
 * @returns {Promise<Speech>}
 * @throws {SpeechError} the gateway cannot be reached, or refuses; bad_frame: an option does not exist, or cannot have this value
 */
export async function connect(given = {}) {
  const options = checked("connect", given);
  const open = await openRequest(options);
  const url = new URL(options.url ?? new URL("../v1/stream", import.meta.url));
  url.protocol = url.protocol.replace("http", "ws");
  const socket = new WebSocket(url, [SUBPROTOCOL, ...offering(options.key ?? "", url)]);
  socket.binaryType = "arraybuffer";
  const speech = new Speech(socket);
  await speech.opening(open, (error) => whyRefused(error, url, options.key ?? ""));
  return speech;
}

/** One stream: a conversation. `connect` makes it. */
export class Speech extends EventTarget {
  #socket;
  #utterances = new Map();
  #sounds = new Sounds({
    tell: (utterance, header, samples) => this.#tell("audio", { utteranceId: utterance.id, ...header, samples }),
    cancel: ({ id }, sample) => this.#send({ cancel: { utteranceId: id, playedSample: String(sample), force: true } }),
  });
  #turns = new Turns();
  #count = 0;
  #last = null;
  #ended = false;
  #pulse;

  constructor(socket) {
    super();
    this.#socket = socket;
    /** These three are from `Opened`. */
    this.streamId = "";
    this.format = null;
    this.limits = null;
  }

  get sampleRate() {
    return this.format?.sampleRateHz ?? 0;
  }

  /** How many chunks came after their utterance was cancelled, and were not passed on. */
  get fencedChunks() {
    return this.#sounds.fencedChunks;
  }

  get closed() {
    return this.#socket.readyState >= WebSocket.CLOSING;
  }

  /** Utterances that have not ended yet, in the order of `begin`. */
  get open() {
    return [...this.#utterances.values()];
  }

  /** Sends `Open` and waits for `Opened`; called by `connect`. `why` takes the error of a socket that never opened, and finds out the reason. */
  opening(open, why) {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      const late = setTimeout(() => {
        reject(new SpeechError({ reason: "connection_lost", message: "the gateway does not answer", retryable: true }));
        socket.close();
      }, TIMEOUT_MS);
      socket.onopen = () => this.#send({ open });
      socket.onmessage = ({ data }) => {
        this.#pulse?.heard();
        this.#turns.take(() => this.#receive(data));
      };
      const closed = ({ code, reason }) => {
        clearTimeout(late);
        const wasOpen = this.streamId !== "";
        const error = this.#last ?? lost(code, reason, wasOpen);
        if (code === 1006 && !wasOpen && !this.#last) why(error).then(reject);
        else reject(error);
        this.#lost(code, reason, error);
      };
      socket.onclose = (event) => this.#turns.take(() => closed(event));
      // An error at this point refuses the Open itself, for instance its format; the gateway would wait for another Open.
      const refused = ({ detail }) => {
        clearTimeout(late);
        reject(new SpeechError(detail));
        socket.close(1000);
      };
      this.addEventListener("error", refused);
      this.addEventListener("opened", () => {
        clearTimeout(late);
        this.removeEventListener("error", refused);
        this.#pulse = new Pulse({ busy: () => this.#utterances.size > 0, ask: () => this.ping(), silent: () => this.#silent() });
        resolve();
      });
    });
  }

  /**
   * Begins an utterance.
   * @param {object} [options] voice, language, track (0), position ("append", "next", "replace"), interruptible (true), options
   *   (as `UtteranceOptions` has them), id
   * @returns {Utterance}
   * @throws {SpeechError} connection_lost: the stream is closed; bad_order: an utterance with this id is open; bad_frame, as all
   *   methods: an option does not exist, or cannot have this value
   */
  begin(given = {}) {
    const {
      id,
      track = 0,
      voice = "",
      language = "",
      position = "append",
      interruptible = true,
      options,
    } = checked("begin", given);
    if (this.closed) {
      throw new SpeechError({ reason: "connection_lost", message: "the stream is closed: connect again", retryable: true });
    }
    this.#count += 1;
    const utteranceId = id ?? `u${this.#count}`;
    const taken = `an utterance named "${utteranceId}" is already open`;
    if (this.#utterances.has(utteranceId)) throw new SpeechError({ reason: "bad_order", message: taken });
    const begin = { utteranceId, track, voice, language, interruptible };
    begin.position = `POSITION_${position.toUpperCase()}`;
    if (options) begin.options = options;
    const utterance = new Utterance(utteranceId, track, interruptible, (request) => utterance.refused || this.#send(request));
    if (position === "replace") utterance.replaces = this.#fence(track, { force: false });
    this.#utterances.set(utteranceId, utterance);
    this.#send({ begin });
    return utterance;
  }

  /**
   * Barge-in: cancels one utterance or, if none is given, everything begun so far on the track.
   * @param {object} [options] utterance, track (0), playedSample (the listener's position), fadeMs (0), force (false)
   */
  cancel(given = {}) {
    const { utterance, track = 0, playedSample, fadeMs = 0, force = false } = checked("cancel", given);
    const cancel = utterance ? { utteranceId: utterance.id } : { track };
    if (playedSample !== undefined) cancel.playedSample = String(playedSample);
    if (!utterance) this.#fence(track, { force });
    else if (force || utterance.interruptible) utterance.fenced = true;
    this.#send({ cancel: { ...cancel, fadeMs, force } });
  }

  /** Stops emission; the gateway holds the audio for at most `limits.pauseMaxMs`. */
  pause(track = 0) {
    this.#send({ pause: checked("pause", { track }) });
  }

  /** Continues at the exact sample. */
  resume(track = 0) {
    this.#send({ resume: checked("resume", { track }) });
  }

  /** Tells the gateway how far the listener has heard the track; called by `Player`. */
  played(sample, track = 0) {
    const played = checked("played", { sample: sample ?? NaN, track });
    this.#send({ played: { ...played, sample: String(sample) } });
  }

  /** Sets new defaults for later utterances: voice, language, options, maxLeadMs. */
  configure(changes) {
    this.#send({ configure: checked("configure", changes) });
  }

  /** Makes a line for a voice ready. */
  prewarm(voice = "") {
    this.#send({ prewarm: checked("prewarm", { voice }) });
  }

  ping(payload = "") {
    this.#send({ ping: checked("ping", { payload }) });
  }

  close() {
    this.#socket.close(1000);
  }

  #send(request) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request));
  }

  #fence(track, { force }) {
    const fenced = this.open.filter((utterance) => utterance.track === track && (force || utterance.interruptible));
    for (const utterance of fenced) utterance.fenced = true;
    return fenced;
  }

  #receive(data) {
    if (typeof data !== "string" && this.format) {
      this.#sounds.take(data, this.format);
      return;
    }
    let message;
    try {
      message = readMessage(data);
    } catch (error) {
      this.#last = error;
      this.#drop(1002, error);
      return;
    }
    for (const [name, take] of Object.entries(this.#readers)) {
      if (message[name]) take(message[name]); // null means that it is not there
    }
  }

  #readers = {
    opened: (detail) => {
      Object.assign(this, { streamId: detail.streamId, format: detail.format, limits: detail.limits });
      this.#tell("opened", detail);
    },
    utteranceStarted: (detail) => {
      this.#sounds.started(this.#utterances.get(detail.utteranceId), detail);
      this.#tell("started", detail);
    },
    words: (detail) => this.#tell("words", detail),
    flushed: (detail) => this.#tell("flushed", detail),
    seam: (detail) => this.#tell("seam", detail),
    utteranceFinished: (detail) => this.#end("finished", detail),
    utteranceCancelled: (detail) => this.#end("cancelled", detail),
    utteranceFailed: (detail) => this.#end("failed", detail),
    warning: (detail) => this.#tell("warning", detail),
    error: (detail) => {
      if (detail.fatal) this.#last = new SpeechError(detail);
      this.#tell("error", detail);
      this.#refuse(detail);
    },
    goAway: (detail) => this.#tell("goaway", detail),
    pong: (detail) => this.#tell("pong", detail),
  };

  /** Ends an utterance that was not begun: the gateway says nothing more about it. */
  #refuse(error) {
    const utterance = this.#utterances.get(error.utteranceId);
    if (!utterance || OF_A_MESSAGE.has(error.reason) || this.#sounds.has(utterance)) return;
    utterance.refused = true;
    // What it was to replace is fenced, and would be spoken on for nobody.
    for (const old of utterance.replaces) if (this.open.includes(old)) this.#send({ cancel: { utteranceId: old.id } });
    // If it was the Begin that could not be read, the text behind it has begun an utterance with the defaults of the stream.
    if (error.reason === "bad_frame") this.#send({ cancel: { utteranceId: utterance.id, force: true } });
    this.#end("failed", { utteranceId: utterance.id, error, unspoken: "" });
  }

  /** Ends an utterance, once all its audio has been passed on. */
  #end(type, detail) {
    const utterance = this.#utterances.get(detail.utteranceId);
    const rest = utterance && this.#sounds.finish(utterance);
    if (rest) this.#turns.after(rest, () => this.#conclude(type, detail));
    else this.#conclude(type, detail);
  }

  #conclude(type, detail) {
    const utterance = this.#utterances.get(detail.utteranceId);
    if (utterance?.broken && type !== "failed") {
      const { utteranceId, sentUnheard = "", neverSent = "", receipt } = detail;
      this.#tell("failed", { utteranceId, error: utterance.broken, unspoken: sentUnheard + neverSent, receipt });
    } else this.#tell(type, detail);
    if (!utterance) return;
    utterance.replaces = []; // else each would keep all before it
    this.#utterances.delete(utterance.id);
    this.#sounds.forget(utterance);
  }

  #tell(type, detail) {
    for (const name of SAMPLES) if (typeof detail[name] === "string") detail[name] = Number(detail[name]);
    const utterance = this.#utterances.get(detail.utteranceId) ?? null;
    const told = { ...detail, utterance };
    utterance?.dispatchEvent(new CustomEvent(type, { detail: told }));
    this.dispatchEvent(new CustomEvent(type, { detail: told }));
  }

  #silent() {
    const message = "no connection to the gateway: it has not answered for a while";
    this.#drop(1006, new SpeechError({ reason: "connection_lost", message, retryable: true }));
  }

  /** Ends the stream now: closing a connection on which nobody answers takes long. */
  #drop(code, error) {
    this.#socket.close(1000);
    this.#lost(code, "", error);
  }

  #lost(code, reason, error) {
    if (this.#ended) return;
    this.#ended = true;
    this.#pulse?.stop();
    const fail = ({ id }) => this.#end("failed", { utteranceId: id, error, unspoken: "" });
    const close = () => this.dispatchEvent(new CustomEvent("close", { detail: { code, reason, error: code === 1000 ? null : error } }));
    this.#turns.take(() => {
      for (const utterance of this.open) this.#turns.take(() => fail(utterance));
      this.#turns.take(close);
    });
  }
}
