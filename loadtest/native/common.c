#define _GNU_SOURCE
#include "common.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

int64_t now_us(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

_Noreturn void die(const char *what) {
  perror(what);
  exit(1);
}

uint8_t *buffer_room(Buffer *buffer, size_t size) {
  if (buffer->read == buffer->used) buffer->read = buffer->used = 0;
  if (buffer->used + size > buffer->size && buffer->read > 0) {
    memmove(buffer->data, buffer_head(buffer), buffer_left(buffer));
    buffer->used -= buffer->read;
    buffer->read = 0;
  }
  if (buffer->used + size > buffer->size) {
    buffer->size = (buffer->used + size) * 2;
    buffer->data = realloc(buffer->data, buffer->size);
    if (!buffer->data) die("realloc");
  }
  return buffer->data + buffer->used;
}

void buffer_add(Buffer *buffer, const void *data, size_t size) {
  memcpy(buffer_room(buffer, size), data, size);
  buffer->used += size;
}

void buffer_eat(Buffer *buffer, size_t size) { buffer->read += size; }

void buffer_free(Buffer *buffer) {
  free(buffer->data);
  *buffer = (Buffer){0};
}

void set_up_socket(int fd) {
  int on = 1;
  /* Without TCP_NODELAY this would measure the 40 ms of a delayed acknowledgement, not the gateway. */
  if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on)) die("TCP_NODELAY");
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
  struct sockaddr_in address = loopback(port);
  if (fd < 0) die("socket");
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address)) die("bind");
  if (listen(fd, 4096)) die("listen");
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return fd;
}

int connect_to(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = loopback(port);
  if (fd < 0) die("socket");
  if (connect(fd, (struct sockaddr *)&address, sizeof address)) {
    close(fd);
    return -1;
  }
  set_up_socket(fd);
  return fd;
}

int receive_all(int fd, Buffer *in) {
  for (;;) {
    ssize_t got = recv(fd, buffer_room(in, 65536), 65536, 0);
    if (got > 0) {
      in->used += (size_t)got;
      if (got < 65536) return 1;
    } else if (got == 0) {
      return 0;
    } else if (errno == EAGAIN || errno == EINTR) {
      return 1;
    } else {
      return -1;
    }
  }
}

int send_some(int fd, Buffer *out) {
  while (buffer_left(out)) {
    ssize_t sent = send(fd, buffer_head(out), buffer_left(out), MSG_NOSIGNAL);
    if (sent >= 0)
      buffer_eat(out, (size_t)sent);
    else if (errno == EAGAIN)
      return 0;
    else if (errno != EINTR)
      return -1;
  }
  return 0;
}

void heap_add(Heap *heap, Due due) {
  if (heap->used == heap->size) {
    heap->size = heap->size ? heap->size * 2 : 1024;
    heap->items = realloc(heap->items, heap->size * sizeof(Due));
    if (!heap->items) die("realloc");
  }
  size_t at = heap->used++;
  while (at && heap->items[(at - 1) / 2].when > due.when) {
    heap->items[at] = heap->items[(at - 1) / 2];
    at = (at - 1) / 2;
  }
  heap->items[at] = due;
}

Due heap_take(Heap *heap) {
  Due first = heap->items[0], last = heap->items[--heap->used];
  size_t at = 0;
  for (size_t child; (child = 2 * at + 1) < heap->used; at = child) {
    if (child + 1 < heap->used && heap->items[child + 1].when < heap->items[child].when) child++;
    if (heap->items[child].when >= last.when) break;
    heap->items[at] = heap->items[child];
  }
  heap->items[at] = last;
  return first;
}

int heap_wait_ms(const Heap *heap) {
  if (!heap->used) return -1;
  int64_t left = heap->items[0].when - now_us();
  return left <= 0 ? 0 : (int)((left + 999) / 1000);
}
