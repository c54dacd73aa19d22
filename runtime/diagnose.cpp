// What made a loss NaN or infinite: the trace function runs the same step again and says which operation was the first
// whose result is not finite; parameters that were spoilt by an earlier update are named.
#include "runtime/train.h"

#include <cmath>

namespace nnrt {

/// The first parameter or state of a model that is not finite, or -1.
static int32_t spoiltTensor(const Engine &engine, nn_range range) {
  for (int32_t t = range.first; t < range.first + range.count; ++t) {
    Elements values = engine.tensorValues(t);
    double sum = 0; // x - x is 0 unless x is not finite
    for (int64_t i = 0, n = engine.tensorElements(t); i < n; ++i)
      sum += values.get(i) - values.get(i);
    if (sum != 0)
      return t;
  }
  return -1;
}

static const char *nameOf(double value) { return std::isnan(value) ? "NaN" : value > 0 ? "infinite" : "-infinite"; }

static double firstBad(const Engine &engine, int32_t tensor) {
  Elements values = engine.tensorValues(tensor);
  for (int64_t i = 0, n = engine.tensorElements(tensor); i < n; ++i)
    if (double value = values.get(i); !std::isfinite(value))
      return value;
  return 0;
}

Status Trainer::explain(double loss, int64_t rows) {
  int64_t step = record.steps + 1, epoch = record.steps / record.stepsPerEpoch + 1;
  std::string text = format("the loss is %s at step %lld (epoch %lld)", nameOf(loss), (long long)step, (long long)epoch);
  std::string first;
  if (train.trace.code && train.n_trace_points > 0) {
    Buffer flags;
    NN_TRY(flags.allocate(size_t(train.n_trace_points) * 64, "the trace of the step"));
    std::vector<void *> out;
    for (int32_t i = 0; i < train.n_trace_points; ++i)
      out.push_back(flags.data() + i * 64);
    engine.call(train.trace, batches.in(), out.data(), rows, record.batch);
    for (int32_t i = 0; i < train.n_trace_points && first.empty(); ++i) {
      const nn_trace_point &point = train.trace_points[i];
      if (Elements{out[i], engine.f64()}.get(0) != 0)
        first = format("`%s` in %s%s%s", point.op, point.place, point.where && *point.where ? " at " : "",
                       point.where ? point.where : "");
    }
  }
  int32_t spoilt = spoiltTensor(engine, run.program.models[train.model].tensors);
  if (spoilt >= 0 && record.steps > 0)
    text += format(": the update of step %lld made %s %s%s%s", (long long)step - 1, run.program.tensors[spoilt].name,
                   nameOf(firstBad(engine, spoilt)), first.empty() ? "" : "; it is first seen by ", first.c_str());
  else if (spoilt >= 0)
    text += format(": %s starts out %s%s%s", run.program.tensors[spoilt].name, nameOf(firstBad(engine, spoilt)),
                   first.empty() ? "" : "; it is first seen by ", first.c_str());
  else if (!first.empty())
    text += ": first made by " + first;
  else
    text += ": every operation of the step gave finite numbers; their sum over the batch does not fit";
  return Status::error(text);
}

Status Trainer::checkParameters() {
  int32_t spoilt = spoiltTensor(engine, run.program.models[train.model].tensors);
  if (spoilt < 0)
    return Status();
  // The loss was finite, so it is an update that did this; the next step would only hide which.
  return Status::error(format("%s became %s by step %lld (epoch %lld), while the loss was finite",
                              run.program.tensors[spoilt].name, nameOf(firstBad(engine, spoilt)),
                              (long long)record.steps, (long long)(record.steps - 1) / record.stepsPerEpoch + 1))
      .at(train.where);
}

} // namespace nnrt
