/* The part of HTTP/2 and gRPC that two ends which know each other need: no priorities, no push, no dynamic header table. */
#ifndef LEGATO_HTTP2_H
#define LEGATO_HTTP2_H

#include "common.h"

enum { H2_DATA = 0, H2_HEADERS = 1, H2_RESET = 3, H2_SETTINGS = 4, H2_PING = 6, H2_GOAWAY = 7, H2_WINDOW = 8 };
enum { H2_END_STREAM = 1, H2_ACK = 1, H2_END_HEADERS = 4, H2_PADDED = 8 };

typedef struct {
  int type, flags;
  uint32_t stream;
  uint8_t *data;
  size_t size;
} H2Frame;

int h2_take(Buffer *in, H2Frame *frame);
void h2_put(Buffer *out, int type, int flags, uint32_t stream, const void *data, size_t size);
void h2_put_window(Buffer *out, uint32_t stream, uint32_t more);
/* The settings of a side that sets no bound on what it is sent. */
void h2_put_greeting(Buffer *out);
void h2_put_request(Buffer *out, uint32_t stream, int port, const char *path);
void h2_put_response(Buffer *out, uint32_t stream);
void h2_put_trailers(Buffer *out, uint32_t stream);
/* The value of SETTINGS_INITIAL_WINDOW_SIZE in a frame, or -1. */
int64_t h2_initial_window(const H2Frame *frame);

/* Takes the next whole gRPC message out of the bytes of a stream; 0 when there is none. */
int grpc_take(Buffer *in, const uint8_t **message, size_t *size);

/* Protocol buffers: takes the next field; 0 at the end. Numbers are in `value`, everything else in `data` and `size`. */
typedef struct {
  uint32_t number;
  uint64_t value;
  const uint8_t *data;
  size_t size;
} Field;
int proto_take(const uint8_t **at, const uint8_t *end, Field *field);
/* Writes the tag and length of a length-delimited field (field numbers up to 15); returns how many bytes that took. */
size_t proto_put_head(uint8_t *at, int number, size_t size);

#endif
