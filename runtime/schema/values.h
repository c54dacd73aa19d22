// Small values of a program (values.fbs).
#pragma once

#include <cstdint>

namespace program {
struct AmountValue;
struct FnValue;
struct NumberValue;
struct RangeValue;
struct TrafficValue;
struct WatchValue;
} // namespace program

/// A compiled function.
struct nn_fn {
  int32_t code = -1; // its number, in program.functions; -1: it does not exist

  bool exists() const { return code >= 0; }
};

/// A number that is either constant or a result of program.settings (it depends on an option).
struct nn_number {
  double value = 0;
  int32_t slot = -1; // which result; -1: constant
};

struct nn_range {
  int32_t first = 0, count = 0;
};

enum nn_direction { NN_LOWEST = -1, NN_NO_DIRECTION = 0, NN_HIGHEST = 1 };

/// Which value of a run's history.
struct nn_watch {
  int32_t metric = 0; // below 0: the loss
  int32_t split = 0;
  int32_t direction = 0; // nn_direction
};

/// A number that grows with the batch: fixed + per_row * rows.
struct nn_amount {
  double fixed = 0, per_row = 0;
};

/// Bytes that a kernel reads and writes in one place, and how many bytes (these among them) the
/// function touches from its last use of that place to the end of the kernel: a cache that holds
/// so many still has them.
struct nn_traffic {
  nn_amount bytes, distance;
};

namespace flatbuffers {
program::AmountValue Pack(const nn_amount &amount);
program::FnValue Pack(const nn_fn &fn);
program::NumberValue Pack(const nn_number &number);
program::RangeValue Pack(const nn_range &range);
program::TrafficValue Pack(const nn_traffic &traffic);
program::WatchValue Pack(const nn_watch &watch);
nn_amount UnPack(const program::AmountValue &amount);
nn_fn UnPack(const program::FnValue &fn);
nn_number UnPack(const program::NumberValue &number);
nn_range UnPack(const program::RangeValue &range);
nn_traffic UnPack(const program::TrafficValue &traffic);
nn_watch UnPack(const program::WatchValue &watch);
} // namespace flatbuffers
