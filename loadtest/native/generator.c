/* Many listeners: opens streams, has utterances spoken on a fixed schedule, and says how long everything took.
 *
 *   generator MODE PORT key=value...
 *
 * MODE is deepgram, native or grpc. Prints "begin" and "end" at the edges of the measured window, then one line of JSON.
 * An utterance whose turn came while the one before it was still being spoken is timed from its turn, so that a slow gateway cannot
 * hide behind its own slowness.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "http2.h"
#include "websocket.h"

enum Mode { DEEPGRAM, NATIVE, NATIVE_GRPC };
enum { NATIVE_HEAD = 24, BUCKETS = 600, RPC_STREAMS = 4096, JITTER_US = 20000 /* what any listener's buffer rides out */ };

static struct {
  enum Mode mode;
  int port, streams, connections, warm_ms, measure_ms, period_ms, first_ms, chunk_ms, pace, audio_ms, cancel_ms;
  const char *path, *voice, *headers;
} want = {.streams = 1, .connections = 8, .warm_ms = 1000, .measure_ms = 5000, .period_ms = 4000, .first_ms = 0,
          .chunk_ms = 40, .pace = 1, .audio_ms = 3000, .path = "/v1/stream", .voice = "bench", .headers = ""};

/* Microseconds in buckets 2.5 % wide. */
typedef struct {
  uint64_t counts[BUCKETS], total;
} Times;

static void times_add(Times *times, int64_t us) {
  int bucket = us < 1 ? 0 : (int)(log((double)us) / log(1.025));
  times->counts[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
  times->total++;
}

static double times_ms(const Times *times, double share) {
  uint64_t seen = 0, goal = (uint64_t)ceil((double)times->total * share);
  if (!times->total) return -1;
  for (int bucket = 0; bucket < BUCKETS; bucket++)
    if ((seen += times->counts[bucket]) >= goal) return pow(1.025, bucket + 0.5) / 1000;
  return -1;
}

typedef struct Link Link;
typedef struct {
  Link *link;
  uint32_t id;   /* gRPC stream */
  Buffer rpc_in;
  int number, speaking, open, cancelled;
  int64_t due, sent, first_at, plays_until, cancel_at;
  size_t offset; /* bytes of audio of this utterance so far */
} Stream;

struct Link {
  int fd, ready, gone, wants_out, used;
  Buffer in, out;
  Stream *streams[RPC_STREAMS];
};

static int poll_fd;
static Heap heap;
static int64_t begin_us, end_us;
static Times ttfb, transit, cancel_times;
static struct {
  long offered, spoken, failed, lost, underruns, stale;
  double gap_ms, audio_ms;
  long messages;
} seen;

static int measured(int64_t when) { return when >= begin_us && when < end_us; }

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

/* --- what is asked for */

static int put_words(char *text, size_t size) {
  return snprintf(text, size, "d%dc%dp%da%d says the voice of the vendor.", want.first_ms, want.chunk_ms, want.pace,
                  want.audio_ms);
}

/* A request with up to two strings: field `kind` of the message holds fields `first` and `first + 1`. */
static void put_grpc(Stream *stream, int kind, int first, const char *one, const char *two) {
  uint8_t inner[1024], message[1100];
  size_t used = 0, head;
  const char *texts[] = {one, two};
  for (int i = 0; i < 2; i++) {
    if (!texts[i]) continue;
    size_t size = strlen(texts[i]);
    used += proto_put_head(inner + used, first + i, size);
    memcpy(inner + used, texts[i], size);
    used += size;
  }
  if (kind == 2) { /* Open: audio_format { encoding: PCM_S16LE = 1, sample_rate_hz }; max_lead_ms: -1 */
    static const uint8_t rest[] = {0x12, 6, 0x08, 1, 0x10, 0xc0, 0xbb, 0x01, 0x28, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                   0xff, 0xff, 0x01};
    memcpy(inner + used, rest, sizeof rest);
    used += sizeof rest;
  }
  head = proto_put_head(message + 5, kind, used);
  memcpy(message + 5 + head, inner, used);
  message[0] = 0;
  for (int i = 0; i < 4; i++) message[1 + i] = (uint8_t)((head + used) >> (24 - 8 * i));
  h2_put(&stream->link->out, H2_DATA, 0, stream->id, message, 5 + head + used);
}

static void put_text(Stream *stream, const char *text) {
  ws_put(&stream->link->out, WS_TEXT, text, strlen(text), 1);
}

static void open_stream(Stream *stream) {
  char text[512];
  stream->open = 1;
  if (want.mode == NATIVE) {
    snprintf(text, sizeof text,
             "{\"open\":{\"voice\":\"%s\",\"audioFormat\":{\"encoding\":\"ENCODING_PCM_S16LE\",\"sampleRateHz\":24000},"
             "\"maxLeadMs\":-1}}",
             want.voice);
    put_text(stream, text);
  } else if (want.mode == NATIVE_GRPC) {
    h2_put_request(&stream->link->out, stream->id, want.port, "/legato.v1.SpeechService/Stream");
    put_grpc(stream, 2, 1, want.voice, NULL);
  }
}

static void speak(Stream *stream, int64_t due) {
  char words[128], id[16], text[512];
  int64_t now = now_us();
  stream->number++;
  stream->speaking = 1;
  stream->cancelled = 0;
  stream->due = due;
  stream->sent = now;
  stream->first_at = 0;
  stream->offset = 0;
  if (measured(due)) seen.offered++;
  put_words(words, sizeof words);
  snprintf(id, sizeof id, "u%d", stream->number);
  if (want.mode == NATIVE_GRPC) {
    put_grpc(stream, 4, 1, id, words);
    put_grpc(stream, 6, 1, id, NULL);
  } else if (want.mode == NATIVE) {
    snprintf(text, sizeof text, "{\"text\":{\"utteranceId\":\"%s\",\"text\":\"%s\"}}", id, words);
    put_text(stream, text);
    snprintf(text, sizeof text, "{\"end\":{\"utteranceId\":\"%s\"}}", id);
    put_text(stream, text);
  } else {
    snprintf(text, sizeof text, "{\"type\":\"Speak\",\"text\":\"%s\"}", words);
    put_text(stream, text);
    put_text(stream, "{\"type\":\"Flush\"}");
  }
  write_out(stream->link);
}

static void cancel(Stream *stream) {
  char id[16], text[64];
  snprintf(id, sizeof id, "u%d", stream->number);
  snprintf(text, sizeof text, "{\"cancel\":{\"utteranceId\":\"%s\"}}", id);
  stream->cancelled = 1;
  stream->cancel_at = now_us();
  if (want.mode == NATIVE)
    put_text(stream, text);
  else
    put_grpc(stream, 7, 1, id, NULL);
  write_out(stream->link);
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
    if (counts) times_add(&ttfb, now - stream->due);
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
    if (counts && stamp > 0 && stamp <= now) times_add(&transit, now - stamp);
  }
  stream->offset += size;
  if (counts) {
    seen.messages++;
    seen.audio_ms += (double)length_us / 1000;
  }
  if (want.cancel_ms && !stream->cancelled && now - stream->first_at >= want.cancel_ms * 1000) cancel(stream);
}

