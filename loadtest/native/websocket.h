/* WebSocket frames and handshakes, both sides; no extensions, no fragments. */
#ifndef LEGATO_WEBSOCKET_H
#define LEGATO_WEBSOCKET_H

#include "common.h"

enum { WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

typedef struct {
  int kind;
  uint8_t *data;
  size_t size;
} Frame;

/* Takes the next whole frame; 0 when there is none. The data lives until the buffer is touched. */
int ws_take(Buffer *in, Frame *frame);
/* A client masks with a key of zeros, which costs the other side as much as any key. */
void ws_put(Buffer *out, int kind, const void *data, size_t size, int masked);
/* Writes a frame's head and returns where its data goes (unmasked). */
uint8_t *ws_put_head(Buffer *out, int kind, size_t size);

/* Both return 1 when done, 0 if more bytes are needed, -1 if refused. */
int ws_answer_handshake(Buffer *in, Buffer *out);
int ws_take_handshake(Buffer *in);
void ws_ask_handshake(Buffer *out, int port, const char *path, const char *headers);

#endif
