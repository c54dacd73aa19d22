// Contraction kernels as a share of the machine's roof, with Google Benchmark: `kernels
// [--benchmark_…] [FILTER [THREADS [PLAN]]]`. FILTER is part of a name ("dense forward 784"),
// THREADS a number (both 1 and 2 without it), PLAN a `kern.tiles` attribute that is put on every
// kernel in place of the model's choice. The roof is what multiply-adds on registers reach, on as
// many threads, measured in this process right before each repetition. Switches of LLVM, for
// experiments: NNC_LLVM="-disable-lsr" kernels ….
#include "bench/Roof.h"
#include "test/unit/lowering/CompiledFunction.h"
#include "test/unit/lowering/Contraction.h"

#include "llvm/Support/CommandLine.h"

#include <benchmark/benchmark.h>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <sys/mman.h>

using namespace nnc;

namespace {

/// Memory in huge pages, as the runtime gives it to trainers (runtime/support/buffer.h).
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

Floats numbers(int64_t count) {
  Floats values(count);
  std::mt19937 random(1);
  for (float &value : values)
    value = float(random() >> 8) / float(1 << 24) - 0.5f;
  return values;
}

/// A compiled contraction with its operands.
class Kernel {
public:
  Kernel(const Contraction &c, int64_t rows, const std::string &plan)
      : flops(2 * c.products(rows)), function(c.module(), {"native", false, plan}),
        a(numbers(elementsOf(c.leftShape, rows))), b(numbers(elementsOf(c.rightShape(), rows))),
        y(elementsOf(c.outShape(), rows)), scratch(function.scratch(rows)), in{a.data(), b.data()},
        out{y.data()} {
    call.scratch = aligned(scratch);
    call.in = in;
    call.out = out;
    call.scalars = scalars;
    call.rows = call.capacity = rows;
    call.barrier = [](void *) {};
  }

  void run(int thread, int threads) const { function.code(&call, thread, threads); }
  double compileSeconds() const { return function.compileSeconds; }
  /// How it is tiled: the contents of `kern.tiles`.
  std::string tiles() const {
    const std::string &text = function.kernText, key = "kern.tiles = {";
    size_t at = text.find(key);
    return at == std::string::npos
               ? "plain loops"
               : text.substr(at + key.size(), text.find('}', at) - at - key.size());
  }

  const double flops; // of one call

private:
  nnc::CompiledFunction function;
  Floats a, b, y;
  std::vector<unsigned char> scratch;
  double scalars[NN_SLOT_OPTIONS] = {};
  const void *in[2];
  void *out[1];
  nn_call call = nn_call();
};

void measure(benchmark::State &state, const Kernel &kernel, Team &team) {
  double roof = roofFlops(team);
  std::function<void(int)> job = [&](int thread) { kernel.run(thread, team.size); };
  for (auto round : state) {
    (void)round;
    team.run(job);
  }
  using benchmark::Counter;
  state.counters["GFLOP/s"] = Counter(1e-9 * kernel.flops, Counter::kIsIterationInvariantRate);
  state.counters["roof %"] = Counter(100 * kernel.flops / roof, Counter::kIsIterationInvariantRate);
  state.counters["compile ms"] = 1e3 * kernel.compileSeconds();
  state.SetLabel(kernel.tiles());
}

/// One line for each kernel: the medians of its repetitions and how far they differ. Without
/// repetitions, the run itself.
class Lines : public benchmark::BenchmarkReporter {
public:
  bool ReportContext(const Context &) override { return true; }
  void ReportRuns(const std::vector<Run> &runs) override {
    const Run *shown = nullptr;
    double differ = 0;
    for (const Run &run : runs) {
      if (run.run_type == Run::RT_Aggregate ? run.aggregate_name == "median" : run.repetitions <= 1)
        shown = &run;
      if (run.run_type == Run::RT_Aggregate && run.aggregate_name == "cv")
        differ = run.counters.at("roof %");
    }
    if (!shown)
      return;
    std::printf("%-46s %8.1f GFLOP/s %5.1f %% of the roof ±%4.1f %% %6.0f ms  %s\n",
                shown->run_name.function_name.c_str(), double(shown->counters.at("GFLOP/s")),
                double(shown->counters.at("roof %")), 100 * differ,
                double(shown->counters.at("compile ms")), shown->report_label.c_str());
    std::fflush(stdout);
  }
};

std::vector<std::pair<Contraction, int64_t>> contractions() {
  std::vector<std::pair<Contraction, int64_t>> kernels;
  using Dense = std::tuple<int64_t, int64_t, int64_t>; // inputs, outputs, batch
  for (auto [k, n, rows] : {Dense{784, 256, 64},
                            {256, 128, 64},
                            {128, 10, 64},
                            {1024, 1024, 128},
                            {1024, 1024, 1024},
                            {512, 512, 128}})
    for (const Contraction &c : {denseForward(k, n), denseInput(k, n), denseWeight(k, n)})
      kernels.push_back({c, rows});
  for (auto [k, n, rows] :
       {Dense{784, 256, 64}, {256, 128, 64}, {784, 1024, 128}, {1024, 1024, 128}, {512, 512, 256}})
    for (const Contraction &c :
         {blockedForward(k, n, 64), blockedInput(k, n, 64), blockedWeight(k, n, 64)})
      kernels.push_back({c, rows});
  using Conv = std::tuple<int64_t, int64_t, int64_t, int64_t,
                          int64_t>; // channels in and out, side, window, batch
  for (auto [ci, o, size, window, rows] : {Conv{1, 8, 28, 5, 64},
                                           {8, 16, 12, 5, 64},
                                           {3, 32, 34, 3, 64},
                                           {32, 64, 34, 3, 16},
                                           {32, 32, 34, 3, 64},
                                           {32, 64, 18, 3, 64},
                                           {64, 64, 18, 3, 64},
                                           {128, 128, 10, 3, 16}})
    for (const Contraction &c : {convForward(ci, o, size, window), convInput(ci, o, size, window),
                                 convWeight(ci, o, size, window)})
      kernels.push_back({c, rows});
  return kernels;
}

} // namespace

