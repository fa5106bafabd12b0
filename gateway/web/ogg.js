/**
 * Pages of Ogg (RFC 3533) as the gateway sends them: a message has whole pages, and a page whole packets, so nothing is kept between messages.
 */

import { SpeechError } from "./errors.js";

/** capture pattern 4 | version u8 | flags u8 | position i64 | serial u32 | number u32 | checksum u32 | segments u8, then their sizes */
const HEAD_BYTES = 27;
const CONTINUED = 1;
const WHOLE_SEGMENT = 255;

/**
 * Reads the pages of one message. Packets are views of it.
 * @param {Uint8Array} bytes
 * @returns {{packets: Uint8Array[], position: number}[]} position: samples of the codec's clock up to the end of the page's last packet;
 *   it means nothing where there is no packet
 * @throws {SpeechError} bad_frame: this is something else
 */
export function readPages(bytes) {
  const pages = [];
  for (let at = 0; at < bytes.length; ) {
    const page = readPage(bytes.subarray(at));
    pages.push(page);
    at += page.size;
  }
  return pages;
}

function readPage(bytes) {
  const start = HEAD_BYTES + (bytes[HEAD_BYTES - 1] ?? 0);
  if (bytes.length < start) throw refused("a page that is cut off");
  const head = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES);
  if (head.getUint32(0) !== 0x4f676753 || bytes[4] !== 0) throw refused("no page");
  if (bytes[5] & CONTINUED) throw refused("a packet that began on an earlier page");
  const packets = readPackets(bytes, start);
  const size = packets.reduce((sum, packet) => sum + packet.length, start);
  return { packets, position: Number(head.getBigInt64(6, true)), size };
}

function readPackets(bytes, start) {
  const packets = [];
  let [from, to, open] = [start, start, false];
  for (const segment of bytes.subarray(HEAD_BYTES, start)) {
    to += segment;
    open = segment === WHOLE_SEGMENT;
    if (open) continue;
    packets.push(bytes.subarray(from, to));
    from = to;
  }
  if (open) throw refused("a packet that goes on on the next page");
  if (to > bytes.length) throw refused("a page that is cut off");
  return packets;
}

function refused(found) {
  const message = `a message of encoded audio is not as the protocol has it: expected whole pages of Ogg, found ${found}`;
  return new SpeechError({ reason: "bad_frame", message });
}