static void finished(Stream *stream, int well) {
  if (!stream->speaking) return;
  stream->speaking = 0;
  if (stream->cancelled && measured(stream->due)) times_add(&cancel_times, now_us() - stream->cancel_at);
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
    if (holds(frame, "\"Flushed\"") || holds(frame, "\"utteranceFinished\"") || holds(frame, "\"utteranceCancelled\""))
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

static double cpu_s(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void print_times(const char *name, const Times *times) {
  printf("\"%s\":{\"n\":%lu,\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f,\"max\":%.3f},", name, (unsigned long)times->total,
         times_ms(times, 0.5), times_ms(times, 0.95), times_ms(times, 0.99), times_ms(times, 1));
}

static void report(double used_s) {
  printf("{");
  print_times("ttfb_ms", &ttfb);
  print_times("transit_ms", &transit);
  print_times("cancel_ms", &cancel_times);
  printf("\"offered\":%ld,\"spoken\":%ld,\"failed\":%ld,\"lost_streams\":%ld,\"underruns\":%ld,\"gap_ms\":%.1f,"
         "\"stale_chunks\":%ld,\"messages\":%ld,\"audio_s\":%.3f,\"cpu_s\":%.3f}\n",
         seen.offered, seen.spoken, seen.failed, seen.lost, seen.underruns, seen.gap_ms, seen.stale, seen.messages,
         seen.audio_ms / 1000, used_s);
}

static void set(const char *text) {
  struct {
    const char *name;
    int *number;
    const char **text;
  } known[] = {{"streams", &want.streams, 0},     {"connections", &want.connections, 0}, {"warm_ms", &want.warm_ms, 0},
               {"measure_ms", &want.measure_ms, 0}, {"period_ms", &want.period_ms, 0},     {"first_ms", &want.first_ms, 0},
               {"chunk_ms", &want.chunk_ms, 0},   {"pace", &want.pace, 0},               {"audio_ms", &want.audio_ms, 0},
               {"cancel_ms", &want.cancel_ms, 0}, {"path", 0, &want.path},               {"voice", 0, &want.voice},
               {"headers", 0, &want.headers}};
  size_t name = strcspn(text, "=");
  for (size_t i = 0; text[name] && i < sizeof known / sizeof *known; i++) {
    if (strlen(known[i].name) != name || strncmp(text, known[i].name, name)) continue;
    if (known[i].number)
      *known[i].number = atoi(text + name + 1);
    else
      *known[i].text = text + name + 1;
    return;
  }
  fprintf(stderr, "generator: %s is none of its settings\n", text);
  exit(2);
}

static void run_due(void) {
  while (heap.used && heap.items[0].when <= now_us()) {
    Due due = heap_take(&heap);
    Stream *stream = due.what;
    int ready = want.mode == NATIVE_GRPC || stream->link->ready;
    if (stream->link->gone) continue;
    if (ready && (int64_t)due.turn < end_us)
      speak(stream, (int64_t)due.turn);
    else if (!ready)
      heap_add(&heap, (Due){due.when + 1000, stream, due.turn});
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
  /* What was begun in the window is heard to its end. */
  for (int64_t last = end_us + want.period_ms * 2000LL; now_us() < last && seen.spoken + seen.failed < seen.offered;)
    wait_for_events(now_us() + 20000);
  report(used_s);
  return 0;
}
