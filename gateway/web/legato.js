/**
 * The client library for browsers: text in as it is generated, speech out as it is spoken.
 *
 *   import { connect, Player } from "/static/legato.js";
 *   const speech = await connect({ voice: "joe", words: true });
 *   const player = await Player.open(speech);            // needs a user's gesture, as every browser's audio does
 *   const utterance = speech.begin();
 *   for await (const token of llm) utterance.send(token);
 *   utterance.end();
 *   …
 *   speech.cancel({ playedSample: player.stop() });      // barge-in
 *
 * Rules:
 * - Events of a stream (`addEventListener`): `audio`, `started`, `words`, `flushed`, `seam`, `finished`, `cancelled`, `failed`,
 *   `warning`, `error`, `goaway`, `pong`, `close`. An utterance gets its own of them too. `event.detail` is the message of
 *   proto/legato/v1/speech.proto as JSON, with `utterance` beside it; 64-bit numbers are made numbers.
 * - Exactly one of `finished`, `cancelled`, `failed` ends an utterance; no audio of it follows. When the connection is lost,
 *   what is still open fails; a gateway that answers nothing for a quarter of a minute is lost.
 * - Fencing: from the moment `cancel` is called no more audio of what it cancels is passed on, whatever is still on its way.
 */

import { SpeechError } from "./errors.js";
import { offering } from "./key.js";
import { Pulse } from "./pulse.js";
import { ENCODINGS, readHeader, readSamples } from "./wire.js";

export { SpeechError } from "./errors.js";
export { Player } from "./player.js";
export { ENCODINGS, readHeader, readSamples, wavFile } from "./wire.js";

const SUBPROTOCOL = "legato.v1";
const TIMEOUT_MS = 10_000;
const SAMPLES = ["startSample", "endSample", "truncateAtSample"];

/**
 * Opens a stream.
 * @param {object} [options]
 * @param {string|URL} [options.url] of `/v1/stream`; by default that of the gateway this module was loaded from
 * @param {string} [options.key] for gateways that ask for one
 * @param {string} [options.voice] default voice; the gateway's own if empty
 * @param {string} [options.language] BCP 47
 * @param {string} [options.encoding] "pcm_s16le", "wav", "mulaw" or "alaw"
 * @param {number} [options.sampleRate] in Hz
 * @param {boolean} [options.words] tell when each word sounds
 * @param {number} [options.maxLeadMs] audio sent ahead of the listener; -1 for no bound
 * @param {boolean} [options.finishWhenHeard] an utterance ends when it was heard: a cancel then tells what was
 * @returns {Promise<Speech>}
 * @throws {SpeechError}
 */
export async function connect(options = {}) {
  const url = new URL(options.url ?? new URL("../v1/stream", import.meta.url));
  url.protocol = url.protocol.replace("http", "ws");
  const protocols = [SUBPROTOCOL, ...offering(options.key ?? "", url)];
  const socket = new WebSocket(url, protocols);
  socket.binaryType = "arraybuffer";
  const speech = new Speech(socket);
  await speech.opening(openRequest(options));
  return speech;
}

function openRequest(options) {
  const open = {
    voice: options.voice ?? "",
    language: options.language ?? "",
    audioFormat: {
      encoding: ENCODINGS[options.encoding ?? "pcm_s16le"],
      sampleRateHz: options.sampleRate ?? 0,
    },
    options: { words: options.words ?? false },
    finishWhenHeard: options.finishWhenHeard ?? false,
  };
  if (options.maxLeadMs !== undefined) open.maxLeadMs = options.maxLeadMs;
  return open;
}

/** One stream: a conversation. Made by `connect`. */
export class Speech extends EventTarget {
  #socket;
  #utterances = new Map();
  #ordinals = new Map();
  #generations = new Map();
  #count = 0;
  #last = null;
  #ended = false;
  #pulse;

  constructor(socket) {
    super();
    this.#socket = socket;
    /** Of `Opened`. */
    this.streamId = "";
    this.format = null;
    this.limits = null;
    /** What was received and not passed on, because it was cancelled before it came. */
    this.fencedChunks = 0;
  }

  get sampleRate() {
    return this.format?.sampleRateHz ?? 0;
  }

  get closed() {
    return this.#socket.readyState >= WebSocket.CLOSING;
  }

