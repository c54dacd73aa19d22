/* XOR 2-4-1, batch 4, gradient descent: forward, backward and update by hand, everything in
 * registers. The sixteen activations of the hidden layer (4 examples of 4 units) are the lanes of
 * one vector, and each weight stands in the lanes that need it. */
#include "peer.h"

#include <math.h>

enum { B = 4, H = 4 };

typedef float wide __attribute__((vector_size(64)));   /* lane 4 j + n: unit j of example n */
typedef float narrow __attribute__((vector_size(16))); /* lane n: example n */
typedef int wide_int __attribute__((vector_size(64)));
typedef int narrow_int __attribute__((vector_size(16)));

/* e^x: 2^n p(r) with x = n ln 2 + r, and the polynomial of Cephes' expf; for |x| < 80. */
#define EXP(vector, vector_int)                                                                    \
  static inline vector exp_##vector(vector x) {                                                    \
    vector shifted = x * 1.44269504f + 12582912.0f,                                                \
           n = shifted - 12582912.0f; /* 1.5 * 2^23 rounds to whole numbers */                     \
    vector r = x - n * 0.693359375f + n * 2.12194440e-4f;                                          \
    vector p = r * 1.9875691500e-4f + 1.3981999507e-3f;                                            \
    p = p * r + 8.3334519073e-3f;                                                                  \
    p = p * r + 4.1665795894e-2f;                                                                  \
    p = p * r + 1.6666665459e-1f;                                                                  \
    p = p * r + 5.0000001201e-1f;                                                                  \
    p = p * r * r + r + 1;                                                                         \
    return p * (vector)(((vector_int)shifted << 23) + 0x3f800000);                                 \
  }
EXP(wide, wide_int)
EXP(narrow, narrow_int)

/* log(1 + e) for 0 <= e <= 1: 2 artanh(s) with s = e / (2 + e) <= 1/3, by its series (Abramowitz
 * and Stegun 4.1.27). */
static inline narrow log_one_plus(narrow e) {
  narrow s = e / (e + 2), q = s * s;
  narrow p = q * (1.0f / 11) + 1.0f / 9;
  p = p * q + 1.0f / 7;
  p = p * q + 0.2f;
  p = p * q + 1.0f / 3;
  return 2 * s * (p * q + 1);
}

/* Lane by lane `then` where `mask` is set; C has no `? :` for vectors. */
#define SELECT(vector, mask, then, other)                                                          \
  ((vector)(((mask) & (vector##_int)(then)) | (~(mask) & (vector##_int)(other))))

static inline wide clamp(wide x, float limit) {
  wide high = (wide){} + limit;
  x = SELECT(wide, x > high, high, x);
  return SELECT(wide, x < -high, -high, x);
}

/* The sum over the units of each example. */
static inline narrow over_units(wide x) {
  return __builtin_shufflevector(x, x, 0, 1, 2, 3) + __builtin_shufflevector(x, x, 4, 5, 6, 7) +
         (__builtin_shufflevector(x, x, 8, 9, 10, 11) +
          __builtin_shufflevector(x, x, 12, 13, 14, 15));
}

/* The sum over the examples of each unit, in all its lanes. */
static inline wide over_examples(wide x) {
  x += __builtin_shufflevector(x, x, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
  return x + __builtin_shufflevector(x, x, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
}

static wide w0, w1, b1, w2;
static narrow b2;

static double run(long steps) {
  const wide x0 = {0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1},
             x1 = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1};
  const narrow y = {0, 1, 1, 0};
  const float lr = 0.5f;
  wide wa = w0, wb = w1, b = b1, v = w2;
  narrow c = b2, total = {};
  double sum = 0;
  for (long step = 0; step < steps; ++step) {
    wide e = exp_wide(clamp(2 * (wa * x0 + wb * x1 + b), 18)); /* tanh is 1 beyond 9 */
    wide h = 1 - 2 / (e + 1);
    narrow z = over_units(h * v) + c;
    narrow_int negative = z < 0;
    narrow size = SELECT(narrow, negative, -z, z),
           small = exp_narrow(SELECT(narrow, size > 80, (narrow){} - 80, -size));
    total += size * 0.5f + z * 0.5f - z * y + log_one_plus(small);
    narrow p = SELECT(narrow, negative, small, (narrow){} + 1) / (small + 1);
    narrow d = (p - y) * (1.0f / B);
    wide dd = __builtin_shufflevector(d, d, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3);
    wide dz = dd * v * (1 - h * h);
    v -= lr * over_examples(dd * h);
    wa -= lr * over_examples(dz * x0);
    wb -= lr * over_examples(dz * x1);
    b -= lr * over_examples(dz);
    c -= lr * (d[0] + d[1] + (d[2] + d[3]));
    if (step % 1024 == 1023) { /* so that f32 sums do not lose what is small */
      sum += total[0] + total[1] + total[2] + total[3];
      total = (narrow){};
    }
  }
  w0 = wa, w1 = wb, b1 = b, w2 = v, b2 = c;
  return (sum + total[0] + total[1] + total[2] + total[3]) / (B * (double)steps);
}

int main(void) {
  flush_denormals();
  for (int j = 0; j < H; ++j) { /* Glorot: sqrt(6 / (2 + 4)), sqrt(6 / (4 + 1)) */
    float a = 2 * random_uniform() - 1, b = 2 * random_uniform() - 1,
          c = (2 * random_uniform() - 1) * 1.0954451f;
    for (int n = 0; n < B; ++n)
      w0[4 * j + n] = a, w1[4 * j + n] = b, w2[4 * j + n] = c;
  }
  return serve(run);
}
