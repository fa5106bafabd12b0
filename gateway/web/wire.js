/**
 * What travels on the WebSocket: the header of binary frames, and audio bytes as samples.
 *
 * A binary frame is 24 bytes, little-endian, then the audio:
 *   0 version u8 = 1 | 1 kind u8 = 1 | 2 flags u16 | 4 utterance ordinal u32 | 8 server_seq u32 | 12 generation u32 |
 *   16 sample_offset u64
 */

import { SpeechError } from "./errors.js";

export const HEADER_BYTES = 24;
const VERSION = 1;
const KIND_AUDIO = 1;

/** Encodings by the name that people and `connect` use: "pcm_s16le", "wav", "mulaw", "alaw", "opus". */
export const ENCODINGS = Object.freeze({
  pcm_s16le: "ENCODING_PCM_S16LE",
  wav: "ENCODING_WAV",
  mulaw: "ENCODING_MULAW",
  alaw: "ENCODING_ALAW",
  opus: "ENCODING_OPUS",
});

/**
 * The contract's name of an encoding. The gateway has others, which this library cannot play.
 * @param {string} name one of those in `ENCODINGS`
 * @throws {SpeechError} unknown_format
 */
export function encodingOf(name) {
  if (Object.hasOwn(ENCODINGS, name)) return ENCODINGS[name];
  const message = `this library does not play the encoding "${name}": expected ${Object.keys(ENCODINGS).join(", ")}`;
  throw new SpeechError({ reason: "unknown_format", message });
}

/**
 * Reads a text frame, and refuses a binary one that comes before the stream is open.
 * @param {string|ArrayBuffer} frame
 * @returns {object} a `StreamResponse` as JSON
 * @throws {SpeechError} bad_frame: it is something else
 */
export function readMessage(frame) {
  const message = parsed(frame);
  if (typeof message === "object" && message !== null && !Array.isArray(message)) return message;
  const got = typeof frame === "string" ? frame.slice(0, 80) : "a binary frame before Opened";
  const expected = `expected a message as JSON, got: ${got}`;
  throw new SpeechError({ reason: "bad_frame", message: `what answers there is no gateway: ${expected}` });
}

function parsed(frame) {
  try {
    return JSON.parse(frame);
  } catch {
    return null;
  }
}

/**
 * Reads the header of a binary frame.
 * @param {ArrayBuffer} frame
 * @returns {{ordinal: number, serverSeq: number, generation: number, sampleOffset: number}|null} null for a frame of a version
 *   or kind that this library does not know; such frames are ignored.
 */
export function readHeader(frame) {
  if (frame.byteLength < HEADER_BYTES) return null;
  const view = new DataView(frame);
  if (view.getUint8(0) !== VERSION || view.getUint8(1) !== KIND_AUDIO) return null;
  return {
    ordinal: view.getUint32(4, true),
    serverSeq: view.getUint32(8, true),
    generation: view.getUint32(12, true),
    sampleOffset: Number(view.getBigUint64(16, true)),
  };
}

/**
 * Reads the samples of a binary frame.
 * @param {ArrayBuffer} frame with its header
 * @param {string} encoding as in `Opened.format.encoding`; not Opus, which `OpusDecoder` reads
 * @returns {Int16Array}
 */
export function readSamples(frame, encoding) {
  const bytes = new Uint8Array(frame, HEADER_BYTES);
  if (encoding === ENCODINGS.mulaw) return expand(bytes, MULAW);
  if (encoding === ENCODINGS.alaw) return expand(bytes, ALAW);
  const start = encoding === ENCODINGS.wav ? wavHeaderBytes(bytes) : 0;
  return littleEndian(bytes.subarray(start));
}

/** Makes a WAV file of mono samples. */
export function wavFile(samples, sampleRate) {
  const head = new DataView(new ArrayBuffer(44));
  const dataBytes = samples.length * 2;
  const tag = (at, text) => [...text].forEach((c, i) => head.setUint8(at + i, c.charCodeAt(0)));
  tag(0, "RIFF");
  head.setUint32(4, 36 + dataBytes, true);
  tag(8, "WAVEfmt ");
  head.setUint32(16, 16, true);
  head.setUint16(20, 1, true);
  head.setUint16(22, 1, true);
  head.setUint32(24, sampleRate, true);
  head.setUint32(28, sampleRate * 2, true);
  head.setUint16(32, 2, true);
  head.setUint16(34, 16, true);
  tag(36, "data");
  head.setUint32(40, dataBytes, true);
  return new Blob([head, samples], { type: "audio/wav" });
}

function littleEndian(bytes) {
  const samples = new Int16Array(bytes.length >> 1);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < samples.length; i += 1) samples[i] = view.getInt16(2 * i, true);
  return samples;
}

/** Every utterance of a WAV stream starts with one header; later frames have none. */
function wavHeaderBytes(bytes) {
  const is = (at, text) => [...text].every((c, i) => bytes[at + i] === c.charCodeAt(0));
  if (bytes.length < 12 || !is(0, "RIFF") || !is(8, "WAVE")) return 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    if (is(at, "data")) return at + 8;
    const size = new DataView(bytes.buffer, bytes.byteOffset + at + 4, 4).getUint32(0, true);
    at += 8 + size + (size & 1);
  }
  return 0;
}

function expand(bytes, table) {
  const samples = new Int16Array(bytes.length);
  for (let i = 0; i < bytes.length; i += 1) samples[i] = table[bytes[i]];
  return samples;
}

/** ITU-T G.711: the 16-bit sample of each code word. */
const MULAW = Int16Array.from({ length: 256 }, (_, code) => {
  const word = ~code & 0xff;
  const size = (((word & 0x0f) << 3) + 0x84) << ((word & 0x70) >> 4);
  return word & 0x80 ? 0x84 - size : size - 0x84;
});
const ALAW = Int16Array.from({ length: 256 }, (_, code) => {
  const word = code ^ 0x55;
  const exponent = (word & 0x70) >> 4;
  const mantissa = ((word & 0x0f) << 4) + 8;
  const size = exponent ? (mantissa + 0x100) << (exponent - 1) : mantissa;
  return word & 0x80 ? size : -size;
});
