// Memory for batches, and the number of rows in one call of an evaluation.
#include "runtime/data/batches.h"
#include "runtime/support/indices.h"

#include <algorithm>
#include <cstdlib>

namespace nnrt {

Status Batches::prepare(Engine &engine, const Dataset &set, const std::vector<int32_t> &fields,
                        int64_t capacity) {
  data = &set;
  f64 = engine.f64();
  buffers.clear();
  inputs.clear();
  copies.clear();
  const std::string purpose = format("a batch of %s examples", grouped(capacity).c_str());
  const DataT &description = *set.description;
  buffers.resize(int32_t(description.fields.size()));
  auto allocate = [&](Buffer &buffer, int64_t size) {
    return buffer.allocate(size_t(size) * engine.elementBytes() * capacity, purpose);
  };
  for (int32_t f : fields) {
    int64_t size = set.fields.sizes[f];
    if (!buffers[f].data())
      NN_TRY(allocate(buffers[f], size));
    inputs.push_back(buffers[f].data());
    const int64_t width = engine.elementBytes();
    copies.push_back({set.fields.buffers[f].data() + set.fields.offsets[f] * width,
                      buffers[f].data(), size * width, set.fields.strides[f] * width});
  }
  if (!set.raw)
    return Status();
  NN_TRY(engine.reserve(description.prepare, capacity));
  prepared.clear();
  for (int32_t f : indices(description.fields)) {
    if (!buffers[f].data())
      NN_TRY(allocate(buffers[f], set.fields.sizes[f]));
    prepared.push_back(buffers[f].data());
  }
  NN_TRY(columns.allocate(prepareInputs(description), f64, capacity, purpose));
  auto fill = [](const void *self, const int64_t *rows, int64_t first, int64_t last) {
    auto &batches = *static_cast<const Batches *>(self);
    batches.data->fillInputs(rows, first, last, batches.columns);
  };
  auto intact = [](const void *self) {
    return static_cast<const Batches *>(self)->data->parts.isIntact();
  };
  computation = {fill, this, &description.prepare, columns.in(), prepared.data(), capacity, intact};
  return Status();
}

int64_t pieceRows(const Engine &engine, const nn_fn &function, int64_t rows) {
  // Intermediate results of this many rows stay in the caches. Tests use other sizes: no result may
  // depend on it.
  static const int64_t usual = [] {
    const char *text = getenv("NNC_EVAL_ROWS");
    const long long own = text ? atoll(text) : 0;
    return int64_t(own > 0 ? own : 256);
  }();
  return engine.about(function).whole ? rows : std::min(usual, rows);
}

Status reservePieces(Engine &engine, const nn_fn &function, int64_t rows) {
  Status status = engine.reserve(function, pieceRows(engine, function, rows));
  if (!status.failed() || !engine.about(function).whole)
    return status;
  return Status::error(status.message() +
                       "\n  note: all of them are needed at once, because they depend on one "
                       "another (`over = batch`); in a "
                       "metric, `total(e)` adds up e over all rows without that");
}

} // namespace nnrt
