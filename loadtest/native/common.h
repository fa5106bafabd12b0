/* What the fake vendor and the generator share: time, growing buffers, sockets, time stamps in the audio. */
#ifndef LEGATO_COMMON_H
#define LEGATO_COMMON_H

#include <stddef.h>
#include <stdint.h>

enum { RATE_HZ = 24000, SAMPLE_BYTES = 2, STAMP_BYTES = 8 };

typedef struct {
  uint8_t *data;
  size_t used, size, read; /* bytes [read, used) are not processed yet */
} Buffer;

int64_t now_us(void);
_Noreturn void die(const char *what);

void buffer_add(Buffer *buffer, const void *data, size_t size);
uint8_t *buffer_room(Buffer *buffer, size_t size);
void buffer_eat(Buffer *buffer, size_t size);
void buffer_free(Buffer *buffer);
static inline size_t buffer_left(const Buffer *buffer) { return buffer->used - buffer->read; }
static inline uint8_t *buffer_head(const Buffer *buffer) { return buffer->data + buffer->read; }

int listen_on(int port);
int connect_to(int port);
void set_up_socket(int fd);
/* 1: more may come, 0: the peer has closed, -1: error. */
int receive_all(int fd, Buffer *in);
/* Sends as much as it can; -1: error. */
int send_some(int fd, Buffer *out);

/* A min-heap of (when, what). */
typedef struct {
  int64_t when;
  void *what;
  uint64_t turn; /* identifies stale timers */
} Due;
typedef struct {
  Due *items;
  size_t used, size;
} Heap;
void heap_add(Heap *heap, Due due);
Due heap_take(Heap *heap);
/* Milliseconds for epoll_wait until the first item is due; -1 if there is none. */
int heap_wait_ms(const Heap *heap);

#endif
