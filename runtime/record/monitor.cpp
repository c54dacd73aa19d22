// Computes what is monitored. Norms are sums of squares in double; gradients and units come from a
// separate compiled function, TrainT.monitor.
#include "runtime/record/monitor.h"
#include "runtime/support/indices.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nnrt {

static const size_t tensorNumbers = 3, unitNumbers = 2;

TensorLook tensorLook(const TrainRecord &record, size_t row, size_t index) {
  size_t at = 1 + tensorNumbers * index;
  return {record.monitored.value(row, at), record.monitored.value(row, at + 1),
          record.monitored.value(row, at + 2)};
}

UnitsLook unitsLook(const TrainRecord &record, size_t row, size_t index) {
  size_t at = 1 + tensorNumbers * record.tensors.size() + unitNumbers * index;
  return {record.monitored.value(row, at), record.monitored.value(row, at + 1)};
}

const char *gradientWarning(const TrainRecord &record, size_t row, size_t index) {
  double most = 0;
  for (size_t t = 0; t < record.tensors.size(); ++t)
    most = std::max(most, tensorLook(record, row, t).gradient);
  TensorLook look = tensorLook(record, row, index);
  if (look.gradient > 100 && look.gradient > 100 * look.weight)
    return "exploding: a hundred times the weights";
  return look.gradient < 1e-4 * most ? "vanishing: ten thousand times smaller than the largest"
                                     : nullptr;
}

const char *updateWarning(const TensorLook &look) {
  double ratio = look.update / look.weight;
  return !(look.weight > 0) ? nullptr
         : ratio > 0.1      ? "the step is large for these weights: a lower learning rate"
         : ratio < 1e-6     ? "these weights hardly move"
                            : nullptr;
}

const char *unitsWarning(double share) {
  return share >= 0.2 ? "many units learn nothing" : nullptr;
}

std::string monitorText(const TrainRecord &record) {
  if (record.monitored.rows() == 0 || record.tensors.empty())
    return "";
  const size_t last = record.monitored.rows() - 1;
  size_t width = 6;
  for (const std::string &name : record.tensors)
    width = std::max(width, name.size());
  for (const std::string &name : record.activations)
    width = std::max(width, name.size());
  std::string text = format("  %-*s  %10s  %10s  %10s  %13s\n", int(width), "tensor", "weight",
                            "gradient", "update", "update/weight");
  auto warned = [](const char *why) { return why ? format("  (%s)", why) : std::string(); };
  for (size_t t = 0; t < record.tensors.size(); ++t) {
    TensorLook look = tensorLook(record, last, t);
    text += format("  %-*s  %10.4g  %10.4g  %10.4g  %13.3g", int(width), record.tensors[t].c_str(),
                   look.weight, look.gradient, look.update,
                   look.weight > 0 ? look.update / look.weight : NAN) +
            warned(gradientWarning(record, last, t)) + warned(updateWarning(look)) + "\n";
  }
  for (size_t a = 0; a < record.activations.size(); ++a) {
    UnitsLook look = unitsLook(record, last, a);
    text += format("  %-*s  dead %.1f %%  saturated %.1f %%", int(width),
                   record.activations[a].c_str(), 100 * look.dead, 100 * look.saturated) +
            warned(unitsWarning(std::max(look.dead, look.saturated))) + "\n";
  }
  return text;
}

Histogram histogramOf(const Engine &engine, int32_t tensor, int parts) {
  Histogram h = histogramOf(engine.arena.values(tensor), engine.arena.elements(tensor), parts);
  h.name = engine.program.tensors[tensor].name;
  return h;
}

Histogram histogramOf(Elements values, int64_t count, int parts) {
  Histogram h;
  h.counts.assign(size_t(parts), 0);
  if (count == 0)
    return h;
  h.low = h.high = values.get(0);
  for (int64_t i = 0; i < count; ++i) {
    h.low = std::min(h.low, values.get(i));
    h.high = std::max(h.high, values.get(i));
  }
  const double scale = h.high > h.low ? double(parts) / (h.high - h.low) : 0;
  for (int64_t i = 0; i < count; ++i)
    ++h.counts[size_t(std::min(double(parts - 1), (values.get(i) - h.low) * scale))];
  return h;
}

Status Monitor::prepare(Engine &theEngine, const TrainT &theTrain, TrainRecord &record) {
  engine = &theEngine;
  train = &theTrain;
  on = int32_t(train->trained.size()) > 0;
  if (!on)
    return Status();
  every = std::max<int64_t>(1, (record.totalSteps / record.stepsPerEpoch + 99) / 100);
  record.monitorEvery = every;
  for (int32_t i : indices(train->trained))
    record.tensors.push_back(engine->program.tensors[train->trained[i]].name);
  old.resize(record.tensors.size());
  if (!train->monitor.exists())
    return Status();
  for (int32_t i : indices(train->activations))
    record.activations.push_back(train->activations[i]);
  const size_t count = record.tensors.size() + unitNumbers * record.activations.size();
  NN_TRY(results.allocate(count * 64, "what is monitored"));
  for (size_t i = 0; i < count; ++i)
    out.push_back(results.data() + 64 * i);
  return engine->reserve(train->monitor, record.piece);
}

int64_t Monitor::columns() const {
  const int32_t activations = train->monitor.exists() ? int32_t(train->activations.size()) : 0;
  return int64_t(1 + tensorNumbers * old.size() + unitNumbers * size_t(activations));
}

void Monitor::beforeStep(int64_t epoch) {
  if (!on || untilDue(epoch) != 0)
    return;
  for (size_t i = 0; i < old.size(); ++i) {
    const unsigned char *from = engine->arena.tensor(train->trained[i]);
    old[i].assign(from, from + engine->arena.bytes(train->trained[i]));
  }
}

/// √Σ v², computed from v divided by the greatest, so that no square overflows.
template <class Get> static double length(int64_t count, Get get) {
  double top = 0, sum = 0;
  for (int64_t k = 0; k < count; ++k) {
    const double v = std::fabs(get(k));
    if (std::isnan(v))
      return v;
    top = std::max(top, v);
  }
  if (!(top > 0) || std::isinf(top))
    return top;
  for (int64_t k = 0; k < count; ++k)
    sum += (get(k) / top) * (get(k) / top);
  return top * std::sqrt(sum);
}

Status Monitor::afterStep(int64_t epoch, const void *const *in, int64_t rows, int64_t capacity,
                          TrainRecord &record) {
  if (!on || untilDue(epoch) != 0)
    return Status();
  if (train->monitor.exists())
    engine->call(train->monitor, in, out.data(), rows, capacity);
  auto result = [&](size_t i) { return Elements{out[i], engine->f64()}.get(0); };
  EpochRecord look;
  for (size_t i = 0; i < old.size(); ++i) {
    Elements now = engine->arena.values(train->trained[i]), before{old[i].data(), engine->f64()};
    const int64_t count = engine->arena.elements(train->trained[i]);
    double weight = length(count, [&](int64_t k) { return now.get(k); });
    double update = length(count, [&](int64_t k) { return now.get(k) - before.get(k); });
    look.train.insert(look.train.end(),
                      {weight, train->monitor.exists() ? result(i) : NAN, update});
  }
  for (size_t i = old.size(); i < out.size(); ++i)
    look.train.push_back(result(i));
  record.monitored.add(epoch / every, look);
  return Status();
}

void Monitor::finish(TrainRecord &record) const {
  if (on)
    for (int32_t i : indices(train->trained))
      record.weights.push_back(histogramOf(*engine, train->trained[i], 40));
}

} // namespace nnrt
