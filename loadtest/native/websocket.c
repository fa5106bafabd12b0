#define _GNU_SOURCE
#include "websocket.h"

#include <stdio.h>
#include <string.h>

int ws_take(Buffer *in, Frame *frame) {
  uint8_t *at = buffer_head(in);
  size_t left = buffer_left(in), head = 2;
  if (left < 2) return 0;
  size_t size = at[1] & 0x7f;
  int masked = at[1] & 0x80;
  if (size == 126) {
    if (left < 4) return 0;
    size = (size_t)at[2] << 8 | at[3];
    head = 4;
  } else if (size == 127) {
    if (left < 10) return 0;
    size = 0;
    for (int i = 2; i < 10; i++) size = size << 8 | at[i];
    head = 10;
  }
  const uint8_t *key = at + head;
  if (masked) head += 4;
  if (left < head + size) return 0;
  frame->kind = at[0] & 0x0f;
  frame->data = at + head;
  frame->size = size;
  if (masked)
    for (size_t i = 0; i < size; i++) frame->data[i] ^= key[i & 3];
  buffer_eat(in, head + size);
  return 1;
}

static size_t put_head(uint8_t *head, int kind, size_t size, int masked) {
  uint8_t mask = masked ? 0x80 : 0;
  head[0] = (uint8_t)(0x80 | kind);
  if (size < 126) {
    head[1] = mask | (uint8_t)size;
    return 2;
  }
  if (size < 65536) {
    head[1] = mask | 126;
    head[2] = (uint8_t)(size >> 8);
    head[3] = (uint8_t)size;
    return 4;
  }
  head[1] = mask | 127;
  for (int i = 0; i < 8; i++) head[2 + i] = (uint8_t)((uint64_t)size >> (56 - 8 * i));
  return 10;
}

void ws_put(Buffer *out, int kind, const void *data, size_t size, int masked) {
  static const uint8_t zeros[4];
  uint8_t head[14];
  buffer_add(out, head, put_head(head, kind, size, masked));
  if (masked) buffer_add(out, zeros, 4);
  if (size) buffer_add(out, data, size);
}

uint8_t *ws_put_head(Buffer *out, int kind, size_t size) {
  uint8_t head[14];
  size_t length = put_head(head, kind, size, 0);
  buffer_add(out, head, length);
  uint8_t *data = buffer_room(out, size);
  out->used += size;
  return data;
}

static uint32_t turned(uint32_t value, int bits) { return value << bits | value >> (32 - bits); }

/* FIPS 180-4, for messages of at most 119 bytes, which is enough for a handshake. */
static void sha1(const char *message, size_t size, uint8_t digest[20]) {
  uint32_t h[5] = {0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0};
  uint8_t padded[128] = {0};
  size_t blocks = size < 56 ? 1 : 2;
  memcpy(padded, message, size);
  padded[size] = 0x80;
  for (int i = 0; i < 8; i++) padded[blocks * 64 - 1 - (size_t)i] = (uint8_t)((uint64_t)size * 8 >> (8 * i));
  for (size_t block = 0; block < blocks; block++) {
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    const uint8_t *at = padded + block * 64;
    for (int i = 0; i < 16; i++, at += 4)
      w[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    for (int i = 16; i < 80; i++) w[i] = turned(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
      uint32_t f, k;
      if (i < 20)
        f = (b & c) | (~b & d), k = 0x5A827999;
      else if (i < 40)
        f = b ^ c ^ d, k = 0x6ED9EBA1;
      else if (i < 60)
        f = (b & c) | (b & d) | (c & d), k = 0x8F1BBCDC;
      else
        f = b ^ c ^ d, k = 0xCA62C1D6;
      uint32_t next = turned(a, 5) + f + e + k + w[i];
      e = d, d = c, c = turned(b, 30), b = a, a = next;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
  }
  for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

static void base64(const uint8_t digest[20], char text[29]) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  uint8_t padded[21] = {0};
  memcpy(padded, digest, 20);
  for (int i = 0; i < 7; i++) {
    uint32_t three = (uint32_t)padded[3 * i] << 16 | (uint32_t)padded[3 * i + 1] << 8 | padded[3 * i + 2];
    for (int j = 0; j < 4; j++) text[4 * i + j] = letters[three >> (18 - 6 * j) & 63];
  }
  text[27] = '=';
  text[28] = 0;
}

/* Returns the end of an HTTP head, or NULL. */
static uint8_t *head_end(Buffer *in) {
  uint8_t *end = memmem(buffer_head(in), buffer_left(in), "\r\n\r\n", 4);
  return end ? end + 4 : NULL;
}

int ws_answer_handshake(Buffer *in, Buffer *out) {
  static const char header[] = "sec-websocket-key:", magic[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  uint8_t *end = head_end(in), digest[20];
  if (!end) return 0;
  end[-1] = 0;
  char *key = strcasestr((char *)buffer_head(in), header), accept[29], message[120], answer[256];
  if (!key) return -1;
  key += sizeof header - 1;
  key += strspn(key, " ");
  int size = snprintf(message, sizeof message, "%.*s%s", (int)strcspn(key, "\r "), key, magic);
  if (size < 0 || size >= (int)sizeof message) return -1;
  sha1(message, (size_t)size, digest);
  base64(digest, accept);
  size = snprintf(answer, sizeof answer,
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Accept: %s\r\n\r\n",
                  accept);
  buffer_eat(in, (size_t)(end - buffer_head(in)));
  buffer_add(out, answer, (size_t)size);
  return 1;
}

void ws_ask_handshake(Buffer *out, int port, const char *path, const char *headers) {
  char request[1024];
  int size = snprintf(request, sizeof request,
                      "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n%s\r\n",
                      path, port, headers);
  buffer_add(out, request, (size_t)size);
}

int ws_take_handshake(Buffer *in) {
  uint8_t *end = head_end(in);
  if (!end) return 0;
  int accepted = buffer_left(in) > 12 && !memcmp(buffer_head(in) + 9, "101", 3);
  buffer_eat(in, (size_t)(end - buffer_head(in)));
  return accepted ? 1 : -1;
}
