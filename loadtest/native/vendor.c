/* A vendor without a voice: Deepgram's speak WebSocket on one port, legato.v1.SpeechService/Stream on another.
 *
 *   vendor WEBSOCKET_PORT GRPC_PORT
 *
 * The text tells it what to do: v80x40x4x3000, with the letters a to j for the digits, asks for a first byte after 80 ms, chunks of 40 ms
 * at 4 times real time (0: all at once), and 3,000 ms of audio. Each chunk begins with the time at which it was due to be sent.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http2.h"
#include "websocket.h"

enum Kind { LISTEN_WS, LISTEN_GRPC, WEBSOCKET, GRPC };
enum { MOST_CALLS = 4096, MOST_CHUNK = 48000 };

typedef struct Call Call;
typedef struct {
  enum Kind kind;
  int fd, ready, gone, wants_out;
  int waiting; /* calls held back by flow control */
  Buffer in, out;
  int64_t window, initial_window; /* what may be sent to the peer: on the connection, and on a new stream */
  Call *calls[MOST_CALLS];        /* by stream number; a WebSocket has one */
} Connection;

struct Call {
  Connection *connection;
  uint32_t stream;
  Buffer in, waits;      /* messages being read; messages that the peer's window has no room for */
  int64_t window;
  char id[64];
  int first_ms, chunk_ms, pace, audio_ms; /* from the text that was read last */
  int left_ms, flushed, half_closed;
  uint64_t turn;
};

static int poll_fd;
static Heap heap;
static uint8_t speech[MOST_CHUNK];

static void watch(Connection *connection, int operation) {
  uint32_t events = EPOLLIN | (connection->wants_out ? EPOLLOUT : 0);
  struct epoll_event event = {.events = events, .data.ptr = connection};
  if (epoll_ctl(poll_fd, operation, connection->fd, &event)) die("epoll_ctl");
}

static void write_out(Connection *connection) {
  if (connection->gone) return;
  if (send_some(connection->fd, &connection->out) < 0) {
    connection->gone = 1;
    return;
  }
  int wants_out = buffer_left(&connection->out) > 0;
  if (wants_out != connection->wants_out) {
    connection->wants_out = wants_out;
    watch(connection, EPOLL_CTL_MOD);
  }
}

/* --- what a call sends */

static void put_message(Call *call, const uint8_t *message, size_t size) {
  Connection *connection = call->connection;
  int64_t room = call->window < connection->window ? call->window : connection->window;
  if (buffer_left(&call->waits) || (int64_t)size > room) {
    uint32_t length = (uint32_t)size;
    connection->waiting += !buffer_left(&call->waits);
    buffer_add(&call->waits, &length, sizeof length);
    buffer_add(&call->waits, message, size);
    return;
  }
  call->window -= (int64_t)size;
  connection->window -= (int64_t)size;
  h2_put(&connection->out, H2_DATA, 0, call->stream, message, size);
}

static void put_waiting(Call *call) {
  while (buffer_left(&call->waits)) {
    uint32_t size;
    memcpy(&size, buffer_head(&call->waits), sizeof size);
    int64_t room = call->window < call->connection->window ? call->window : call->connection->window;
    if ((int64_t)size > room) return;
    call->window -= size;
    call->connection->window -= size;
    h2_put(&call->connection->out, H2_DATA, 0, call->stream, buffer_head(&call->waits) + sizeof size, size);
    buffer_eat(&call->waits, sizeof size + size);
    call->connection->waiting -= !buffer_left(&call->waits);
  }
  if (call->half_closed == 2) {
    h2_put_trailers(&call->connection->out, call->stream);
    call->half_closed = 3;
  }
}

/* Sends a gRPC message with one field, which holds the utterance's id and perhaps audio. */
static void put_grpc(Call *call, int number, const uint8_t *audio, size_t size) {
  static uint8_t message[MOST_CHUNK + 256];
  uint8_t head[16];
  size_t id = strlen(call->id), inner = 2 + id, data_head = 0;
  if (audio) {
    data_head = proto_put_head(head, 4, size);
    inner += data_head + size;
  }
  uint8_t *at = message + 5;
  at += proto_put_head(at, number, inner);
  at += proto_put_head(at, 1, id);
  memcpy(at, call->id, id);
  at += id;
  if (audio) {
    memcpy(at, head, data_head);
    memcpy(at + data_head, audio, size);
    at += data_head + size;
  }
  size_t length = (size_t)(at - message) - 5;
  message[0] = 0;
  for (int i = 0; i < 4; i++) message[1 + i] = (uint8_t)(length >> (24 - 8 * i));
  put_message(call, message, length + 5);
}

