// Exchange: what the processes of one run tell each other. A run is a single process today.
#pragma once

#include "runtime/support/elements.h"
#include "runtime/support/status.h"

#include <cstddef>

namespace nnrt {

/// Every process calls the same operations in the same order, and each returns when all have made
/// it. Sums are added in the order of the ranks, so the result does not depend on who is first.
class Exchange {
public:
  virtual ~Exchange() = default;

  /// This process, of `size()`. Rank 0 is the one that prints.
  virtual int rank() const = 0;
  virtual int size() const = 0;

  /// Replaces values[0 … count - 1], on every process, by the sums over all processes.
  virtual Status add(Elements values, int64_t count) = 0;
  /// Replaces `bytes` bytes, on every process, by those of rank `from`.
  virtual Status broadcast(void *data, size_t bytes, int from) = 0;
  /// Waits for all processes.
  virtual Status barrier() = 0;
};

/// One process: there is nobody to exchange anything with.
class SingleProcess final : public Exchange {
public:
  int rank() const override { return 0; }
  int size() const override { return 1; }
  Status add(Elements, int64_t) override { return Status(); }
  Status broadcast(void *, size_t, int) override { return Status(); }
  Status barrier() override { return Status(); }
};

} // namespace nnrt
