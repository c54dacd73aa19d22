// Targets that are computed from fields, checked on every row before the run.
#include "runtime/metrics.h"

namespace nnrt {

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
  std::vector<Buffer> results(size_t(targets.n_results));
  std::vector<void *> out;
  for (int32_t r = 0; r < targets.n_results; ++r) {
    NN_TRY(results[r].allocate(size_t(capacity * targets.sizes[r] * engine.elementBytes()),
                               "the targets to be checked"));
    out.push_back(results[r].data());
  }
  Tuning tuning;
  return forEachPiece(
      engine, targets.compute, int64_t(rows.size()), [&](int64_t first, int64_t count) {
        const Gather gather = batches.gather(rows.data() + first, count);
        if (!engine.call(targets.compute, batches.in(), out.data(), count, capacity, tuning,
                         &gather))
          return data.checkIntact();
        for (int32_t b = 0; b < targets.n_bounds; ++b) {
          const nn_bound &bound = targets.bounds[b];
          const Elements values{out[bound.field], engine.f64()};
          const int64_t size = targets.sizes[bound.field],
                        bad = firstOutside(bound, values, count * size);
          if (bad >= 0)
            return computedOutside(bound, data.description->name,
                                   data.place(rows[first + bad / size]), values.get(bad));
        }
        return Status();
      });
}

} // namespace nnrt
