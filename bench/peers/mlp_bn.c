/* c) 784-1024-1024-10, each hidden layer with batch norm, ReLU and dropout of a half, batch 128,
 * momentum: oneDNN's sgemm for the products; what lies between two products is one pass over
 * columns that stay in the first-level cache. */
#include "mlp.h"

enum { B = 128, H = 1024, COLUMNS = 32 };
enum { W1 = 0, W2 = W1 + IN * H, W3 = W2 + H * H, SMALL = W3 + H * CLASSES };
enum { BIAS, GAMMA, BETA, EACH }; /* the small parameters of a hidden layer, H of each */
enum { B3 = SMALL + 2 * EACH * H, ALL = B3 + CLASSES };

static float *theta, *grad, *velocity;
static float *z[2], *a[2], *d[2],
    *z3; /* a hidden layer's product (then its normalised values), output, and gradient */
static float mean_[2][H], var_[2][H], scale[2][H];
static uint32_t drawn;

/* A hash of a counter: every bit of the result depends on every bit of x (the finalizer of
 * MurmurHash3). */
static inline uint32_t mixed(uint32_t x) {
  x = (x ^ x >> 16) * 0x85ebca6bu;
  x = (x ^ x >> 13) * 0xc2b2ae35u;
  return x ^ x >> 16;
}

static void forward(int layer) {
  const float *small = theta + SMALL + layer * EACH * H;
  uint32_t base = drawn;
  drawn += B * H;
#pragma omp parallel for
  for (int from = 0; from < H; from += COLUMNS) {
    float mean[COLUMNS] = {0}, var[COLUMNS] = {0}, *zs = z[layer] + from, *as = a[layer] + from;
    const float *bias = small + BIAS * H + from, *gamma = small + GAMMA * H + from,
                *beta = small + BETA * H + from;
    for (int i = 0; i < B; ++i)
      for (int j = 0; j < COLUMNS; ++j)
        mean[j] += zs[i * H + j] += bias[j];
    for (int j = 0; j < COLUMNS; ++j)
      mean[j] /= B;
    for (int i = 0; i < B; ++i)
      for (int j = 0; j < COLUMNS; ++j)
        var[j] += (zs[i * H + j] - mean[j]) * (zs[i * H + j] - mean[j]);
    for (int j = 0; j < COLUMNS; ++j) {
      var[j] /= B;
      mean_[layer][from + j] = 0.9f * mean_[layer][from + j] + 0.1f * mean[j];
      var_[layer][from + j] = 0.9f * var_[layer][from + j] + 0.1f * var[j];
      var[j] = scale[layer][from + j] = 1 / sqrtf(var[j] + 1e-5f);
    }
    for (int i = 0; i < B; ++i)
      for (int j = 0; j < COLUMNS; ++j) {
        float x = (zs[i * H + j] - mean[j]) * var[j], y = fmaxf(gamma[j] * x + beta[j], 0);
        zs[i * H + j] = x;
        as[i * H + j] = mixed(base + (uint32_t)(i * H + from + j)) >> 31 ? 2 * y : 0;
      }
  }
}

/* d[layer] holds the gradient of the output, then of the product; a > 0 says where both ReLU and
 * dropout let it pass. */
static void backward(int layer) {
  const float *small = theta + SMALL + layer * EACH * H;
  float *gradients = grad + SMALL + layer * EACH * H;
#pragma omp parallel for
  for (int from = 0; from < H; from += COLUMNS) {
    float sum[COLUMNS] = {0}, along[COLUMNS] = {0}, factor[COLUMNS], bias[COLUMNS] = {0};
    float *ds = d[layer] + from;
    const float *xs = z[layer] + from, *as = a[layer] + from;
    for (int i = 0; i < B; ++i)
      for (int j = 0; j < COLUMNS; ++j) {
        float y = as[i * H + j] > 0 ? 2 * ds[i * H + j] : 0;
        ds[i * H + j] = y;
        sum[j] += y;
        along[j] += y * xs[i * H + j];
      }
    for (int j = 0; j < COLUMNS; ++j) {
      gradients[GAMMA * H + from + j] = along[j];
      gradients[BETA * H + from + j] = sum[j];
      factor[j] = small[GAMMA * H + from + j] * scale[layer][from + j];
      sum[j] /= B, along[j] /= B;
    }
    for (int i = 0; i < B; ++i)
      for (int j = 0; j < COLUMNS; ++j)
        bias[j] += ds[i * H + j] = factor[j] * (ds[i * H + j] - sum[j] - xs[i * H + j] * along[j]);
    memcpy(gradients + BIAS * H + from, bias, sizeof bias);
  }
}

static void momentum(void) {
  const float lr = 0.01f, rho = 0.9f;
#pragma omp parallel for simd
  for (int i = 0; i < ALL; ++i) {
    velocity[i] = rho * velocity[i] + grad[i];
    theta[i] -= lr * velocity[i];
  }
}

static double run(long steps) {
  double total = 0;
  for (long step = 0; step < steps; ++step) {
    next_batch(B);
    product('N', 'N', B, H, IN, batch_x, theta + W1, z[0]);
    forward(0);
    product('N', 'N', B, H, H, a[0], theta + W2, z[1]);
    forward(1);
    product('N', 'N', B, CLASSES, H, a[1], theta + W3, z3);
    add_bias(z3, theta + B3, B, CLASSES);
    total += cross_entropy(z3, B);
    product('T', 'N', H, CLASSES, B, a[1], z3, grad + W3);
    column_sums(z3, grad + B3, B, CLASSES);
    product('N', 'T', B, H, CLASSES, z3, theta + W3, d[1]);
    backward(1);
    product('T', 'N', H, H, B, a[0], d[1], grad + W2);
    product('N', 'T', B, H, H, d[1], theta + W2, d[0]);
    backward(0);
    product('T', 'N', IN, H, B, batch_x, d[0], grad + W1);
    momentum();
  }
  return total / (double)steps;
}

int main(int argc, char **argv) {
  flush_denormals();
  load(argc > 1 ? argv[1] : ".", B);
  float **all[] = {&theta, &grad, &velocity},
        **blocks[] = {&z[0], &z[1], &a[0], &a[1], &d[0], &d[1]};
  for (int i = 0; i < 3; ++i)
    *all[i] = allocate(sizeof(float) * ALL);
  for (int i = 0; i < 6; ++i)
    *blocks[i] = allocate(sizeof(float) * B * H);
  z3 = allocate(sizeof(float) * B * CLASSES);
  glorot(theta + W1, IN, H);
  glorot(theta + W2, H, H);
  glorot(theta + W3, H, CLASSES);
  for (int layer = 0; layer < 2; ++layer)
    for (int j = 0; j < H; ++j)
      theta[SMALL + (layer * EACH + GAMMA) * H + j] = 1;
  return serve(run);
}
