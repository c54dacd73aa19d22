// Checks computed targets: computes them piece by piece, as an evaluation does, and compares them
// with their bounds.
#include "runtime/data/targets.h"
#include "runtime/data/batches.h"

namespace nnrt {

/// Checks the results of a call of `compute` for `count` rows: fails at the first that is not
/// allowed. `place(row)` is where a row comes from.
template <class Place>
static Status checkResults(Engine &engine, const TargetsT &targets,
                           const std::vector<void *> &results, int64_t count,
                           const std::string &data, Place &&place) {
  for (const BoundT &bound : targets.bounds) {
    const Elements values{results[size_t(bound.field)], engine.f64()};
    const int64_t size = targets.sizes[bound.field],
                  bad = firstOutside(bound, values, count * size);
    if (bad >= 0)
      return computedOutside(bound, data, place(bad / size), values.get(bad));
  }
  return Status();
}

/// Allocates memory for the results of a call with up to `capacity` rows.
static Status allocateResults(Engine &engine, const TargetsT &targets, int64_t capacity,
                              std::vector<Buffer> &results, std::vector<void *> &out) {
  results = std::vector<Buffer>(targets.sizes.size());
  for (size_t r = 0; r < targets.sizes.size(); ++r) {
    NN_TRY(results[r].allocate(size_t(capacity * targets.sizes[r] * engine.elementBytes()),
                               "the targets to be checked"));
    out.push_back(results[r].data());
  }
  return Status();
}

Status checkTargets(Engine &engine, Dataset &data, const std::vector<int32_t> &fields,
                    const TargetsT &targets) {
  if (targets.bounds.empty())
    return Status();
  NN_TRY(data.checkRows(engine));
  FlushDenormals flush;
  const std::vector<int64_t> rows = data.splitRows(NN_SPLIT_ALL);
  const int64_t capacity = pieceRows(engine, targets.compute, int64_t(rows.size()));
  Batches batches;
  NN_TRY(batches.prepare(engine, data, fields, capacity));
  std::vector<Buffer> results;
  std::vector<void *> out;
  NN_TRY(allocateResults(engine, targets, capacity, results, out));
  Tuning tuning;
  return forEachPiece(
      engine, targets.compute, int64_t(rows.size()), [&](int64_t first, int64_t count) {
        const Gather gather = batches.gather(rows.data() + first, count);
        if (!engine.call(targets.compute, batches.in(), out.data(), count, capacity, tuning,
                         &gather))
          return data.parts.checkIntact();
        return checkResults(engine, targets, out, count, data.description->name,
                            [&](int64_t row) { return data.parts.place(rows[first + row]); });
      });
}

Status checkInput(Engine &engine, const ModelT &model, const void *x, int64_t rows,
                  const std::string &data, const std::function<std::string(int64_t)> &place) {
  const int64_t size = elementCount(model.in_shape);
  for (const BoundT &bound : model.bounds) {
    const ConstElements values(x, engine.f64());
    if (const int64_t bad = firstOutside(bound, values, rows * size); bad >= 0)
      return outside(bound, "x", data, place(bad / size), size, bad, values.get(bad));
  }
  if (!model.computed)
    return Status();
  const int64_t capacity = pieceRows(engine, model.computed->compute, rows);
  std::vector<Buffer> results;
  std::vector<void *> out;
  NN_TRY(allocateResults(engine, *model.computed, capacity, results, out));
  Tuning tuning;
  return forEachPiece(engine, model.computed->compute, rows, [&](int64_t first, int64_t count) {
    const void *in = static_cast<const unsigned char *>(x) + first * size * engine.elementBytes();
    engine.call(model.computed->compute, &in, out.data(), count, capacity, tuning);
    return checkResults(engine, *model.computed, out, count, data,
                        [&](int64_t row) { return place(first + row); });
  });
}

} // namespace nnrt
