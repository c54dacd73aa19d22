// Batches: rows of a data set as contiguous memory, and evaluations that go through their rows in
// pieces.
#pragma once

#include "runtime/data/dataset.h"
#include "runtime/device/engine.h"

#include <algorithm>
#include <vector>

namespace nnrt {

/// The batches of a split as contiguous memory, which is passed as nn_call.in, and their copying.
class Batches {
public:
  /// Prepares for up to `capacity` rows of the fields `fields` of a data set.
  Status prepare(Engine &engine, const Dataset &data, const std::vector<int32_t> &fields,
                 int64_t capacity);
  const void *const *in() const { return inputs.data(); }
  size_t bytes() const {
    size_t sum = 0;
    for (const Buffer &buffer : buffers)
      sum += buffer.size();
    return sum;
  }
  /// How to copy these rows before a call.
  Gather gather(const int64_t *rows, int64_t count) const {
    return {rows, count, copies.data(), int32_t(copies.size()), data->raw ? &computation : nullptr};
  }

private:
  std::vector<Buffer> buffers;
  std::vector<const void *> inputs;
  std::vector<Gather::Field> copies;
  // For computed fields: memory for all of them, because `prepare` computes all.
  const Dataset *data = nullptr;
  bool f64 = false;
  InputBuffers columns;
  std::vector<void *> prepared;
  Gather::Computation computation = {};
};

/// How many of `rows` rows one call of an evaluation computes: a number that fits the caches, or
/// all if they depend on one another.
int64_t pieceRows(const Engine &engine, const nn_fn &function, int64_t rows);
/// Makes the scratch big enough for such calls.
Status reservePieces(Engine &engine, const nn_fn &function, int64_t rows);

/// Calls `piece(first, count)` for each piece of `rows` rows, in order, and sets the number of the
/// first row in the engine.
template <class Piece>
Status forEachPiece(Engine &engine, const nn_fn &function, int64_t rows, Piece &&piece) {
  const int64_t capacity = pieceRows(engine, function, rows);
  NN_TRY(reservePieces(engine, function, rows));
  Status status;
  for (int64_t first = 0; first < rows && !status.failed(); first += capacity) {
    engine.scalars[NN_SLOT_FIRST_ROW] = double(first);
    status = piece(first, std::min(capacity, rows - first));
  }
  engine.scalars[NN_SLOT_FIRST_ROW] = 0;
  return status;
}

} // namespace nnrt
