// Profiler: where the time of a profiled program goes (nnc --profile). Compiled functions stamp the
// end of every kernel and barrier; here the times are added up for each thread, and at the end
// shown for each line of the program.
#pragma once

#include "runtime/abi.h"
#include "runtime/ask.h"

#include <memory>
#include <string>
#include <vector>

namespace nnrt {

struct Stamps;

/// Weak: a trainer links it only if its program is profiled (NN_PART).
class Profiler {
public:
  /// `program` must have a profile.
  [[gnu::weak]] explicit Profiler(const ProgramT &program);
  [[gnu::weak]] ~Profiler();

  /// Called around each call of a compiled function: begin() sets call.stamp if the function is
  /// profiled. Its first call, in which code is compiled and memory touched for the first time, is
  /// left out.
  [[gnu::weak]] void begin(const nn_fn &function, nn_call &call, int threads);
  [[gnu::weak]] void end();
  /// Reports the duration of the whole training step that contains the last call.
  [[gnu::weak]] void step(double seconds);

  // Stamps of what the threads of a call do before they reach the compiled code. They do nothing in
  // calls that are not measured.
  static void started(const nn_call &call, int32_t thread) {
    if (call.stamp)
      stampStarted(call, thread);
  }
  static void copied(const nn_call &call, int32_t thread) {
    if (call.stamp)
      stampCopied(call, thread);
  }
  static void metAfterCopy(const nn_call &call, int32_t thread) {
    if (call.stamp)
      stampMetAfterCopy(call, thread);
  }

  /// Adds the measurements of `other`, from another engine of the same program.
  [[gnu::weak]] void add(const Profiler &other);

  /// The tables for standard output, one for each function that was called more than once. Ends in
  /// a newline and measures what one core can do, which takes about 0.2 s.
  [[gnu::weak]] std::string text();

private:
  [[gnu::weak]] static void stampStarted(const nn_call &call, int32_t thread);
  [[gnu::weak]] static void stampCopied(const nn_call &call, int32_t thread);
  [[gnu::weak]] static void stampMetAfterCopy(const nn_call &call, int32_t thread);
  static void stamp(void *stamps, int32_t thread, int32_t event);
  Stamps &tableOf(const ProfiledT &profiled, int threads);

  const ProgramT &program;
  std::vector<std::unique_ptr<Stamps>> tables; // one for each function and number of threads
  std::vector<int64_t> calls;                  // of each function, over all numbers of threads
  std::unique_ptr<Stamps> unused;              // takes the stamps of first calls
  Stamps *current = nullptr;
  double callBegan = 0, began = 0;
  uint64_t firstTick = 0;
};

} // namespace nnrt
