// Finds what made a loss NaN or infinite: the trace function runs the same step again and reports
// the first operation with a result that is not finite; parameters that an earlier update made
// non-finite are named.
#include "runtime/program/statements.h"
#include "runtime/support/finite.h"
#include "runtime/train/train.h"

#include <cmath>

namespace nnrt {

int32_t Trainer::spoiltTensor(double &value) const {
  for (int32_t t : best.of()) {
    Elements values = engine.arena.values(t);
    int64_t at = firstNonFinite(values, engine.arena.elements(t));
    if (at >= 0) {
      value = values.get(at);
      return t;
    }
  }
  return -1;
}

static const char *nameOf(double value) {
  return std::isnan(value) ? "NaN" : value > 0 ? "infinite" : "-infinite";
}

Status Trainer::explain(const Part &part, double loss, int64_t rows) {
  run.diverged = true;
  int64_t step = record.steps + 1, epoch = record.steps / record.stepsPerEpoch + 1;
  const std::string name = valueName(train, size_t(part.metric + 1));
  std::string text =
      format("%s is %s at step %lld (epoch %lld)", name == lossName ? "the loss" : name.c_str(),
             nameOf(loss), (long long)step, (long long)epoch);
  const std::vector<TracePointT> &points = *part.tracePoints;
  std::string first;
  if (part.trace.exists() && !points.empty()) {
    Buffer flags;
    NN_TRY(flags.allocate(points.size() * 64, "the trace of the step"));
    std::vector<void *> out;
    for (size_t i = 0; i < points.size(); ++i)
      out.push_back(flags.data() + i * 64);
    engine.call(part.trace, batches.in(), out.data(), rows, record.piece);
    for (size_t i = 0; i < points.size() && first.empty(); ++i) {
      const TracePointT &point = points[i];
      if (Elements{out[i], engine.f64()}.get(0) == 0)
        continue;
      if (point.place.empty())
        return Status::error(format("%s at step %lld (epoch %lld)", point.op.c_str(),
                                    (long long)step, (long long)epoch))
            .at(point.where);
      first = "`" + point.op + "` in " + withoutVariant(point.place) +
              (point.where.empty() ? "" : " at " + point.where);
    }
  }
  double value = 0;
  int32_t spoilt = spoiltTensor(value);
  if (spoilt >= 0 && record.steps > 0)
    text += format(": the update of step %lld made %s %s%s%s", (long long)step - 1,
                   withoutVariant(run.program.tensors[spoilt].name).c_str(), nameOf(value),
                   first.empty() ? "" : "; it is first seen by ", first.c_str());
  else if (spoilt >= 0)
    text +=
        format(": %s starts out %s%s%s", withoutVariant(run.program.tensors[spoilt].name).c_str(),
               nameOf(value), first.empty() ? "" : "; it is first seen by ", first.c_str());
  else if (!first.empty())
    text += ": first made by " + first;
  else
    text +=
        ": every operation of the step gave finite numbers; their sum over the batch does not fit";
  return Status::error(text);
}

Status Trainer::checkParameters() {
  if (areParametersFinite())
    return Status();
  run.diverged = true;
  double value = 0;
  int32_t spoilt = spoiltTensor(value);
  // The loss was finite, so an update did this; after the next step it would not be known which.
  return Status::error(format("%s became %s by step %lld (epoch %lld), while the loss was finite",
                              withoutVariant(run.program.tensors[spoilt].name).c_str(),
                              nameOf(value), (long long)record.steps,
                              (long long)(record.steps - 1) / record.stepsPerEpoch + 1))
      .at(train.where);
}

} // namespace nnrt
