/**
 * The audio of a stream: of which utterance a frame is, whether it is still wanted, and its samples.
 */

import { OpusDecoder } from "./opus.js";
import { ENCODINGS, HEADER_BYTES, readHeader, readSamples } from "./wire.js";

export class Sounds {
  #tell;
  #cancel;
  #ordinals = new Map();
  #generations = new Map();
  #decoders = new Map();

  /**
   * @param {object} stream tell(utterance, header, samples) passes audio on; cancel(utterance, playedSample) ends what cannot be decoded
   */
  constructor({ tell, cancel }) {
    this.#tell = tell;
    this.#cancel = cancel;
    /** How many chunks came after their utterance was cancelled. */
    this.fencedChunks = 0;
  }

  /** Takes what `UtteranceStarted` says of an utterance, null for one that is not known. */
  started(utterance, { ordinal, track, generation }) {
    if (utterance) this.#ordinals.set(ordinal, utterance);
    this.#generations.set(track, Math.max(generation, this.#generations.get(track) ?? 0));
  }

  /** Whether audio of an utterance is or was under way. */
  has(utterance) {
    return [...this.#ordinals.values()].includes(utterance);
  }

  /**
   * Takes a binary frame.
   * @param {ArrayBuffer} frame
   * @param {object} format the stream's, as in `Opened`
   */
  take(frame, { encoding, sampleRateHz }) {
    const header = readHeader(frame);
    if (header === null) return;
    const utterance = this.#ordinals.get(header.ordinal);
    const old = utterance && header.generation < (this.#generations.get(utterance.track) ?? 0);
    if (!utterance || utterance.fenced || (old && utterance.interruptible)) this.fencedChunks += 1;
    else if (encoding === ENCODINGS.opus) this.#decoder(utterance, sampleRateHz).take(header, new Uint8Array(frame, HEADER_BYTES));
    else this.#tell(utterance, header, readSamples(frame, encoding));
  }

  /** Returns null if all of an utterance has been passed on or is fenced, else a promise of that. */
  finish(utterance) {
    const decoder = this.#decoders.get(utterance);
    if (!utterance.fenced && decoder) return decoder.finish();
    decoder?.close();
    return null;
  }

  forget(utterance) {
    this.#decoders.delete(utterance);
    for (const [ordinal, known] of this.#ordinals) if (known === utterance) this.#ordinals.delete(ordinal);
  }

  #decoder(utterance, sampleRate) {
    const known = this.#decoders.get(utterance);
    if (known) return known;
    const heard = (header, samples) => {
      if (!utterance.fenced) this.#tell(utterance, header, samples);
    };
    const broke = (error, end) => {
      if (utterance.fenced) return;
      Object.assign(utterance, { fenced: true, broken: error });
      this.#cancel(utterance, end);
    };
    const made = new OpusDecoder(sampleRate, { heard, broke });
    this.#decoders.set(utterance, made);
    return made;
  }
}
