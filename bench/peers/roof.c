/* The machine's roof for f32: multiply-adds on registers alone, on OMP_NUM_THREADS threads. A step
 * is 2^26 floating-point operations on each thread. */
#include "peer.h"

#if defined(__AVX512F__)
enum { LANES = 16, SUMS = 16 };
#elif defined(__AVX__)
enum { LANES = 8, SUMS = 8 };
#else
enum { LANES = 4, SUMS = 8 };
#endif
#if defined(__x86_64__)
#define REGISTER "v"
#else
#define REGISTER "w"
#endif
typedef float vector __attribute__((vector_size(4 * LANES)));

static double run(long steps) {
#pragma omp parallel
  {
    /* Values that the compiler knows nothing of, so that it can compute, share or leave out
     * nothing. */
    vector sums[SUMS] = {}, x = {}, y = {};
    for (int j = 0; j < SUMS; ++j)
      __asm__ volatile("" : "+" REGISTER(sums[j]));
    for (long i = 0; i < steps * ((1L << 26) / (2 * LANES * SUMS)); ++i) {
      __asm__ volatile("" : "+" REGISTER(x), "+" REGISTER(y));
#pragma GCC unroll 16
      for (int j = 0; j < SUMS; ++j)
        sums[j] = sums[j] * x + y;
    }
    for (int j = 0; j < SUMS; ++j)
      __asm__ volatile("" : : REGISTER(sums[j]));
  }
  return 0;
}

int main(void) { return serve(run); }
