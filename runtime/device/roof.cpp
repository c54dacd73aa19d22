// Measures what one core can do: multiply-adds on registers alone, and a triad through each level
// of the memory. Every vector width that code may be compiled for has its own loops here, whatever
// this file itself is compiled for.
#include "runtime/ask.h"
#include "runtime/device/costs.h"
#include "runtime/device/pool.h"
#include "runtime/support/buffer.h"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>
#include <unistd.h>

namespace nnrt {
namespace {

double seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// The shortest of several runs of `work`: other processes on the machine only make it longer.
template <class Work> double best(int runs, Work work) {
  double least = 1e30;
  for (int i = 0; i < runs; ++i) {
    double start = seconds();
    work();
    least = std::min(least, seconds() - start);
  }
  return least;
}

struct Loops {
  /// `steps` rounds of 12 independent multiply-adds: latency 4 on two ports needs at least 8.
  void (*multiplyAdds)(int64_t steps);
  /// a[i] = b[i] + s c[i] over `count` floats, a multiple of 64.
  void (*triad)(float *a, const float *b, const float *c, float s, int64_t count);
  int64_t lanes;
};

constexpr int accumulators = 12;

// Twelve multiply-adds in one block, written out: an optimizer would remove sums that are not used,
// and a compiler at O2 would keep an array of them in memory. ADD(n) is the instruction for operand
// n; operand 12 is free, 13 and 14 are multiplied.
#define NN_LOOPS(NAME, BYTES, TARGET, REGISTER, ADD)                                               \
  typedef float NAME##Vector __attribute__((vector_size(BYTES), aligned(BYTES), may_alias));       \
  TARGET void NAME##Adds(int64_t steps) {                                                          \
    NAME##Vector a{}, b{}, c{}, d{}, e{}, f{}, g{}, h{}, i{}, j{}, k{}, l{}, x{}, y{}, t;          \
    x = y = x + 1;                                                                                 \
    for (int64_t n = 0; n < steps; ++n)                                                            \
      asm volatile(ADD("0") ADD("1") ADD("2") ADD("3") ADD("4") ADD("5") ADD("6") ADD("7")         \
                       ADD("8") ADD("9") ADD("10") ADD("11")                                       \
                   : "+" REGISTER(a), "+" REGISTER(b), "+" REGISTER(c), "+" REGISTER(d),           \
                     "+" REGISTER(e), "+" REGISTER(f), "+" REGISTER(g), "+" REGISTER(h),           \
                     "+" REGISTER(i), "+" REGISTER(j), "+" REGISTER(k), "+" REGISTER(l),           \
                     "=&" REGISTER(t)                                                              \
                   : REGISTER(x), REGISTER(y));                                                    \
  }                                                                                                \
  TARGET void NAME##Triad(float *a, const float *b, const float *c, float s, int64_t count) {      \
    for (int64_t i = 0; i < count; i += BYTES) /* four vectors */                                  \
      _Pragma("GCC unroll 4") for (int64_t j = i; j < i + BYTES; j += BYTES / 4) *                 \
          (NAME##Vector *)(a + j) =                                                                \
          *(const NAME##Vector *)(b + j) + *(const NAME##Vector *)(c + j) * s;                     \
  }

#if defined(__x86_64__)
#define NN_FMA(n) "vfmadd231ps %13, %14, %" n "\n\t"
NN_LOOPS(wide, 64, __attribute__((target("avx512f"))), "v", NN_FMA)
NN_LOOPS(half, 32, __attribute__((target("avx2,fma"))), "x", NN_FMA)
// Two operations instead of one.
#define NN_MULTIPLY_ADD(n) "movaps %13, %12\n\tmulps %14, %12\n\taddps %12, %" n "\n\t"
NN_LOOPS(narrow, 16, , "x", NN_MULTIPLY_ADD)

bool loopsFor(int32_t vectorBytes, int32_t fma, Loops &loops) {
  if (vectorBytes == 64 && fma && __builtin_cpu_supports("avx512f"))
    loops = {wideAdds, wideTriad, 16};
  else if (vectorBytes == 32 && fma && __builtin_cpu_supports("avx2") &&
           __builtin_cpu_supports("fma"))
    loops = {halfAdds, halfTriad, 8};
  else if (vectorBytes == 16 && !fma)
    loops = {narrowAdds, narrowTriad, 4};
  else
    return false;
  return true;
}
#elif defined(__aarch64__)
#define NN_FMA(n) "fmla %" n ".4s, %13.4s, %14.4s\n\t"
NN_LOOPS(neon, 16, , "w", NN_FMA)

bool loopsFor(int32_t vectorBytes, int32_t fma, Loops &loops) {
  loops = {neonAdds, neonTriad, 4};
  return vectorBytes == 16 && fma;
}
#else
bool loopsFor(int32_t, int32_t, Loops &) { return false; }
#endif

/// The size of a cache as the system reports it, or the usual size.
double cacheBytes(nn_level level) {
#if defined(_SC_LEVEL1_DCACHE_SIZE)
  const int names[] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE};
  if (long bytes = sysconf(names[level]); bytes > 0)
    return double(bytes);
#endif
  return usualCacheBytes[level];
}

/// Bytes a second of a triad over `bytes` in all, at the start of the arrays.
double triadBandwidth(const Loops &loops, float *const (&arrays)[3], double bytes,
                      double runSeconds) {
  int64_t count = int64_t(bytes / 12) / 256 * 256;
  auto once = [&] { loops.triad(arrays[0], arrays[1], arrays[2], 3, count); };
  once(); // loads the data into the cache
  double single = std::max(best(1, once), 1e-8);
  int64_t repeat = std::max<int64_t>(1, int64_t(runSeconds / single));
  double time = best(5, [&] {
    for (int64_t i = 0; i < repeat; ++i)
      once();
  });
  return double(count) * 12 * double(repeat) / time;
}

} // namespace
} // namespace nnrt

