/**
 * Opus as the gateway sends it, an Ogg stream for each utterance, decoded by the browser (WebCodecs).
 *
 * Rules:
 * - The browser's decoder gets no `OpusHead`, so it gives all that the packets hold: what lies before the first sample is skipped here.
 * - The positions of the pages (RFC 7845) tell which samples are of which message, and where the last one ends. Samples of a message are
 *   given together, as for PCM.
 * - Opus counts in 48 kHz. A stream at a lower rate holds next to nothing above half its rate (of speech at 8 kHz 47 dB less, at 24 kHz 78),
 *   so every second, third or sixth sample is the sound.
 */

import { SpeechError } from "./errors.js";
import { readPages } from "./ogg.js";

const CLOCK_HZ = 48_000;
const CONFIG = { codec: "opus", sampleRate: CLOCK_HZ, numberOfChannels: 1 };
const HEADERS = ["OpusHead", "OpusTags"];
const PACKET_US = 20_000;
/** Decoding takes milliseconds: a decoder that is asked for the rest and gives nothing for so long gives no more. */
const PATIENCE_MS = 5_000;

/** Whether this browser decodes Opus, on this page: browsers keep it from pages that are neither from HTTPS nor from localhost. */
export async function decodesOpus() {
  if (globalThis.AudioDecoder === undefined) return false;
  return (await AudioDecoder.isConfigSupported(CONFIG)).supported;
}

/** Decodes one utterance. */
export class OpusDecoder {
  #decoder;
  #step;
  #heard;
  #broke;
  #broken = false;
  #headers = [...HEADERS];
  #messages = []; // header, where it ends on the codec's clock, samples: those that are not whole yet
  #packets = 0;
  #skip = 0;
  #at = 0; // samples decoded so far
  #end = 0; // where the samples end that were given, on the track's clock

  /**
   * @param {number} sampleRate of the stream
   * @param {object} told heard(header, samples) gets each message's samples; broke(error, end) is called once if it cannot be decoded
   *   further, with the sample of the track up to which it was
   */
  constructor(sampleRate, { heard, broke }) {
    this.#step = CLOCK_HZ / sampleRate;
    this.#heard = heard;
    this.#broke = broke;
    this.#decoder = new AudioDecoder({ output: (data) => this.#decoded(data), error: (error) => this.#fail(error) });
    this.#decoder.configure(CONFIG);
  }

  /**
   * Takes a message.
   * @param {object} header as `readHeader` returns it
   * @param {Uint8Array} bytes
   */
  take(header, bytes) {
    if (this.#decoder.state === "closed") return;
    if (this.#packets === 0) this.#end = header.sampleOffset;
    const message = { header, until: 0, parts: [] };
    try {
      for (const { packets, position } of readPages(bytes)) {
        const heads = packets.filter((packet) => this.#isHeader(packet)).length;
        if (heads === packets.length) continue;
        if (position <= 0) throw notOpus("a page without a position");
        message.until = position;
        for (const packet of packets.slice(heads)) this.#decode(packet);
      }
      if (message.until > 0) this.#messages.push(message);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Waits until all that was taken is given, or the decoder has given up. Nothing may be taken afterwards. */
  async finish() {
    try {
      await this.#flushed();
    } catch (error) {
      this.#fail(error);
    }
    while (this.#messages.length > 0) this.#give();
    this.close();
  }

  /** Drops what is not given yet. */
  close() {
    this.#messages = [];
    if (this.#decoder.state !== "closed") this.#decoder.close();
  }

  /** The decoder's own flush, which what comes later waits for: one that never ends is an error. */
  #flushed() {
    let timer;
    let known = this.#at;
    const stuck = new Promise((_, refuse) => {
      timer = setInterval(() => {
        if (this.#at === known) refuse(new Error("it gives nothing any more"));
        known = this.#at;
      }, PATIENCE_MS);
    });
    return Promise.race([this.#decoder.flush(), stuck]).finally(() => clearInterval(timer));
  }

  /** Reads the two packets that come before the sound. */
  #isHeader(packet) {
    if (this.#headers.length === 0) return false;
    const name = this.#headers.shift();
    if (String.fromCharCode(...packet.subarray(0, 8)) !== name) throw notOpus(`no ${name}`);
    if (name === "OpusHead") {
      if (packet.length < 19 || packet[9] !== 1) throw notOpus("an OpusHead that is not of one channel");
      this.#skip = packet[10] | (packet[11] << 8);
    }
    return true;
  }

  #decode(packet) {
    if (packet.length === 0) throw notOpus("a packet without bytes");
    this.#decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: PACKET_US * this.#packets, data: packet }));
    this.#packets += 1;
  }

  #decoded(data) {
    try {
      this.#share(samplesOf(data));
    } catch (error) {
      this.#fail(error);
    } finally {
      data.close();
    }
  }

  /** Adds sound to the messages that it is of. What lies behind the last one only fills the last packet. */
  #share(sound) {
    const [start, stop] = [this.#at, this.#at + sound.length];
    this.#at = stop;
    for (let from = Math.max(start, this.#skip); from < stop && this.#messages.length > 0; ) {
      const { until, parts } = this.#messages[0];
      const to = Math.min(Math.max(until, from), stop);
      parts.push(this.#thinned(sound.subarray(from - start, to - start)));
      if (until <= stop) this.#give();
      from = to;
    }
  }

  #thinned(sound) {
    const samples = new Int16Array(Math.ceil(sound.length / this.#step));
    for (let i = 0; i < samples.length; i += 1) {
      samples[i] = Math.max(-32768, Math.min(32767, Math.round(32768 * sound[i * this.#step])));
    }
    return samples;
  }

  /** Gives the samples of the first message. */
  #give() {
    const { header, parts } = this.#messages.shift();
    const samples = joined(parts);
    if (samples.length === 0) return;
    this.#end = header.sampleOffset + samples.length;
    this.#heard(header, samples);
  }

  #fail(error) {
    if (this.#broken) return;
    this.#broken = true;
    while (this.#messages.length > 0) this.#give();
    this.close();
    this.#broke(error instanceof SpeechError ? error : undecodable(error), this.#end);
  }
}

function samplesOf(data) {
  const { numberOfFrames, sampleRate } = data;
  if (sampleRate !== CLOCK_HZ) throw new Error(`it gives ${sampleRate} Hz instead of ${CLOCK_HZ}`);
  const samples = new Float32Array(numberOfFrames);
  data.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
  return samples;
}

/** Puts samples together. */
function joined(parts) {
  if (parts.length === 1) return parts[0];
  const all = new Int16Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function notOpus(found) {
  return new SpeechError({ reason: "bad_frame", message: `a message of encoded audio is no Opus of the gateway: found ${found}` });
}

function undecodable(error) {
  const message = `this browser could not decode Opus any further: ${error.message}; say it again, or connect with another encoding`;
  return new SpeechError({ reason: "no_audio", message, retryable: true });
}