static void put_audio(Call *call, int ms, int64_t when) {
  size_t size = (size_t)ms * RATE_HZ / 1000 * SAMPLE_BYTES;
  if (call->connection->kind == WEBSOCKET) {
    uint8_t *data = ws_put_head(&call->connection->out, WS_BINARY, size);
    memcpy(data, speech, size);
    memcpy(data, &when, STAMP_BYTES);
  } else {
    memcpy(speech, &when, STAMP_BYTES);
    put_grpc(call, 6, speech, size);
  }
}

static void put_end(Call *call) {
  if (call->connection->kind == GRPC) {
    put_grpc(call, 10, NULL, 0);
    return;
  }
  char text[64];
  int size = snprintf(text, sizeof text, "{\"type\":\"Flushed\",\"sequence_id\":%d}", call->flushed++);
  ws_put(&call->connection->out, WS_TEXT, text, (size_t)size, 0);
}

static void say_more(Call *call, int64_t when) {
  do {
    int ms = call->left_ms < call->chunk_ms ? call->left_ms : call->chunk_ms;
    if (ms > 0) put_audio(call, ms, when);
    call->left_ms -= ms;
    when += call->pace ? (int64_t)ms * 1000 / call->pace : 0;
  } while (call->left_ms > 0 && when <= now_us());
  if (call->left_ms > 0)
    heap_add(&heap, (Due){when, call, call->turn});
  else
    put_end(call);
  write_out(call->connection);
}

static void begin(Call *call) {
  call->left_ms = call->audio_ms;
  heap_add(&heap, (Due){now_us() + call->first_ms * 1000, call, ++call->turn});
}

/* Reads what the generator's `put_words` has written. */
static void read_text(Call *call, const char *text, size_t size) {
  char copy[4096];
  size = size < sizeof copy - 1 ? size : sizeof copy - 1;
  for (size_t at = 0; at < size; at++) copy[at] = text[at] >= 'a' && text[at] <= 'j' ? text[at] - 'a' + '0' : text[at];
  copy[size] = 0;
  for (char *at = copy; (at = strchr(at, 'v')); at++)
    if (sscanf(at, "v%dx%dx%dx%d", &call->first_ms, &call->chunk_ms, &call->pace, &call->audio_ms) == 4) break;
  if (call->chunk_ms < 1 || call->chunk_ms * RATE_HZ / 1000 * SAMPLE_BYTES > MOST_CHUNK) call->chunk_ms = 20;
}

/* --- what is read */

static void read_websocket(Connection *connection) {
  Frame frame;
  Call *call = connection->calls[0];
  if (!connection->ready) {
    int done = ws_answer_handshake(&connection->in, &connection->out);
    if (done < 0) connection->gone = 1;
    if (done <= 0) return;
    connection->ready = 1;
  }
  while (ws_take(&connection->in, &frame)) {
    if (frame.kind == WS_PING) ws_put(&connection->out, WS_PONG, frame.data, frame.size, 0);
    if (frame.kind == WS_CLOSE) {
      ws_put(&connection->out, WS_CLOSE, frame.data, frame.size, 0);
      write_out(connection);
      connection->gone = 1;
      return;
    }
    if (frame.kind != WS_TEXT) continue;
    if (memmem(frame.data, frame.size, "\"Speak\"", 7)) read_text(call, (char *)frame.data, frame.size);
    if (memmem(frame.data, frame.size, "\"Flush\"", 7)) begin(call);
    if (memmem(frame.data, frame.size, "\"Clear\"", 7)) {
      static const char cleared[] = "{\"type\":\"Cleared\",\"sequence_id\":0}";
      call->turn++;
      ws_put(&connection->out, WS_TEXT, cleared, sizeof cleared - 1, 0);
    }
  }
}

static void read_message(Call *call, const uint8_t *at, size_t size) {
  const uint8_t *end = at + size;
  Field field, inner;
  while (proto_take(&at, end, &field)) {
    if (field.number != 4 && field.number != 6) continue; /* text, end */
    const uint8_t *part = field.data;
    while (proto_take(&part, field.data + field.size, &inner)) {
      if (inner.number == 1)
        snprintf(call->id, sizeof call->id, "%.*s", (int)inner.size, (const char *)inner.data);
      if (inner.number == 2 && field.number == 4) read_text(call, (const char *)inner.data, inner.size);
    }
    if (field.number == 6) begin(call);
  }
}

static Call *call_of(Connection *connection, uint32_t stream) {
  Call **call = &connection->calls[stream / 2 % MOST_CALLS];
  if (!*call) {
    *call = calloc(1, sizeof **call);
    if (!*call) die("calloc");
    (*call)->connection = connection;
  }
  return *call;
}

