/* Many listeners: opens streams, has utterances spoken on a fixed schedule, and says how long everything took.
 *
 *   generator MODE PORT key=value...
 *
 * MODE is deepgram, native or grpc. Prints "begin" and "end" at the edges of the measured window, then one line of JSON.
 * An utterance that came due while the one before it was still being spoken is timed from when it was due, so that a slow gateway
 * cannot hide its own slowness.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "generator.h"

enum { NATIVE_HEAD = 24, JITTER_US = 20000 /* what any listener's buffer absorbs */ };

static int poll_fd;
static Heap heap;

static void watch(Link *link, int operation) {
  struct epoll_event event = {.events = EPOLLIN | (link->wants_out ? EPOLLOUT : 0), .data.ptr = link};
  if (epoll_ctl(poll_fd, operation, link->fd, &event)) die("epoll_ctl");
}

static void write_out(Link *link) {
  if (link->gone) return;
  if (send_some(link->fd, &link->out) < 0) link->gone = 1;
  int wants_out = buffer_left(&link->out) > 0;
  if (wants_out != link->wants_out && !link->gone) {
    link->wants_out = wants_out;
    watch(link, EPOLL_CTL_MOD);
  }
}

/* --- what is heard */

static void hear_audio(Stream *stream, const uint8_t *data, size_t size) {
  int64_t now = now_us();
  size_t chunk = (size_t)want.chunk_ms * RATE_HZ / 1000 * SAMPLE_BYTES;
  int64_t length_us = (int64_t)(size / SAMPLE_BYTES) * 1000000 / RATE_HZ;
  int counts = measured(stream->due);
  if (!stream->speaking) {
    seen.stale++;
    return;
  }
  if (!stream->first_at) {
    stream->first_at = stream->plays_until = now;
    if (counts) times_add(&seen.ttfb, now - stream->due);
  }
  if (now > stream->plays_until + JITTER_US && counts) {
    seen.underruns++;
    seen.gap_ms += (double)(now - stream->plays_until) / 1000;
  }
  if (now > stream->plays_until) stream->plays_until = now;
  stream->plays_until += length_us;
  for (size_t at = (chunk - stream->offset % chunk) % chunk; at + STAMP_BYTES <= size; at += chunk) {
    int64_t stamp;
    memcpy(&stamp, data + at, STAMP_BYTES);
    if (counts && stamp > 0 && stamp <= now) times_add(&seen.transit, now - stamp);
  }
  stream->offset += size;
  if (counts) {
    seen.messages++;
    seen.audio_ms += (double)length_us / 1000;
  }
  if (want.cancel_ms && !stream->cancelled && now - stream->first_at >= want.cancel_ms * 1000) {
    cancel(stream);
    write_out(stream->link);
  }
}

static void finished(Stream *stream, int well) {
  if (!stream->speaking) return;
  stream->speaking = 0;
  if (stream->cancelled && measured(stream->due)) times_add(&seen.cancel, now_us() - stream->cancel_at);
  if (measured(stream->due)) *(well ? &seen.spoken : &seen.failed) += 1;
  int64_t next = stream->due + want.period_ms * 1000, now = now_us();
  heap_add(&heap, (Due){next > now ? next : now, stream, (uint64_t)next});
}

static int holds(const Frame *frame, const char *word) { return !!memmem(frame->data, frame->size, word, strlen(word)); }

static void hear_frame(Link *link, const Frame *frame) {
  Stream *stream = link->streams[0];
  if (frame->kind == WS_PING) {
    ws_put(&link->out, WS_PONG, frame->data, frame->size, 1);
  } else if (frame->kind == WS_BINARY) {
    size_t head = want.mode == NATIVE ? NATIVE_HEAD : 0;
    if (frame->size >= head) hear_audio(stream, frame->data + head, frame->size - head);
  } else if (frame->kind == WS_TEXT) {
    if (holds(frame, "\"Flushed\"") || holds(frame, "\"Cleared\"") || holds(frame, "\"utteranceFinished\"") ||
        holds(frame, "\"utteranceCancelled\""))
      finished(stream, 1);
    else if (holds(frame, "\"utteranceFailed\"") || holds(frame, "\"error\"") || holds(frame, "\"Error\""))
      finished(stream, 0);
  } else if (frame->kind == WS_CLOSE) {
    link->gone = 1;
  }
}

static void hear_message(Stream *stream, const uint8_t *at, size_t size) {
  const uint8_t *end = at + size;
  Field field, inner;
  while (proto_take(&at, end, &field)) {
    const uint8_t *part = field.data;
    if (field.number == 6)
      while (proto_take(&part, field.data + field.size, &inner))
        if (inner.number == 4) hear_audio(stream, inner.data, inner.size);
    if (field.number == 10 || field.number == 11) finished(stream, 1);
    if (field.number == 12 || field.number == 14) finished(stream, 0);
  }
}

static void hear_rpc(Link *link, const H2Frame *frame) {
  const uint8_t *message;
  size_t size;
  Stream *stream = link->streams[frame->stream / 2 % RPC_STREAMS];
  if (frame->type == H2_SETTINGS && !(frame->flags & H2_ACK)) {
    h2_put(&link->out, H2_SETTINGS, H2_ACK, 0, NULL, 0);
  } else if (frame->type == H2_PING && !(frame->flags & H2_ACK)) {
    h2_put(&link->out, H2_PING, H2_ACK, 0, frame->data, frame->size);
  } else if (frame->type == H2_GOAWAY) {
    link->gone = 1;
  } else if (stream && frame->type == H2_DATA) {
    if (frame->size) {
      h2_put_window(&link->out, 0, (uint32_t)frame->size);
      h2_put_window(&link->out, frame->stream, (uint32_t)frame->size);
    }
    buffer_add(&stream->rpc_in, frame->data, frame->size);
    while (grpc_take(&stream->rpc_in, &message, &size)) hear_message(stream, message, size);
  }
  if (stream && (frame->type == H2_RESET || (frame->type <= H2_HEADERS && frame->flags & H2_END_STREAM))) {
    seen.lost++;
    stream->speaking = 0;
  }
}

