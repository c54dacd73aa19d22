// Profiler: where the time of a profiled program goes (nnc --profile). Compiled functions stamp the
// end of every kernel and barrier; here the times are added up, on each thread by itself, and in
// the end shown for each line of the program.
#pragma once

#include "runtime/abi.h"

#include <memory>
#include <string>
#include <vector>

namespace nnrt {

class Profiler {
public:
  /// `program` has a profile. Measures what one core can do, which takes about 0.2 s.
  explicit Profiler(const nn_program &program);
  ~Profiler();

  /// Around each call of a compiled function: begin() sets call.stamp if the function is a profiled
  /// one. Its first call, in which code is compiled and memory touched for the first time, is left
  /// out.
  void begin(const nn_fn &function, nn_call &call, int threads);
  void end();
  /// The whole training step of which the last call is a part took so long.
  void step(double seconds);

  // What the threads of a call do before they reach the compiled code. Nothing in calls that are
  // not measured.
  static void started(const nn_call &call, int32_t thread);
  static void copied(const nn_call &call, int32_t thread);
  static void metAfterCopy(const nn_call &call, int32_t thread);

  /// Adds what `other`, of another engine of the same program, has measured.
  void add(const Profiler &other);

  /// The tables for standard output: a part for each function that was called more than once,
  /// ending in a newline.
  std::string text();

private:
  struct Stamps;
  static void stamp(void *stamps, int32_t thread, int32_t event);
  Stamps &tableOf(const nn_profiled &profiled, int threads);
  std::string textOf(const Stamps &stamps, double secondsPerTick) const;

  const nn_program &program;
  nn_roof roof{};
  bool hasRoof = false;
  std::vector<std::unique_ptr<Stamps>> tables; // one for each function and number of threads
  std::vector<int64_t> calls;                  // of each function, with all numbers of threads
  std::unique_ptr<Stamps> unused;              // where the first calls go
  Stamps *current = nullptr;
  double callBegan = 0, began = 0;
  uint64_t firstTick = 0;
};

} // namespace nnrt
