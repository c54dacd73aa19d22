// Contraction kernels as a share of the machine's roof: `kernels [filter [threads [plan]]]`. The roof is what multiply-adds on registers reach, measured
// here in the same process, on as many threads. Columns: kernel, batch, threads, GFLOP/s, share of the roof, and how it is tiled.
#include "test/unit/lowering/CompiledFunction.h"
#include "test/unit/lowering/Contraction.h"

#include "llvm/Support/CommandLine.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <sys/mman.h>
#include <random>
#include <thread>

using namespace nnc;

namespace {

/// One thread is timed by the time it had a processor, so that others on the machine disturb less; several by the clock.
bool oneThread = true;

double now() {
  timespec time;
  clock_gettime(oneThread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return double(time.tv_sec) + 1e-9 * double(time.tv_nsec);
}

double secondsOf(const std::function<void()> &work) {
  double start = now();
  work();
  return now() - start;
}

/// Threads that run a job together, spinning in between.
class Team {
public:
  explicit Team(int size) : size(size) {
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
  ~Team() {
    job = nullptr;
    ++round;
    for (auto &thread : threads)
      thread.join();
  }
  void run(const std::function<void(int)> &work) {
    job = &work;
    left = size - 1;
    ++round;
    work(0);
    while (left.load(std::memory_order_acquire) > 0) {
    }
  }
  const int size;

private:
  std::vector<std::thread> threads;
  const std::function<void(int)> *job = nullptr;
  std::atomic<int> round{0}, left{0};
};

/// The best of many samples of about 4 ms each.
double bestSeconds(const std::function<void()> &work) {
  work();
  int repeat = std::max(1, int(0.004 / std::max(secondsOf(work), 1e-7)));
  double best = 1e9;
  for (int sample = 0; sample < 100; ++sample)
    best = std::min(best, secondsOf([&] {
                            for (int i = 0; i < repeat; ++i)
                              work();
                          }) / repeat);
  return best;
}

/// Memory in huge pages, as the runtime gives it to trainers (runtime/buffer.h).
template <class T> struct HugePages {
  using value_type = T;
  static constexpr size_t page = size_t(2) << 20;
  T *allocate(size_t count) {
    size_t bytes = (count * sizeof(T) + page - 1) / page * page;
    void *block = std::aligned_alloc(page, bytes);
    madvise(block, bytes, MADV_HUGEPAGE);
    return static_cast<T *>(block);
  }
  void deallocate(T *block, size_t) { std::free(block); }
};
using Floats = std::vector<float, HugePages<float>>;

/// Multiply-adds per second on registers alone: a small product whose operands stay in the first-level cache would still load.
double roof(Team &team) {
  typedef float Vector __attribute__((vector_size(64)));
  constexpr int accumulators = 16, steps = 10000;
  auto work = [&](int) __attribute__((target("avx512f,fma"))) {
    Vector sums[accumulators] = {};
    Vector x = {}, y = {};
    asm volatile("" : "+v"(x), "+v"(y));
    for (int i = 0; i < steps; ++i) {
#pragma GCC unroll 16
      for (int j = 0; j < accumulators; ++j)
        asm volatile("vfmadd231ps %1, %2, %0" : "+v"(sums[j]) : "v"(x), "v"(y));
    }
  };
  std::function<void(int)> job = work;
  return 2.0 * 16 * accumulators * steps * team.size / bestSeconds([&] { team.run(job); });
}

void measure(const Contraction &c, int64_t rows, Team &team, double roofFlops, const char *forced) {
  CompileOptions options;
  options.plan = forced;
  CompiledFunction function(c.module(), options);
  auto numbers = [](int64_t count) {
    Floats values(count + 16);
    std::mt19937 random(1);
    for (float &value : values)
      value = float(random() >> 8) / float(1 << 24) - 0.5f;
    return values;
  };
  Floats a = numbers(elementsOf(c.leftShape, rows)), b = numbers(elementsOf(c.rightShape(), rows));
  Floats y(elementsOf(c.outShape(), rows) + 16);
  auto align = [](Floats &v) { return v.data() + (64 - reinterpret_cast<uintptr_t>(v.data()) % 64) % 64 / 4; };
  const void *in[] = {align(a), align(b)};
  void *out[] = {align(y)};
  std::vector<unsigned char> scratch = function.scratch(rows);
  double scalars[NN_SLOT_OPTIONS] = {};
  nn_call call = nn_call();
  call.scratch = aligned(scratch);
  call.in = in;
  call.out = out;
  call.scalars = scalars;
  call.rows = call.capacity = rows;
  call.barrier = [](void *) {};
  std::function<void(int)> job = [&](int t) { function.code(&call, t, team.size); };
  double flops = 2 * c.products(rows) / bestSeconds([&] { team.run(job); });
  size_t at = function.kernText.find("kern.tiles");
  std::string plan = at == std::string::npos ? "plain loops" : function.kernText.substr(at + 13, function.kernText.find('}', at) - at - 13);
  std::printf("%-36s %5lld %d %8.1f %5.1f %%  %5.0f ms  %s\n", c.name.c_str(), (long long)rows, team.size, flops * 1e-9,
              100 * flops / roofFlops, 1e3 * function.compileSeconds, plan.c_str());
}

} // namespace

int main(int argc, char **argv) {
  // Switches of LLVM, for experiments: NNC_LLVM="-disable-lsr" kernels …
  const char *switches[] = {argv[0], std::getenv("NNC_LLVM")};
  if (switches[1])
    llvm::cl::ParseCommandLineOptions(2, switches);
  std::vector<std::pair<Contraction, int64_t>> kernels;
  for (auto [k, n, rows] : {std::tuple<int64_t, int64_t, int64_t>{784, 256, 64}, {256, 128, 64}, {128, 10, 64}, {1024, 1024, 128}, {1024, 1024, 1024}, {512, 512, 128}})
    for (const Contraction &c : {denseForward(k, n), denseInput(k, n), denseWeight(k, n)})
      kernels.push_back({c, rows});
  for (auto [k, n, rows] : {std::tuple<int64_t, int64_t, int64_t>{784, 256, 64}, {256, 128, 64}, {784, 1024, 128}, {1024, 1024, 128}, {512, 512, 256}})
    for (const Contraction &c : {blockedForward(k, n, 64), blockedInput(k, n, 64), blockedWeight(k, n, 64)})
      kernels.push_back({c, rows});
  for (auto [ci, o, size, window, rows] :
       {std::tuple<int64_t, int64_t, int64_t, int64_t, int64_t>{1, 8, 28, 5, 64}, {8, 16, 12, 5, 64}, {3, 32, 34, 3, 64}, {32, 64, 34, 3, 16}, {32, 32, 34, 3, 64}, {32, 64, 18, 3, 64}, {64, 64, 18, 3, 64}, {128, 128, 10, 3, 16}})
    for (const Contraction &c : {convForward(ci, o, size, window), convInput(ci, o, size, window), convWeight(ci, o, size, window)})
      kernels.push_back({c, rows});
  for (int threads : {1, 2}) {
    oneThread = threads == 1;
    if (argc > 2 && std::atoi(argv[2]) != threads)
      continue;
    Team team(threads);
    double flops = roof(team);
    std::printf("roof on %d threads: %.0f GFLOP/s\n", threads, flops * 1e-9);
    for (auto &[c, rows] : kernels)
      if (argc < 2 || std::strstr((c.name + " batch " + std::to_string(rows)).c_str(), argv[1]))
        measure(c, rows, team, flops, argc > 3 ? argv[3] : "");
  }
}