  /** Utterances without a terminal event, in the order of `begin`. */
  get open() {
    return [...this.#utterances.values()];
  }

  /** Sends `Open` and waits for `Opened`; `connect` does it. */
  opening(open) {
    return new Promise((resolve, reject) => {
      const socket = this.#socket;
      const late = setTimeout(() => {
        reject(new SpeechError({ reason: "connection_lost", message: "the gateway does not answer", retryable: true }));
        socket.close();
      }, TIMEOUT_MS);
      socket.onopen = () => this.#send({ open });
      socket.onmessage = ({ data }) => this.#receive(data);
      socket.onclose = ({ code, reason }) => {
        clearTimeout(late);
        const error = this.#last ?? lost(code, reason, this.streamId !== "");
        reject(error);
        this.#lost(code, reason, error);
      };
      // What is refused before the stream is open is the Open itself, a format for one; the stream would wait for another.
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
   * @throws {SpeechError} connection_lost: the stream is closed
   */
  begin({ id, track = 0, voice = "", language = "", position = "append", interruptible = true, options } = {}) {
    if (this.closed) {
      throw new SpeechError({ reason: "connection_lost", message: "the stream is closed: connect again", retryable: true });
    }
    this.#count += 1;
    const utteranceId = id ?? `u${this.#count}`;
    const begin = { utteranceId, track, voice, language, interruptible };
    begin.position = `POSITION_${position.toUpperCase()}`;
    if (options) begin.options = options;
    const utterance = new Utterance(utteranceId, track, interruptible, (request) => this.#send(request));
    if (position === "replace") this.#fence(track, { force: false });
    this.#utterances.set(utteranceId, utterance);
    this.#send({ begin });
    return utterance;
  }

  /**
   * Barge-in. Without an utterance: everything begun so far on the track.
   * @param {object} [options] utterance, track (0), playedSample (the listener's position), fadeMs (0), force (false)
   */
  cancel({ utterance, track = 0, playedSample, fadeMs = 0, force = false } = {}) {
    const cancel = utterance ? { utteranceId: utterance.id } : { track };
    if (playedSample !== undefined) cancel.playedSample = String(playedSample);
    if (!utterance) this.#fence(track, { force });
    else if (force || utterance.interruptible) utterance.fenced = true;
    this.#send({ cancel: { ...cancel, fadeMs, force } });
  }

  /** Stops emission; audio is held up to `limits.pauseMaxMs`. */
  pause(track = 0) {
    this.#send({ pause: { track } });
  }

  /** Goes on at the exact sample. */
  resume(track = 0) {
    this.#send({ resume: { track } });
  }

  /** Tells how far the listener has heard the track. `Player` does it. */
  played(sample, track = 0) {
    this.#send({ played: { track, sample: String(sample) } });
  }

  /** New defaults for later utterances: voice, language, options, maxLeadMs. */
  configure(changes) {
    this.#send({ configure: changes });
  }

  /** Gets a line for a voice ready. */
  prewarm(voice = "") {
    this.#send({ prewarm: { voice } });
  }

  ping(payload = "") {
    this.#send({ ping: { payload } });
  }

  close() {
    this.#socket.close(1000);
  }

  #send(request) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(request));
  }

  #fence(track, { force }) {
    for (const utterance of this.#utterances.values()) {
      if (utterance.track === track && (force || utterance.interruptible)) utterance.fenced = true;
    }
  }

  #receive(data) {
    this.#pulse?.heard();
    if (typeof data !== "string") {
      this.#sound(data);
      return;
    }
    const message = JSON.parse(data);
    for (const [name, take] of Object.entries(this.#readers)) {
      if (message[name] !== undefined) take(message[name]);
    }
  }

  #readers = {
    opened: (detail) => {
      Object.assign(this, { streamId: detail.streamId, format: detail.format, limits: detail.limits });
      this.#tell("opened", detail);
    },
    utteranceStarted: (detail) => {
      const utterance = this.#utterances.get(detail.utteranceId);
      if (utterance) this.#ordinals.set(detail.ordinal, utterance);
      this.#generations.set(detail.track, Math.max(detail.generation, this.#generations.get(detail.track) ?? 0));
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
    },
    goAway: (detail) => this.#tell("goaway", detail),
    pong: (detail) => this.#tell("pong", detail),
  };

  #sound(frame) {
    const header = readHeader(frame);
    if (header === null) return;
    const utterance = this.#ordinals.get(header.ordinal);
    const old = utterance && header.generation < (this.#generations.get(utterance.track) ?? 0);
    if (!utterance || utterance.fenced || (old && utterance.interruptible)) {
      this.fencedChunks += 1;
      return;
    }
    const samples = readSamples(frame, this.format.encoding);
    this.#tell("audio", { utteranceId: utterance.id, ...header, samples });
  }

  #end(type, detail) {
    this.#tell(type, detail);
    const utterance = this.#utterances.get(detail.utteranceId);
    if (!utterance) return;
    this.#utterances.delete(utterance.id);
    for (const [ordinal, known] of this.#ordinals) if (known === utterance) this.#ordinals.delete(ordinal);
  }

  #tell(type, detail) {
    for (const name of SAMPLES) if (typeof detail[name] === "string") detail[name] = Number(detail[name]);
    const utterance = this.#utterances.get(detail.utteranceId) ?? null;
    const told = { ...detail, utterance };
    utterance?.dispatchEvent(new CustomEvent(type, { detail: told }));
    this.dispatchEvent(new CustomEvent(type, { detail: told }));
  }

  /** The closing of a connection nobody answers on takes long; it is over now. */
  #silent() {
    this.#socket.close(1000);
    const message = "no connection to the gateway: it has not answered for a while";
    this.#lost(1006, "", new SpeechError({ reason: "connection_lost", message, retryable: true }));
  }

  #lost(code, reason, error) {
    if (this.#ended) return;
    this.#ended = true;
    this.#pulse?.stop();
    for (const utterance of this.open) this.#end("failed", { utteranceId: utterance.id, error, unspoken: "" });
    this.dispatchEvent(new CustomEvent("close", { detail: { code, reason, error: code === 1000 ? null : error } }));
  }
}

/** One thing to say. Made by `Speech.begin`; hears its own events. */
export class Utterance extends EventTarget {
  #send;

  constructor(id, track, interruptible, send) {
    super();
    this.#send = send;
    this.id = id;
    this.track = track;
    this.interruptible = interruptible;
    /** It was cancelled here; its audio is not passed on any more. */
    this.fenced = false;
  }

  /** Appends text; may be cut anywhere between two characters. */
  send(text) {
    if (text) this.#send({ text: { utteranceId: this.id, text } });
  }

  /** Speaks all held text now. */
  flush(flushId = "") {
    this.#send({ flush: { utteranceId: this.id, flushId } });
  }

  /** No more text. */
  end() {
    this.#send({ end: { utteranceId: this.id } });
  }
}

function lost(code, reason, wasOpen) {
  const broken = wasOpen ? "it broke off" : "it cannot be reached, or does not let this page in";
  const why = reason || (code === 1006 ? broken : `it was closed with ${code}`);
  return new SpeechError({ reason: "connection_lost", message: `no connection to the gateway: ${why}`, retryable: true });
}