bool nn_measure_roof(int32_t vector_bytes, int32_t fma, nn_roof &roof) {
  using namespace nnrt;
  Loops loops;
  if (!loopsFor(vector_bytes, fma, loops))
    return false;
  FlushDenormals flush;
  roof.vector_bytes = vector_bytes;
  roof.fma = fma;
  const int64_t steps =
      50000;                 // about 0.1 ms: short enough to fall between the times that others run
  loops.multiplyAdds(steps); // the clock rises
  roof.flops = 2.0 * double(loops.lanes) * accumulators * double(steps) /
               best(200, [&] { loops.multiplyAdds(steps); });

  for (nn_level level : {NN_L1, NN_L2, NN_L3})
    roof.sizes[level] = cacheBytes(level);
  roof.sizes[NN_MEMORY] = std::numeric_limits<double>::infinity();
  // Half of the cache; for the third level, which others share, a little more than the second
  // holds; for memory twice the third.
  const double memory = std::min(2 * roof.sizes[NN_L3], double(256 << 20));
  const double bytes[NN_LEVELS] = {roof.sizes[NN_L1] / 2, roof.sizes[NN_L2] / 2,
                                   std::min(4 * roof.sizes[NN_L2], roof.sizes[NN_L3] / 2), memory};
  Buffer buffers[3];
  float *arrays[3];
  for (int i = 0; i < 3; ++i) {
    if (buffers[i].allocate(size_t(memory / 3) + 4096, "measuring the memory's bandwidth").failed())
      return false;
    // Written once, because all fresh pages are the same page of zeros; and shifted, because
    // addresses with the same last 12 bits delay one another.
    memset(buffers[i].data(), 0, buffers[i].size());
    arrays[i] = buffers[i].as<float>() + 256 * i;
  }
  for (int level = 0; level < NN_LEVELS; ++level)
    roof.bandwidth[level] =
        triadBandwidth(loops, arrays, bytes[level], level < NN_L3 ? 2e-4 : 2e-3);
  return true;
}

nn_roofline nn_roofline_of(const program::KernelT &kernel, int64_t rows, int32_t element_bytes,
                           const nn_roof &roof) {
  nn_roofline result;
  auto at = [&](nn_amount amount) { return amount.fixed + amount.per_row * double(rows); };
  // A multiply-add is one instruction with two FLOPs; another operation is also one instruction, on
  // the same number of lanes.
  const double flops = roof.flops * 4 / element_bytes;
  result.compute = (at(kernel.flops) + 2 * at(kernel.others)) / flops;
  double levels[NN_LEVELS] = {};
  for (const nn_traffic &traffic : kernel.traffic) {
    int level = NN_L1;
    while (level < NN_MEMORY && at(traffic.distance) > roof.sizes[level])
      ++level;
    levels[level] += at(traffic.bytes) / roof.bandwidth[level];
  }
  for (int level = 0; level < NN_LEVELS; ++level) {
    result.memory += levels[level];
    if (levels[level] > levels[result.level])
      result.level = nn_level(level);
  }
  return result;
}
