// Checks computed targets: computes them piece by piece, as an evaluation does, and compares them
// with their bounds.
#include "runtime/data/targets.h"
#include "runtime/data/batches.h"

namespace nnrt {

/// Checks the results of a call of `compute` for `count` rows: fails at the first that is not
/// allowed. `place(row)` is where a row comes from.
template <class Place>
static Status checkResults(Engine &engine, const nn_targets &targets,
                           const std::vector<void *> &results, int64_t count, const char *data,
                           Place &&place) {
  for (int32_t b = 0; b < targets.n_bounds; ++b) {
    const nn_bound &bound = targets.bounds[b];
    const Elements values{results[size_t(bound.field)], engine.f64()};
    const int64_t size = targets.sizes[bound.field],
                  bad = firstOutside(bound, values, count * size);
    if (bad >= 0)
      return computedOutside(bound, data, place(bad / size), values.get(bad));
  }
  return Status();
}

/// Allocates memory for the results of a call with up to `capacity` rows.
static Status allocateResults(Engine &engine, const nn_targets &targets, int64_t capacity,
                              std::vector<Buffer> &results, std::vector<void *> &out) {
  results = std::vector<Buffer>(size_t(targets.n_results));
  for (int32_t r = 0; r < targets.n_results; ++r) {
    NN_TRY(results[r].allocate(size_t(capacity * targets.sizes[r] * engine.elementBytes()),
                               "the targets to be checked"));
    out.push_back(results[r].data());
  }
  return Status();
}

Status checkTargets(Engine &engine, Dataset &data, const int32_t *fields, int32_t n_fields,
                    const nn_targets &targets) {
  if (!targets.n_bounds)
    return Status();
  NN_TRY(data.checkRows(engine));
  FlushDenormals flush;
  const std::vector<int64_t> rows = data.splitRows(NN_SPLIT_ALL);
  const int64_t capacity = pieceRows(targets.compute, int64_t(rows.size()));
  Batches batches;
  NN_TRY(batches.prepare(engine, data, fields, n_fields, capacity));
  std::vector<Buffer> results;
  std::vector<void *> out;
  NN_TRY(allocateResults(engine, targets, capacity, results, out));
  Tuning tuning;
  return forEachPiece(
      engine, targets.compute, int64_t(rows.size()), [&](int64_t first, int64_t count) {
        const Gather gather = batches.gather(rows.data() + first, count);
        if (!engine.call(targets.compute, batches.in(), out.data(), count, capacity, tuning,
                         &gather))
          return data.checkIntact();
        return checkResults(engine, targets, out, count, data.description->name,
                            [&](int64_t row) { return data.place(rows[first + row]); });
      });
}

Status checkInput(Engine &engine, const nn_model &model, const void *x, int64_t rows,
                  const char *data, const std::function<std::string(int64_t)> &place) {
  const int64_t size = elementCount(model.in_shape, model.in_rank);
  for (int32_t b = 0; b < model.n_bounds; ++b) {
    const Elements values{const_cast<void *>(x), engine.f64()};
    if (const int64_t bad = firstOutside(model.bounds[b], values, rows * size); bad >= 0)
      return outside(model.bounds[b], "x", data, place(bad / size), size, bad, values.get(bad));
  }
  if (!model.targets)
    return Status();
  const int64_t capacity = pieceRows(model.targets->compute, rows);
  std::vector<Buffer> results;
  std::vector<void *> out;
  NN_TRY(allocateResults(engine, *model.targets, capacity, results, out));
  Tuning tuning;
  return forEachPiece(engine, model.targets->compute, rows, [&](int64_t first, int64_t count) {
    const void *in = static_cast<const unsigned char *>(x) + first * size * engine.elementBytes();
    engine.call(model.targets->compute, &in, out.data(), count, capacity, tuning);
    return checkResults(engine, *model.targets, out, count, data,
                        [&](int64_t row) { return place(first + row); });
  });
}

} // namespace nnrt