int main(int argc, char **argv) {
  const char *switches[] = {argv[0], std::getenv("NNC_LLVM")};
  if (switches[1])
    llvm::cl::ParseCommandLineOptions(2, switches);
  // Short repetitions, so that the roof is measured near by; what the user says comes later and
  // wins.
  std::vector<char *> arguments = {argv[0]};
  static char minTime[] = "--benchmark_min_time=0.05", repetitions[] = "--benchmark_repetitions=9",
              outFormat[] = "--benchmark_format";
  arguments.insert(arguments.end(), {minTime, repetitions});
  std::vector<const char *> own; // FILTER, THREADS, PLAN
  bool formatted = false;
  for (int i = 1; i < argc; ++i)
    if (!std::strncmp(argv[i], "--", 2)) {
      arguments.push_back(argv[i]);
      formatted |= !std::strncmp(argv[i], outFormat, sizeof outFormat - 1);
    } else {
      own.push_back(argv[i]);
    }
  int count = int(arguments.size());
  benchmark::Initialize(&count, arguments.data());
  int only = own.size() > 1 ? std::atoi(own[1]) : 0;
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data()) || own.size() > 3 ||
      (own.size() > 1 && only < 1)) {
    std::fprintf(stderr, "usage: kernels [--benchmark_…] [FILTER [THREADS [PLAN]]]\n");
    return 2;
  }

  // Kernels are compiled when their turn comes, and once for all their repetitions.
  std::map<std::string, std::unique_ptr<Kernel>> compiled;
  std::map<int, std::unique_ptr<Team>> teams;
  for (int threads : {1, 2})
    if (!only || only == threads)
      teams[threads].reset(new Team(threads));
  if (only > 2)
    teams[only].reset(new Team(only));
  for (auto &entry : teams) {
    Team &team = *entry.second;
    for (const auto &[c, rows] : contractions()) {
      std::string name = c.name + " batch " + std::to_string(rows);
      if (!own.empty() && name.find(own[0]) == std::string::npos)
        continue;
      auto run = [&compiled, &team, &own, name, c = c, rows = rows](benchmark::State &state) {
        std::unique_ptr<Kernel> &kernel = compiled[name];
        if (!kernel)
          kernel.reset(new Kernel(c, rows, own.size() > 2 ? own[2] : ""));
        measure(state, *kernel, team);
      };
      auto *registered = benchmark::RegisterBenchmark(
          (name + " threads " + std::to_string(team.size)).c_str(), run);
      // One thread is timed by the time it had a processor, so that others on the machine disturb
      // less; several by the clock.
      if (team.size > 1)
        registered->UseRealTime();
    }
  }
  Lines lines;
  if (!benchmark::RunSpecifiedBenchmarks(formatted ? nullptr : &lines)) {
    std::fprintf(stderr, "no kernel has `%s` in its name\n", own.empty() ? "" : own[0]);
    return 1;
  }
}
