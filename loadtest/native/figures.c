/* The generator's settings, and its report of what it has measured. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "generator.h"

Settings want = {.streams = 1, .connections = 8, .warm_ms = 1000, .measure_ms = 5000, .period_ms = 4000, .first_ms = 0,
                 .chunk_ms = 40, .pace = 1, .audio_ms = 3000, .path = "/v1/stream", .voice = "bench", .headers = ""};
Figures seen;
int64_t begin_us, end_us;

void set(const char *text) {
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
  fprintf(stderr, "generator: unknown setting %s\n", text);
  exit(2);
}

void times_add(Times *times, int64_t us) {
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

double cpu_s(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
         (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void print_times(const char *name, const Times *times) {
  printf("\"%s\":{\"n\":%lu,\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f,\"max\":%.3f},", name, (unsigned long)times->total,
         times_ms(times, 0.5), times_ms(times, 0.95), times_ms(times, 0.99), times_ms(times, 1));
}

void report(double used_s) {
  printf("{");
  print_times("ttfb_ms", &seen.ttfb);
  print_times("transit_ms", &seen.transit);
  print_times("cancel_ms", &seen.cancel);
  printf("\"offered\":%ld,\"spoken\":%ld,\"failed\":%ld,\"lost_streams\":%ld,\"underruns\":%ld,\"gap_ms\":%.1f,"
         "\"stale_chunks\":%ld,\"messages\":%ld,\"audio_s\":%.3f,\"cpu_s\":%.3f}\n",
         seen.offered, seen.spoken, seen.failed, seen.lost, seen.underruns, seen.gap_ms, seen.stale, seen.messages,
         seen.audio_ms / 1000, used_s);
}