static void serve(Link *link) {
  Frame frame;
  H2Frame rpc;
  int state = receive_all(link->fd, &link->in);
  if (want.mode == NATIVE_GRPC) {
    while (h2_take(&link->in, &rpc)) hear_rpc(link, &rpc);
  } else {
    if (!link->ready) {
      int done = ws_take_handshake(&link->in);
      if (done < 0) link->gone = 1;
      if (done <= 0) goto out;
      link->ready = 1;
      open_stream(link->streams[0]);
    }
    while (ws_take(&link->in, &frame)) hear_frame(link, &frame);
  }
out:
  write_out(link);
  if (state <= 0) link->gone = 1;
  if (link->gone && link->fd >= 0) {
    seen.lost += link->used;
    close(link->fd);
    link->fd = -1;
  }
}

/* --- setting up and reporting */

static Link *connect_link(void) {
  Link *link = calloc(1, sizeof *link);
  if (!link) die("calloc");
  link->fd = connect_to(want.port);
  if (link->fd < 0) die("connect");
  watch(link, EPOLL_CTL_ADD);
  if (want.mode == NATIVE_GRPC) {
    buffer_add(&link->out, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
    h2_put_greeting(&link->out);
  } else {
    ws_ask_handshake(&link->out, want.port, want.path, want.headers);
  }
  write_out(link);
  return link;
}

static void add_stream(Link *link, int number, int64_t start) {
  Stream *stream = calloc(1, sizeof *stream);
  if (!stream) die("calloc");
  stream->link = link;
  stream->id = (uint32_t)link->used * 2 + 1;
  link->streams[want.mode == NATIVE_GRPC ? stream->id / 2 : 0] = stream;
  link->used++;
  if (want.mode == NATIVE_GRPC) {
    open_stream(stream);
    write_out(link);
  }
  int64_t due = start + (int64_t)number * want.period_ms * 1000 / want.streams;
  heap_add(&heap, (Due){due, stream, (uint64_t)due});
}

static void run_due(void) {
  while (heap.used && heap.items[0].when <= now_us()) {
    Due due = heap_take(&heap);
    Stream *stream = due.what;
    int ready = want.mode == NATIVE_GRPC || stream->link->ready;
    if (stream->link->gone) continue;
    if (ready && (int64_t)due.turn < end_us) {
      speak(stream, (int64_t)due.turn);
      write_out(stream->link);
    } else if (!ready) {
      heap_add(&heap, (Due){due.when + 1000, stream, due.turn});
    }
  }
}

static void wait_for_events(int64_t until) {
  struct epoll_event events[512];
  int64_t next = heap.used && heap.items[0].when < until ? heap.items[0].when : until;
  int64_t left = next - now_us();
  struct timespec wait = {left > 0 ? left / 1000000 : 0, left > 0 ? left % 1000000 * 1000 : 0};
  int ready = epoll_pwait2(poll_fd, events, 512, &wait, NULL);
  if (ready < 0 && errno != EINTR) die("epoll_pwait2");
  for (int i = 0; i < ready; i++) {
    Link *link = events[i].data.ptr;
    if (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR))
      serve(link);
    else
      write_out(link);
  }
}

int main(int count, char **given) {
  static const char *const modes[] = {"deepgram", "native", "grpc"};
  if (count < 3) {
    fprintf(stderr, "usage: generator deepgram|native|grpc PORT key=value...\n");
    return 2;
  }
  while (want.mode <= NATIVE_GRPC && strcmp(given[1], modes[want.mode])) want.mode++;
  if (want.mode > NATIVE_GRPC) set(given[1]);
  want.port = atoi(given[2]);
  for (int i = 3; i < count; i++) set(given[i]);
  signal(SIGPIPE, SIG_IGN);
  poll_fd = epoll_create1(EPOLL_CLOEXEC);
  int links = want.mode == NATIVE_GRPC ? want.connections : want.streams;
  links = links < want.streams ? links : want.streams;
  Link **all = calloc((size_t)links, sizeof *all);
  if (!all) die("calloc");
  int64_t start = now_us() + 200000 + links * 2000LL;
  for (int i = 0; i < want.streams; i++) {
    if (i < links) all[i] = connect_link();
    add_stream(all[i % links], i, start);
    wait_for_events(now_us());
  }
  begin_us = start + want.warm_ms * 1000LL;
  end_us = begin_us + want.measure_ms * 1000LL;
  while (now_us() < begin_us) wait_for_events(begin_us), run_due();
  puts("begin"), fflush(stdout);
  double used_s = cpu_s();
  while (now_us() < end_us) wait_for_events(end_us), run_due();
  used_s = cpu_s() - used_s;
  puts("end"), fflush(stdout);
  /* Utterances that were begun in the window are heard to their end. */
  for (int64_t last = end_us + want.period_ms * 2000LL; now_us() < last && seen.spoken + seen.failed < seen.offered;)
    wait_for_events(now_us() + 20000);
  report(used_s);
  return 0;
}
