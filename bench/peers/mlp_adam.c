/* b) 784-256-128-10, ReLU, batch 64, Adam: oneDNN's sgemm for the products, everything else fused
 * by hand; all parameters lie side by side, so that Adam is one loop over them. */
#include "mlp.h"

enum { B = 64, H1 = 256, H2 = 128 };
enum {
  W1 = 0,
  W2 = W1 + IN * H1,
  W3 = W2 + H1 * H2,
  B1 = W3 + H2 * CLASSES,
  B2 = B1 + H1,
  B3 = B2 + H2,
  ALL = B3 + CLASSES
};

static float *theta, *grad, *m, *v, *a1, *a2, *z3, *d1, *d2;
static long t;

static void bias_relu(float *z, const float *bias, int units) {
#pragma omp parallel for if (units * B > 16384)
  for (int i = 0; i < B; ++i)
    for (int j = 0; j < units; ++j)
      z[i * units + j] = fmaxf(z[i * units + j] + bias[j], 0);
}

/* d times the derivative of ReLU, and its column sums: the gradient of the bias. */
static void relu_gradient(float *d, const float *a, float *bias, int units) {
  memset(bias, 0, sizeof(float) * (size_t)units);
  for (int i = 0; i < B; ++i)
    for (int j = 0; j < units; ++j) {
      float x = a[i * units + j] > 0 ? d[i * units + j] : 0;
      d[i * units + j] = x;
      bias[j] += x;
    }
}

static void adam(void) {
  const float lr = 1e-3f, beta1 = 0.9f, beta2 = 0.999f, eps = 1e-8f;
  ++t;
  float first = 1 / (1 - powf(beta1, (float)t)), second = 1 / (1 - powf(beta2, (float)t));
#pragma omp parallel for simd
  for (int i = 0; i < ALL; ++i) {
    m[i] = beta1 * m[i] + (1 - beta1) * grad[i];
    v[i] = beta2 * v[i] + (1 - beta2) * grad[i] * grad[i];
    theta[i] -= lr * (m[i] * first) / (sqrtf(v[i] * second) + eps);
  }
}

static double run(long steps) {
  double total = 0;
  for (long step = 0; step < steps; ++step) {
    next_batch(B);
    product('N', 'N', B, H1, IN, batch_x, theta + W1, a1);
    bias_relu(a1, theta + B1, H1);
    product('N', 'N', B, H2, H1, a1, theta + W2, a2);
    bias_relu(a2, theta + B2, H2);
    product('N', 'N', B, CLASSES, H2, a2, theta + W3, z3);
    add_bias(z3, theta + B3, B, CLASSES);
    total += cross_entropy(z3, B);
    product('T', 'N', H2, CLASSES, B, a2, z3, grad + W3);
    column_sums(z3, grad + B3, B, CLASSES);
    product('N', 'T', B, H2, CLASSES, z3, theta + W3, d2);
    relu_gradient(d2, a2, grad + B2, H2);
    product('T', 'N', H1, H2, B, a1, d2, grad + W2);
    product('N', 'T', B, H1, H2, d2, theta + W2, d1);
    relu_gradient(d1, a1, grad + B1, H1);
    product('T', 'N', IN, H1, B, batch_x, d1, grad + W1);
    adam();
  }
  return total / (double)steps;
}

int main(int argc, char **argv) {
  flush_denormals();
  load(argc > 1 ? argv[1] : ".", B);
  float **all[] = {&theta, &grad, &m, &v}, **blocks[] = {&a1, &a2, &z3, &d1, &d2};
  int sizes[] = {H1, H2, CLASSES, H1, H2};
  for (int i = 0; i < 4; ++i)
    *all[i] = allocate(sizeof(float) * ALL);
  for (int i = 0; i < 5; ++i)
    *blocks[i] = allocate(sizeof(float) * (size_t)(B * sizes[i]));
  glorot(theta + W1, IN, H1);
  glorot(theta + W2, H1, H2);
  glorot(theta + W3, H2, CLASSES);
  return serve(run);
}
