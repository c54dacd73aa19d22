// Bytes to floats, for every batch of images: compiled for the vectors of several processors.
#include "runtime/device/cpu.h"
#include "runtime/sources/idx_file.h"

namespace nnrt {
namespace {

[[gnu::always_inline]] inline void widenAll(const unsigned char *from, float *to, int64_t count) {
  for (int64_t i = 0; i < count; ++i)
    to[i] = from[i];
}

using Widen = void (*)(const unsigned char *from, float *to, int64_t count);

// A trainer's compiled code may use its processor's features, but the runtime is compiled for any
// processor, so the version is chosen at run time. (The compiler's own way, target_clones, links 5
// KB to name all processors.)
#if defined(__x86_64__)
[[gnu::target("avx512f")]] void widenBy512(const unsigned char *from, float *to, int64_t count) {
  widenAll(from, to, count);
}
[[gnu::target("avx2")]] void widenBy256(const unsigned char *from, float *to, int64_t count) {
  widenAll(from, to, count);
}
#endif
void widenByAny(const unsigned char *from, float *to, int64_t count) { widenAll(from, to, count); }

Widen chooseWiden() {
#if defined(__x86_64__)
  if (processorHas("avx512f") == Has::Yes)
    return widenBy512;
  if (processorHas("avx2") == Has::Yes)
    return widenBy256;
#endif
  return widenByAny;
}

} // namespace

void widen(const unsigned char *from, float *to, int64_t count) {
  static const Widen chosen = chooseWiden();
  chosen(from, to, count);
}

} // namespace nnrt
