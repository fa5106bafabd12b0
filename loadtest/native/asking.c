/* What the generator asks for, in each of its languages. */
#include <stdio.h>
#include <string.h>

#include "generator.h"

/* What the vendor is to do is one word of a sentence: v, then numbers with letters for digits, joined by x. With digits it would be
 * read as a code, which costs more than what agents mostly say. */
static int put_words(char *text, size_t size) {
  int used = snprintf(text, size, "v%dx%dx%dx%d", want.first_ms, want.chunk_ms, want.pace, want.audio_ms);
  for (char *at = text; *at; at++)
    if (*at >= '0' && *at <= '9') *at += 'a' - '0';
  return used + snprintf(text + used, size - used, " says the voice of the vendor.");
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

void open_stream(Stream *stream) {
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

void speak(Stream *stream, int64_t due) {
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
}

void cancel(Stream *stream) {
  char id[16], text[64];
  snprintf(id, sizeof id, "u%d", stream->number);
  snprintf(text, sizeof text, "{\"cancel\":{\"utteranceId\":\"%s\"}}", id);
  stream->cancelled = 1;
  stream->cancel_at = now_us();
  if (want.mode == NATIVE)
    put_text(stream, text);
  else if (want.mode == DEEPGRAM)
    put_text(stream, "{\"type\":\"Clear\"}");
  else
    put_grpc(stream, 7, 1, id, NULL);
}
