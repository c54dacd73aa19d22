/* What the two perceptrons in C share: the rows and their order, products by oneDNN's sgemm,
 * softmax with cross-entropy. All matrices are row-major; weights are [in, out]. */
#ifndef MLP_H
#define MLP_H

#include "peer.h"

#include <math.h>
#include <oneapi/dnnl/dnnl.h>

enum { IN = 784, CLASSES = 10 };

static float *rows, *batch_x;
static unsigned char *labels;
static long count, at;
static int *order, *batch_y;

static void load(const char *folder, int batch) {
  unsigned char *pixels = read_idx(folder, "digits-images.idx", IN, &count);
  labels = read_idx(folder, "digits-labels.idx", 1, &count);
  rows = allocate(sizeof(float) * (size_t)count * IN);
  for (long i = 0; i < count * IN; ++i)
    rows[i] = (float)pixels[i] / 255;
  free(pixels);
  order = allocate(sizeof(int) * (size_t)count);
  for (long i = 0; i < count; ++i)
    order[i] = (int)i;
  batch_x = allocate(sizeof(float) * (size_t)batch * IN);
  batch_y = allocate(sizeof(int) * (size_t)batch);
  at = count;
}

/* The next batch in batch_x and batch_y; rows are shuffled anew (Fisher and Yates) for each pass.
 */
static void next_batch(int batch) {
  if (at + batch > count) {
    for (long i = count - 1; i > 0; --i) {
      long j = (long)(random_word() % (uint64_t)(i + 1));
      int row = order[i];
      order[i] = order[j], order[j] = row;
    }
    at = 0;
  }
#pragma omp parallel for
  for (int i = 0; i < batch; ++i) {
    memcpy(batch_x + (long)i * IN, rows + (long)order[at + i] * IN, sizeof(float) * IN);
    batch_y[i] = labels[order[at + i]];
  }
  at += batch;
}

/* c [m, n] = a b; a is [m, k], or with 'T' [k, m]; b is [k, n], or with 'T' [n, k]. */
static void product(char ta, char tb, long m, long n, long k, const float *a, const float *b,
                    float *c) {
  if (dnnl_sgemm(ta, tb, m, n, k, 1, a, ta == 'T' ? m : k, b, tb == 'T' ? k : n, 0, c, n) !=
      dnnl_success)
    exit(1);
}

/* Scores z [batch, CLASSES] and batch_y; leaves the gradient of the mean loss in z and returns that
 * loss. */
static float cross_entropy(float *z, int batch) {
  float total = 0;
  for (int i = 0; i < batch; ++i) {
    float *row = z + i * CLASSES, most = row[0], sum = 0, e[CLASSES];
    for (int j = 1; j < CLASSES; ++j)
      most = fmaxf(most, row[j]);
    for (int j = 0; j < CLASSES; ++j)
      sum += e[j] = expf(row[j] - most);
    total += logf(sum) + most - row[batch_y[i]];
    for (int j = 0; j < CLASSES; ++j)
      row[j] = e[j] / sum / (float)batch;
    row[batch_y[i]] -= 1 / (float)batch;
  }
  return total / (float)batch;
}

static void add_bias(float *z, const float *bias, int batch, int units) {
  for (int i = 0; i < batch; ++i)
    for (int j = 0; j < units; ++j)
      z[i * units + j] += bias[j];
}

/* sums[j] = the sum over rows of column j. */
static void column_sums(const float *z, float *sums, int batch, int units) {
  memset(sums, 0, sizeof(float) * (size_t)units);
  for (int i = 0; i < batch; ++i)
    for (int j = 0; j < units; ++j)
      sums[j] += z[i * units + j];
}

/* Uniform with variance 2 / (in + out) (Glorot and Bengio, 2010). */
static void glorot(float *w, long in, long out) {
  for (long i = 0; i < in * out; ++i)
    w[i] = (2 * random_uniform() - 1) * sqrtf(6 / (float)(in + out));
}

#endif
