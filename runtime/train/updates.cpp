// Steps of several calls: of several updates, of an update that is made several times, or of
// gradients that are added up over several batches. Each update is a function of its own, called in
// the order of the program, and sees what those before it have written.
#include "runtime/train/train.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

Status Trainer::planParts() {
  parts.push_back({train.step, train.apply, train.trace, &train.trace_points, -1, numbers.times[0],
                   Tuning(), Tuning()});
  for (size_t u = 0; u < train.later.size(); ++u) {
    const UpdateT &later = train.later[u];
    int32_t metric = 0;
    while (size_t(metric) < train.metrics.size() && train.metrics[metric].update != int32_t(u))
      ++metric;
    if (size_t(metric) == train.metrics.size())
      return Status::error("the program has no place for the loss of an update");
    parts.push_back({later.step, later.apply, later.trace, &later.trace_points, metric,
                     numbers.times[u + 1], Tuning(), Tuning()});
  }
  oneCall = parts.size() == 1 && numbers.times[0] == 1 && !train.apply.exists();
  for (const Part &part : parts) {
    NN_TRY(engine.reserve(part.step, record.piece));
    if (part.apply.exists())
      NN_TRY(engine.reserve(part.apply, 1));
    if (part.trace.exists())
      NN_TRY(engine.reserve(part.trace, record.piece));
    record.scratchBytes =
        std::max(record.scratchBytes, uint64_t(engine.scratchOf(part.step, record.piece)));
  }
  return Status();
}

Status Trainer::stepInParts(const int64_t *numbers, int64_t rows) {
  for (Part &part : parts) {
    if (train.reads_val_loss)
      engine.scalars[NN_SLOT_VAL_LOSS] = record.epochs > 0
                                             ? record.last.val[size_t(part.metric + 1)]
                                             : std::numeric_limits<double>::infinity();
    for (int64_t i = 0; i < part.times; ++i)
      NN_TRY(update(part, i, numbers, rows));
  }
  engine.scalars[NN_SLOT_REPETITION] = engine.scalars[NN_SLOT_FIRST_ROW] = 0;
  midStep = false;
  ++record.steps;
  return Status();
}

Status Trainer::update(Part &part, int64_t repetition, const int64_t *&numbers, int64_t rows) {
  engine.scalars[NN_SLOT_REPETITION] = double(repetition);
  for (int64_t first = 0; first < rows; first += record.piece) {
    const int64_t count = std::min(record.piece, rows - first);
    engine.scalars[NN_SLOT_FIRST_ROW] = double(first);
    engine.scalars[NN_SLOT_BATCH_SHARE] = double(count) / double(record.piece);
    engine.scalars[NN_SLOT_GROUP_SHARE] = double(count) / double(rows);
    NN_TRY(call(part, numbers, first, count, repetition));
    if (rows <= record.piece)
      numbers = nullptr; // the only batch of the step stays where it is
  }
  if (!part.apply.exists())
    return Status();
  double checked = 0; // room for a result, which only some have
  void *out[] = {&checked};
  engine.call(part.apply, nullptr, out, 1, 1, part.applyTuning);
  if (const double limit = Elements{out[0], engine.f64()}.get(0); !std::isfinite(limit))
    return explain(part, limit, lastRows);
  return Status();
}

Status Trainer::call(Part &part, const int64_t *numbers, int64_t first, int64_t rows,
                     int64_t repetition) {
  const Gather gather = numbers ? batches.gather(numbers + first, rows) : Gather{};
  Tuning one; // as in step()
  one.threads = 1;
  if (!engine.call(part.step, batches.in(), totals.outOf(part.metric), rows, record.piece,
                   data->isChecking() ? one : part.tuning, numbers ? &gather : nullptr))
    return data->parts.checkIntact(); // nothing has been computed from it
  lastRows = rows;
  if (const double loss = totals.lossAt(part.metric); !std::isfinite(loss)) {
    NN_TRY(data->checkRows(engine));
    return explain(part, loss, rows);
  }
  midStep = true;
  totals.addLoss(part.metric, double(rows) / double(part.times));
  if (&part == &parts.front() && repetition == 0)
    totals.addMeasured(rows);
  return Status();
}

} // namespace nnrt
