/* What the parts of the generator share: its settings, its streams, and what it has measured. */
#ifndef LEGATO_GENERATOR_H
#define LEGATO_GENERATOR_H

#include "http2.h"
#include "websocket.h"

enum Mode { DEEPGRAM, NATIVE, NATIVE_GRPC };
enum { BUCKETS = 800, RPC_STREAMS = 4096 };

typedef struct {
  enum Mode mode;
  int port, streams, connections, warm_ms, measure_ms, period_ms, first_ms, chunk_ms, pace, audio_ms, cancel_ms;
  const char *path, *voice, *headers;
} Settings;
extern Settings want;
/* Takes key=value; ends the process if there is no such key. */
void set(const char *text);

/* Microseconds in buckets 2.5 % wide, up to six minutes. */
typedef struct {
  uint64_t counts[BUCKETS], total;
} Times;
void times_add(Times *times, int64_t us);

typedef struct {
  Times ttfb, transit, cancel;
  long offered, spoken, failed, lost, underruns, stale, messages;
  double gap_ms, audio_ms;
} Figures;
extern Figures seen;
extern int64_t begin_us, end_us;
/* Whether something that was due at this time counts. */
static inline int measured(int64_t when) { return when >= begin_us && when < end_us; }
double cpu_s(void);
/* Prints one line of JSON. */
void report(double used_s);

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

/* These only add to the link's buffer; its next write sends it. */
void open_stream(Stream *stream);
void speak(Stream *stream, int64_t due);
void cancel(Stream *stream);

#endif
