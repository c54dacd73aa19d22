/* What the peers written in C share: talking to the driver (see wire.py for the protocol),
 * flush-to-zero, IDX files, random numbers. */
#ifndef PEER_H
#define PEER_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <zlib.h>
#if defined(__SSE__)
#include <xmmintrin.h>
#endif

/* Denormal numbers are flushed to zero, in this thread and those it starts from now on. */
static inline void flush_denormals(void) {
#if defined(__SSE__)
  _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
}

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void answer(const char *format, double value) {
  char line[64];
  int size = snprintf(line, sizeof line, format, value);
  if (write(atoi(getenv("NNC_BENCH_PIPE")), line, (size_t)size) != size)
    exit(1);
}

/* `run` makes that many steps and returns their mean loss. */
static inline int serve(double (*run)(long steps)) {
  char command[16];
  long steps;
  run(1);
  answer("first %.0f\n", 1);
  while (scanf("%15s %ld", command, &steps) == 2) {
    double begin = seconds(), loss = run(steps);
    if (command[0] == 'r')
      answer("ran %.9f\n", seconds() - begin);
    else
      answer("learned %.9g\n", loss);
  }
  return 0;
}

static inline void *allocate(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
  if (!memory)
    exit(1);
  memset(memory, 0, bytes);
  return memory;
}

/* The bytes of an IDX file, which must hold `size` for each item; the number of items in *items. */
static inline unsigned char *read_idx(const char *folder, const char *name, long size,
                                      long *items) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  gzFile file = gzopen(path, "rb"); /* reads plain files as they are */
  unsigned char head[4], sizes[4];
  if (!file || gzread(file, head, 4) != 4 || head[2] != 8) {
    fprintf(stderr, "%s is not an IDX file of bytes\n", path);
    exit(1);
  }
  long count = 0, each = 1;
  for (int d = 0; d < head[3]; ++d) {
    if (gzread(file, sizes, 4) != 4)
      exit(1);
    long n = (long)sizes[0] << 24 | sizes[1] << 16 | sizes[2] << 8 | sizes[3];
    if (d == 0)
      count = n;
    else
      each *= n;
  }
  unsigned char *data = allocate((size_t)(count * size));
  if (each != size || gzread(file, data, (unsigned)(count * size)) != count * size) {
    fprintf(stderr, "%s does not hold items of %ld bytes\n", path, size);
    exit(1);
  }
  gzclose(file);
  *items = count;
  return data;
}

/* splitmix64 (Steele, Lea and Flood, 2014). */
static uint64_t random_state = 1;
static inline uint64_t random_word(void) {
  uint64_t z = random_state += 0x9e3779b97f4a7c15u;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
  z = (z ^ z >> 27) * 0x94d049bb133111ebu;
  return z ^ z >> 31;
}
static inline float random_uniform(void) { return (float)(random_word() >> 40) * 0x1p-24f; }

#endif