static void read_frame(Connection *connection, const H2Frame *frame) {
  const uint8_t *message;
  size_t size;
  Call *call = frame->stream ? call_of(connection, frame->stream) : NULL;
  if (frame->type == H2_SETTINGS && !(frame->flags & H2_ACK)) {
    int64_t window = h2_initial_window(frame);
    if (window >= 0) connection->initial_window = window;
    h2_put(&connection->out, H2_SETTINGS, H2_ACK, 0, NULL, 0);
  } else if (frame->type == H2_PING && !(frame->flags & H2_ACK)) {
    h2_put(&connection->out, H2_PING, H2_ACK, 0, frame->data, frame->size);
  } else if (frame->type == H2_WINDOW && frame->size == 4) {
    int64_t more = (int64_t)frame->data[0] << 24 | frame->data[1] << 16 | frame->data[2] << 8 | frame->data[3];
    *(call ? &call->window : &connection->window) += more;
    if (call) put_waiting(call);
    for (int i = 0; !call && connection->waiting && i < MOST_CALLS; i++)
      if (connection->calls[i]) put_waiting(connection->calls[i]);
  } else if (frame->type == H2_HEADERS && call) {
    call->stream = frame->stream;
    call->window = connection->initial_window;
    call->half_closed = 0;
    h2_put_response(&connection->out, frame->stream);
  } else if (frame->type == H2_RESET && call) {
    call->turn++;
    connection->waiting -= !!buffer_left(&call->waits);
    buffer_eat(&call->waits, buffer_left(&call->waits));
  } else if (frame->type == H2_DATA && call) {
    if (frame->size) {
      h2_put_window(&connection->out, 0, (uint32_t)frame->size);
      h2_put_window(&connection->out, frame->stream, (uint32_t)frame->size);
    }
    buffer_add(&call->in, frame->data, frame->size);
    while (grpc_take(&call->in, &message, &size)) read_message(call, message, size);
    if (frame->flags & H2_END_STREAM) {
      call->half_closed = 2;
      put_waiting(call);
    }
  }
}

static void read_grpc(Connection *connection) {
  static const size_t preface = 24;
  H2Frame frame;
  if (!connection->ready) {
    if (buffer_left(&connection->in) < preface) return;
    buffer_eat(&connection->in, preface);
    h2_put_greeting(&connection->out);
    connection->ready = 1;
  }
  while (h2_take(&connection->in, &frame)) read_frame(connection, &frame);
}

/* --- connections */

static void add(enum Kind kind, int fd) {
  Connection *connection = calloc(1, sizeof *connection);
  if (!connection) die("calloc");
  *connection = (Connection){.kind = kind, .fd = fd, .window = 65535, .initial_window = 65535};
  if (kind == WEBSOCKET) call_of(connection, 0);
  watch(connection, EPOLL_CTL_ADD);
}

static void accept_all(Connection *listener) {
  for (int fd; (fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC)) >= 0;) {
    set_up_socket(fd);
    add(listener->kind == LISTEN_WS ? WEBSOCKET : GRPC, fd);
  }
}

static void serve(Connection *connection) {
  int state = receive_all(connection->fd, &connection->in);
  if (state > 0 && connection->kind == WEBSOCKET) read_websocket(connection);
  if (state > 0 && connection->kind == GRPC) read_grpc(connection);
  write_out(connection);
  if (state > 0 && !connection->gone) return;
  connection->gone = 1;
  close(connection->fd);
  buffer_free(&connection->in);
  buffer_free(&connection->out);
  /* The calls are kept: timers may still point at them. */
  for (int i = 0; i < MOST_CALLS; i++)
    if (connection->calls[i]) connection->calls[i]->turn++;
}

int main(int count, char **given) {
  struct epoll_event events[512];
  if (count != 3) {
    fprintf(stderr, "usage: vendor WEBSOCKET_PORT GRPC_PORT\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  /* Loud, so that it is not taken for silence; slow, so that it is not taken for noise. */
  for (size_t i = 0; i < MOST_CHUNK; i += 2) speech[i] = 0, speech[i + 1] = 0x20;
  poll_fd = epoll_create1(EPOLL_CLOEXEC);
  add(LISTEN_WS, listen_on(atoi(given[1])));
  add(LISTEN_GRPC, listen_on(atoi(given[2])));
  for (;;) {
    struct timespec wait = {0}, *patience = NULL;
    if (heap.used) {
      int64_t left = heap.items[0].when - now_us();
      left = left < 0 ? 0 : left;
      wait = (struct timespec){left / 1000000, left % 1000000 * 1000};
      patience = &wait;
    }
    int ready = epoll_pwait2(poll_fd, events, 512, patience, NULL);
    if (ready < 0 && errno != EINTR) die("epoll_pwait2");
    for (int i = 0; i < ready; i++) {
      Connection *connection = events[i].data.ptr;
      if (connection->kind <= LISTEN_GRPC)
        accept_all(connection);
      else if (events[i].events & EPOLLIN || events[i].events & (EPOLLHUP | EPOLLERR))
        serve(connection);
      else
        write_out(connection);
    }
    while (heap.used && heap.items[0].when <= now_us()) {
      Due due = heap_take(&heap);
      Call *call = due.what;
      if (due.turn == call->turn && !call->connection->gone) say_more(call, due.when);
    }
  }
}
