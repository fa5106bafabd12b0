#include "http2.h"

#include <stdio.h>
#include <string.h>

static uint32_t four(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void put_four(uint8_t *at, uint32_t value) {
  for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (24 - 8 * i));
}

int h2_take(Buffer *in, H2Frame *frame) {
  uint8_t *at = buffer_head(in);
  if (buffer_left(in) < 9) return 0;
  size_t size = (size_t)at[0] << 16 | (size_t)at[1] << 8 | at[2];
  if (buffer_left(in) < 9 + size) return 0;
  *frame = (H2Frame){at[3], at[4], four(at + 5) & 0x7fffffff, at + 9, size};
  if (frame->type == H2_DATA && frame->flags & H2_PADDED && size) {
    size_t padding = at[9];
    frame->data++;
    frame->size = size - 1 > padding ? size - 1 - padding : 0;
  }
  buffer_eat(in, 9 + size);
  return 1;
}

void h2_put(Buffer *out, int type, int flags, uint32_t stream, const void *data, size_t size) {
  uint8_t head[9] = {(uint8_t)(size >> 16), (uint8_t)(size >> 8), (uint8_t)size, (uint8_t)type, (uint8_t)flags};
  put_four(head + 5, stream);
  buffer_add(out, head, sizeof head);
  if (size) buffer_add(out, data, size);
}

void h2_put_window(Buffer *out, uint32_t stream, uint32_t more) {
  uint8_t data[4];
  put_four(data, more);
  h2_put(out, H2_WINDOW, 0, stream, data, sizeof data);
}

void h2_put_greeting(Buffer *out) {
  static const uint8_t settings[] = {0, 3, 0, 0x0f, 0xff, 0xff, 0, 4, 0x7f, 0xff, 0xff, 0xff}; /* streams, window */
  h2_put(out, H2_SETTINGS, 0, 0, settings, sizeof settings);
  h2_put_window(out, 0, 0x7fff0000);
}

/* Literals without indexing: a name from the static table by its number, or (put_new) a new name. */
static size_t put_known(uint8_t *at, int name, const char *value) {
  size_t used = 0, size = strlen(value);
  if (name < 15) {
    at[used++] = (uint8_t)name;
  } else {
    at[used++] = 0x0f;
    at[used++] = (uint8_t)(name - 15);
  }
  at[used++] = (uint8_t)size;
  memcpy(at + used, value, size);
  return used + size;
}

static size_t put_new(uint8_t *at, const char *name, const char *value) {
  size_t size = strlen(name);
  at[0] = 0;
  at[1] = (uint8_t)size;
  memcpy(at + 2, name, size);
  size_t length = strlen(value);
  at[2 + size] = (uint8_t)length;
  memcpy(at + 3 + size, value, length);
  return 3 + size + length;
}

enum { NAME_AUTHORITY = 1, NAME_PATH = 4, NAME_CONTENT_TYPE = 31, POST = 0x83, HTTP = 0x86, OK = 0x88 };

void h2_put_request(Buffer *out, uint32_t stream, int port, const char *path) {
  uint8_t block[512] = {POST, HTTP};
  char authority[32];
  size_t used = 2;
  snprintf(authority, sizeof authority, "127.0.0.1:%d", port);
  used += put_known(block + used, NAME_PATH, path);
  used += put_known(block + used, NAME_AUTHORITY, authority);
  used += put_known(block + used, NAME_CONTENT_TYPE, "application/grpc");
  used += put_new(block + used, "te", "trailers");
  h2_put(out, H2_HEADERS, H2_END_HEADERS, stream, block, used);
}

void h2_put_response(Buffer *out, uint32_t stream) {
  uint8_t block[64] = {OK};
  size_t used = 1 + put_known(block + 1, NAME_CONTENT_TYPE, "application/grpc");
  h2_put(out, H2_HEADERS, H2_END_HEADERS, stream, block, used);
}

void h2_put_trailers(Buffer *out, uint32_t stream) {
  uint8_t block[64];
  size_t used = put_new(block, "grpc-status", "0");
  h2_put(out, H2_HEADERS, H2_END_HEADERS | H2_END_STREAM, stream, block, used);
}

int64_t h2_initial_window(const H2Frame *frame) {
  for (size_t at = 0; at + 6 <= frame->size; at += 6)
    if (frame->data[at] == 0 && frame->data[at + 1] == 4) return four(frame->data + at + 2);
  return -1;
}

int grpc_take(Buffer *in, const uint8_t **message, size_t *size) {
  const uint8_t *at = buffer_head(in);
  if (buffer_left(in) < 5) return 0;
  *size = four(at + 1);
  if (buffer_left(in) < 5 + *size) return 0;
  *message = at + 5;
  buffer_eat(in, 5 + *size);
  return 1;
}

static uint64_t take_number(const uint8_t **at, const uint8_t *end) {
  uint64_t value = 0;
  for (int shift = 0; *at < end; shift += 7) {
    uint8_t byte = *(*at)++;
    if (shift < 64) value |= (uint64_t)(byte & 0x7f) << shift;
    if (!(byte & 0x80)) break;
  }
  return value;
}

int proto_take(const uint8_t **at, const uint8_t *end, Field *field) {
  if (*at >= end) return 0;
  uint64_t tag = take_number(at, end);
  *field = (Field){.number = (uint32_t)(tag >> 3)};
  switch (tag & 7) {
  case 0:
    field->value = take_number(at, end);
    return 1;
  case 1:
    field->size = 8;
    break;
  case 2:
    field->size = take_number(at, end);
    break;
  case 5:
    field->size = 4;
    break;
  default:
    return 0;
  }
  if (field->size > (size_t)(end - *at)) return 0;
  field->data = *at;
  *at += field->size;
  return 1;
}

size_t proto_put_head(uint8_t *at, int number, size_t size) {
  size_t used = 0;
  at[used++] = (uint8_t)(number << 3 | 2);
  for (; size >= 0x80; size >>= 7) at[used++] = (uint8_t)(size | 0x80);
  at[used++] = (uint8_t)size;
  return used;
}
