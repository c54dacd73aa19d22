// Measuring the roof.
#include "bench/Roof.h"

#include <algorithm>
#include <ctime>

namespace nnc {

Team::Team(int size) : size(size) {
  for (int t = 1; t < size; ++t)
    threads.emplace_back([this, t] {
      for (int seen = 0;;) {
        while (round.load(std::memory_order_acquire) == seen) {
        }
        ++seen;
        if (!job)
          return;
        (*job)(t);
        left.fetch_sub(1, std::memory_order_release);
      }
    });
}

Team::~Team() {
  job = nullptr;
  ++round;
  for (auto &thread : threads)
    thread.join();
}

void Team::run(const std::function<void(int)> &work) {
  job = &work;
  left = size - 1;
  ++round;
  work(0);
  while (left.load(std::memory_order_acquire) > 0) {
  }
}

namespace {

constexpr int steps = 5000; // about a tenth of a millisecond
constexpr int sums = 16;    // independent chains: twice what two units with a latency of 4 need

#if defined(__x86_64__)
typedef float Wide __attribute__((vector_size(64)));
typedef float Narrow __attribute__((vector_size(32)));

__attribute__((target("avx512f"))) void multiplyAddWide() {
  Wide totals[sums] = {}, x = {}, y = {};
  asm volatile("" : "+v"(x), "+v"(y));
  for (int i = 0; i < steps; ++i) {
#pragma GCC unroll 16
    for (int j = 0; j < sums; ++j)
      asm volatile("vfmadd231ps %1, %2, %0" : "+v"(totals[j]) : "v"(x), "v"(y));
  }
}

__attribute__((target("avx2,fma"))) void multiplyAddNarrow() {
  Narrow totals[8] = {}, x = {}, y = {}; // 16 registers in all
  asm volatile("" : "+x"(x), "+x"(y));
  for (int i = 0; i < 2 * steps; ++i) {
#pragma GCC unroll 8
    for (int j = 0; j < 8; ++j)
      asm volatile("vfmadd231ps %1, %2, %0" : "+x"(totals[j]) : "x"(x), "x"(y));
  }
}

struct Work {
  void (*run)();
  double flops;
};
Work work() {
  if (__builtin_cpu_supports("avx512f"))
    return {multiplyAddWide, 2.0 * 16 * sums * steps};
  return {multiplyAddNarrow, 2.0 * 8 * 8 * 2 * steps};
}
#else
#error "the roof is measured on x86-64 only"
#endif

double now(bool alone) {
  timespec time;
  clock_gettime(alone ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

} // namespace

double roofFlops(Team &team) {
  Work own = work();
  std::function<void(int)> job = [&](int) { own.run(); };
  double best = 1e9;
  for (int sample = 0; sample < 20; ++sample) {
    double begin = now(team.size == 1);
    team.run(job);
    best = std::min(best, now(team.size == 1) - begin);
  }
  return own.flops * team.size / best;
}

} // namespace nnc
