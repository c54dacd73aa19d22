// Engine: executes the compiled functions of a program. It owns the arena (all persistent tensors),
// the scratch, the threads and the scalars.
#pragma once

#include "runtime/abi.h"
#include "runtime/device/arena.h"
#include "runtime/device/pool.h"
#include "runtime/device/profile.h"
#include "runtime/schema/program.h"
#include "runtime/support/buffer.h"

#include <memory>
#include <string>
#include <vector>

namespace nnrt {

/// How many threads a repeated call uses. Results do not depend on it, so the engine tries both
/// ways and keeps the faster one: a tiny step is over before a second thread has woken up, and on a
/// busy machine threads that wait for one another are slow. It tries again from time to time.
struct Tuning {
  int64_t calls = 0;                    // since the last trial began
  double single = 1e30, several = 1e30; // best times of the trial, in seconds
  int threads = 0;                      // the decision; 0: a trial is in progress
};

/// A call that is made many times on this thread alone: its memory and scalars stay in their
/// places.
class RepeatedCall {
public:
  RepeatedCall(nn_code code, const nn_call &call) : code(code), call(call) {}
  void make() const { code(&call, 0, 1); }

private:
  nn_code code;
  nn_call call;
};

class Engine {
public:
  /// `functions`: the compiled ones, by their numbers. `threads` > 0: exactly so many; 0: up to the
  /// number of cores, decided by Tuning.
  Engine(const ProgramT &program, const nn_code *functions, int threads, Pool *shared = nullptr);

  /// Allocates the arena, computes the settings. `options` has a value for each option.
  Status start(uint64_t seed, const std::vector<double> &options);

  /// Computes the settings again, after scalars have changed.
  Status updateSettings();

  const ProgramT &program;
  const nn_code *const functions;
  bool f64() const { return wide; }
  int64_t elementBytes() const { return wide ? 8 : 4; }
  int maxThreads() const { return pool->size(); }
  uint64_t seed() const { return theSeed; }
  void setSeed(uint64_t seed) {
    theSeed = seed;
    scalars[NN_SLOT_SEED] = double(seed);
  }
  /// Scalars of every call: NN_SLOT_… and the options.
  std::vector<double> scalars;
  Arena arena;
  std::unique_ptr<Profiler> profiler; // for a profiled program, from start() on

  /// A number of the tables.
  double value(const nn_number &n) const { return n.slot < 0 ? n.value : settings[n.slot]; }
  const CompiledFunctionT &about(const nn_fn &function) const {
    return program.functions[size_t(function.code)];
  }
  /// The scratch of a call.
  size_t scratchOf(const nn_fn &function, int64_t capacity) const;

  /// Makes the scratch big enough for `function` at this capacity.
  Status reserve(const nn_fn &function, int64_t capacity);

  /// The scratch that all functions called so far share.
  size_t scratchBytes() const { return scratch.size(); }

  /// Calls a function whose scratch is reserved. `gather` (may be null) first copies a batch: see
  /// Gather. False if the function was not called because the batch's data are damaged.
  bool call(const nn_fn &function, const void *const *in, void *const *out, int64_t rows,
            int64_t capacity, Tuning &tuning, const struct Gather *gather = nullptr);
  /// How many of the next repeated calls will certainly run on this thread alone without being
  /// timed. A caller that makes them as a RepeatedCall must add them to tuning.calls.
  int64_t callsAlone(const Tuning &tuning) const {
    if (fixedThreads || pool->size() == 1)
      return pool->size() == 1 ? INT64_MAX : 0;
    return tuning.threads == 1 ? tuningPeriod - 1 - tuning.calls : 0;
  }
  RepeatedCall repeated(const nn_fn &function, const void *const *in, void *const *out,
                        int64_t rows, int64_t capacity) const {
    return RepeatedCall(functions[function.code], prepared(in, out, rows, capacity));
  }
  /// For calls that are not repeated.
  void call(const nn_fn &function, const void *const *in, void *const *out, int64_t rows,
            int64_t capacity);

  /// On this thread only, with a separate scratch, so that several threads may call at once.
  void callHere(const nn_fn &function, const void *const *in, void *const *out, int64_t rows,
                int64_t capacity, const Buffer &scratch) const;

  /// On this thread only: for unbatched functions that are too small to share.
  void callAlone(const nn_fn &function, const void *const *in, void *const *out);

  /// Runs work of the runtime itself on up to `threads` threads.
  void share(void (*job)(void *, int32_t, int32_t), void *data, int threads) {
    pool->run(job, data, threads);
  }

private:
  static constexpr int tuningPeriod = 1000; // calls between two trials

  nn_call prepared(const void *const *in, void *const *out, int64_t rows, int64_t capacity) const {
    return {arena.data(), scratch.data(), in,   out,     scalars.data(), rows,
            capacity,     &Pool::barrier, pool, nullptr, nullptr};
  }
  /// Runs a job that calls `function`, and measures it if the program is profiled.
  bool runCall(const nn_fn &function, nn_call &call, const struct Gather *gather, int threads);

  bool wide;
  bool fixedThreads;
  uint64_t theSeed = 0;
  std::unique_ptr<Pool> owned;
  Pool *pool;
  Buffer scratch;
  std::vector<double> settings;
};

/// Rows of several fields that all threads of a call first copy into contiguous memory, or compute
/// there from raw data.
struct Gather {
  struct Field {
    const unsigned char *from;
    unsigned char *to;
    int64_t rowBytes;
    int64_t stride; // bytes from one row to the next: fewer where rows are windows that overlap
  };
  const int64_t *rows; // which ones
  int64_t count;
  const Field *fields;
  int32_t n_fields;

  /// To compute them: a function that fills raw columns for rows[first … last - 1], and the
  /// compiled function that computes the fields from the columns.
  struct Computation {
    void (*fill)(const void *self, const int64_t *rows, int64_t first, int64_t last);
    const void *self;
    const nn_fn *prepare;
    const void *const *columns;
    void *const *prepared;
    int64_t capacity;
    /// Whether the data that fill() has read so far are intact: their file has not been truncated.
    bool (*intact)(const void *self);
  };
  const Computation *computation = nullptr; // null: `fields` are copied

  int64_t bytes() const;
  /// Copies, or fills the columns for, part `thread` of `threads`.
  void copy(int32_t thread, int32_t threads) const;
};

} // namespace nnrt
