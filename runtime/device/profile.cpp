// Measures time with a counter of the processor, which is read after every kernel; the time since
// the thread's last stamp belongs to the event that ends.
#include "runtime/device/profile.h"
#include "runtime/support/indices.h"

#include "runtime/device/engine.h"
#include "runtime/device/profile_table.h"
#include "runtime/device/stamps.h"
#include "runtime/support/clock.h"

#include <algorithm>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace nnrt {

static inline uint64_t ticks() {
#if defined(__x86_64__)
  return __rdtsc();
#elif defined(__aarch64__)
  uint64_t value;
  asm volatile("mrs %0, cntvct_el0" : "=r"(value));
  return value;
#else
  return uint64_t(now() * 1e9);
#endif
}

static constexpr int32_t started_ = -1;

NN_PART(profile);

Profiler::Profiler(const ProgramT &program) : program(program) {
  calls.assign(int32_t(program.profile->functions.size()), 0);
  began = now();
  firstTick = ticks();
}

Profiler::~Profiler() = default;

void Profiler::stamp(void *data, int32_t thread, int32_t event) {
  uint64_t *row = static_cast<Stamps *>(data)->of(thread), time = ticks();
  if (event != started_)
    row[1 + event] += time - row[0];
  row[0] = time;
}

void Profiler::stampStarted(const nn_call &call, int32_t thread) {
  call.stamp(call.stamp_data, thread, started_);
}

void Profiler::stampCopied(const nn_call &call, int32_t thread) {
  call.stamp(call.stamp_data, thread, 2 * static_cast<Stamps *>(call.stamp_data)->kernels + Copy);
}

void Profiler::stampMetAfterCopy(const nn_call &call, int32_t thread) {
  call.stamp(call.stamp_data, thread,
             2 * static_cast<Stamps *>(call.stamp_data)->kernels + WaitAfterCopy);
}

Stamps &Profiler::tableOf(const ProfiledT &profiled, int threads) {
  for (auto &table : tables)
    if (table->function == &profiled && table->threads == threads)
      return *table;
  tables.emplace_back(new Stamps(&profiled, int32_t(profiled.kernels.size()), threads));
  return *tables.back();
}

void Profiler::add(const Profiler &other) {
  for (const auto &from : other.tables) {
    Stamps &to = tableOf(*from->function, from->threads);
    for (int thread = 0; thread < to.threads; ++thread)
      for (int32_t event = 0; event < 2 * to.kernels + n_special; ++event)
        to.of(thread)[1 + event] += from->of(thread)[1 + event];
    to.calls += from->calls;
    to.steps += from->steps;
    to.examples += from->examples;
    to.callSeconds += from->callSeconds;
    to.stepSeconds += from->stepSeconds;
  }
}

void Profiler::begin(const nn_fn &function, nn_call &call, int threads) {
  current = nullptr;
  const ProfileT &profile = *program.profile;
  int32_t index = 0;
  while (index < int32_t(profile.functions.size()) &&
         profile.functions[index].code != function.code)
    ++index;
  if (index == int32_t(profile.functions.size()))
    return;
  const ProfiledT &profiled = profile.functions[index];
  call.stamp = &Profiler::stamp;
  if (calls[index]++ == 0) {
    unused.reset(new Stamps(nullptr, int32_t(profiled.kernels.size()), threads));
    call.stamp_data = unused.get();
    return;
  }
  current = &tableOf(profiled, threads);
  call.stamp_data = current;
  ++current->calls;
  current->examples += call.rows;
  callBegan = now();
}

void Profiler::end() {
  if (current)
    current->callSeconds += now() - callBegan;
}

void Profiler::step(double seconds) {
  if (!current)
    return;
  ++current->steps;
  current->stepSeconds += seconds;
}

std::string Profiler::text() {
  const double perTick = (now() - began) / double(std::max<uint64_t>(1, ticks() - firstTick));
  // Measured now and not at the start, so that the run does not wait for it, and only the engine
  // that prints the results of all engines needs it.
  nn_roof roof{};
  const bool hasRoof = nn_measure_roof(program.profile->vector_bytes, program.profile->fma, roof);
  std::string text =
      "profile: what one core can do was not measured: it has no vectors of that kind\n";
  if (hasRoof)
    text = format("profile: one core reaches %.0f GFLOP/s in f32 %s on registers, %d lanes wide; a "
                  "triad moves %.0f GB/s in L1, "
                  "%.0f in L2, %.0f in L3, %.0f in memory\n",
                  roof.flops * 1e-9, roof.fma ? "multiply-adds" : "multiplications and additions",
                  roof.vector_bytes / 4, roof.bandwidth[NN_L1] * 1e-9, roof.bandwidth[NN_L2] * 1e-9,
                  roof.bandwidth[NN_L3] * 1e-9, roof.bandwidth[NN_MEMORY] * 1e-9);
  Stamps trial(nullptr, 1, 1);
  const int trials = 10000;
  for (int i = 0; i <= trials; ++i)
    stamp(&trial, 0, i ? 0 : started_);
  text += format("profile: times are means of the threads, GFLOP/s and GB/s those of one core; a "
                 "time stamp takes %.0f ns of them\n",
                 trial.sum(0) * perTick / trials * 1e9);
  for (int32_t f : indices(program.profile->functions)) {
    const Stamps *most = nullptr;
    int64_t all = 0;
    for (auto &table : tables) {
      if (table->function != &program.profile->functions[f])
        continue;
      all += table->calls;
      if (!most || table->calls > most->calls)
        most = table.get();
    }
    if (!most)
      continue;
    text += profileTable(program, *most, perTick, hasRoof ? &roof : nullptr);
    if (all > most->calls)
      text += format("  (%s more on another number of threads)\n",
                     counted(all - most->calls, "call").c_str());
  }
  return text;
}

} // namespace nnrt
