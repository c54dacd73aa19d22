// Exchange: what the processes of one run tell each other. A run is a single process today.
#pragma once

#include "runtime/support/elements.h"
#include "runtime/support/status.h"

namespace nnrt {

/// Every process makes the same calls of add() in the same order, and each call returns when all
/// have made it. Sums are added in the order of the ranks, so the result does not depend on who is
/// first.
class Exchange {
public:
  virtual ~Exchange() = default;

  /// This process, of `size()`. Rank 0 is the one that prints.
  virtual int rank() const = 0;
  virtual int size() const = 0;

  /// Replaces values[0 … count - 1], on every process, by the sums over all processes.
  virtual Status add(Elements values, int64_t count) = 0;
};

/// One process: there is nobody to exchange anything with.
class SingleProcess final : public Exchange {
public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  Status add(Elements, int64_t) override { return Status(); }
};

} // namespace nnrt
