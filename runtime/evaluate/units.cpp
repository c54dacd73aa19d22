// Notes about units: errors against a normalised field, and predictions of one, are in units of the
// field's deviation.
#include "runtime/program/statements.h"
#include "runtime/run/run.h"
#include "runtime/terminal/tables.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace nnrt {

const size_t mostShown = 4; // numbers in a note

/// "84213.2", or "84213.2, 3.1, …".
static std::string listOf(const std::vector<double> &values) {
  std::string text;
  for (size_t i = 0; i < values.size() && i < mostShown; ++i)
    text += (i ? ", " : "") + number(values[i]);
  return text + (values.size() > mostShown ? ", …" : "");
}

/// The normalised fields among `fields` that are not a model's input.
static std::vector<int32_t> targets(const DataT &data, const std::vector<int32_t> &fields) {
  std::vector<int32_t> found;
  for (int32_t f : fields)
    if ((data.fields[f].flags & NN_FIELD_NORMALIZE) && f != inputField(data))
      found.push_back(f);
  return found;
}

NN_PART(units);

/// The names of the metrics of a statement that compare numbers in the units of `field`.
static std::string metricsOf(const std::vector<MetricT> &metrics, const std::string &field) {
  std::string text;
  for (const MetricT &metric : metrics)
    if (metric.units == field)
      text += (text.empty() ? "`" : ", `") + metric.name + "`";
  return text;
}

void noteUnits(Run &run, const DataT &data, const Learned &learned,
               const std::vector<int32_t> &fields, const std::vector<MetricT> &metrics) {
  for (int32_t f : targets(data, fields)) {
    const std::string &name = data.fields[f].name;
    auto statistics = learned.statistics.find(name);
    const std::string own = metricsOf(metrics, name);
    if (statistics == learned.statistics.end() ||
        !run.told.insert("units " + data.name + "." + name + own).second)
      continue;
    const bool hasOthers = std::any_of(metrics.begin(), metrics.end(),
                                       [](const MetricT &m) { return m.units.empty(); });
    if (own.empty() && !hasOthers)
      continue; // the program itself puts them back
    const std::vector<double> &deviation = statistics->second.deviation;
    std::string text = format("note: `%s` of %s is normalised", name.c_str(), data.name.c_str());
    if (!own.empty())
      text += format(": %s %s in its own units", own.c_str(),
                     own.find(',') == std::string::npos ? "is" : "are");
    if (hasOthers)
      text +=
          format("%s in units of its deviation%s, %s",
                 own.empty() ? ", so that errors against it are" : "; other errors against it are",
                 deviation.size() > 1 ? "s" : "", listOf(deviation).c_str());
    run.progress.note(text);
  }
}

/// The normalised field that the outputs of a model predict, as losses compare them; or -1.
static int32_t predictedBy(const Run &run, const ModelT &model, const DataT &data) {
  int32_t found = -1;
  bool isOne = true;
  const int32_t index = int32_t(&model - run.program.models.data());
  forEachTrain(run.program, [&](const TrainT &train) {
    if (trainedAs(run.program, index) != train.model || train.data < 0 ||
        &run.program.data[train.data] != &data)
      return;
    isOne &= found < 0 || found == train.predicted;
    found = train.predicted;
  });
  return isOne && found >= 0 &&
                 elementCount(data.fields[found].shape) == elementCount(model.out_shape)
             ? found
             : -1;
}

void toOwnUnits(Run &run, const ModelT &model, const DataT &data, const Learned &learned,
                Elements outputs, int64_t rows) {
  const int32_t f = predictedBy(run, model, data);
  if (f < 0)
    return;
  const FieldT &field = data.fields[f];
  const Statistics *statistics = learned.statisticsOf(field.name);
  const int64_t size = elementCount(model.out_shape);
  if (!statistics || int64_t(statistics->mean.size()) != statisticsSize(data, field))
    return;
  for (int64_t i = 0; i < rows * size; ++i)
    outputs.set(i, statistics->inOwnUnits(outputs.get(i), i % size, size, field.window >= 0));
}

void notePredictedUnits(Run &run, const ModelT &model, const DataT &data, const Learned &learned) {
  const int64_t outputs = elementCount(model.out_shape);
  if (const int32_t f = predictedBy(run, model, data);
      f >= 0 && learned.statisticsOf(data.fields[f].name)) {
    run.progress.note(format("note: `%s` of %s is normalised; the outputs that predict it are in "
                             "its own units",
                             data.fields[f].name.c_str(), data.name.c_str()));
    return;
  }
  std::set<int32_t> predicted; // by the models that are trained on this data set
  forEachTrain(run.program, [&](const TrainT &train) {
    if (train.data >= 0 && &run.program.data[train.data] == &data)
      for (int32_t f : targets(data, train.fields))
        predicted.insert(f);
  });
  for (int32_t f : predicted) {
    const FieldT &field = data.fields[f];
    auto statistics = learned.statistics.find(field.name);
    if (elementCount(field.shape) != outputs || statistics == learned.statistics.end())
      continue;
    const std::vector<double> &mean = statistics->second.mean,
                              &deviation = statistics->second.deviation;
    std::string own;
    for (size_t i = 0; i < mean.size() && i < mostShown; ++i)
      own += (i ? ", " : "") +
             std::string(outputs == 1 ? "`output`" : "`output" + std::to_string(i + 1) + "`") +
             " * " + number(deviation[i]) + (mean[i] < 0 ? " - " : " + ") +
             number(std::fabs(mean[i]));
    if (int64_t(mean.size()) != outputs && mean.size() == 1)
      own = "each output * " + number(deviation[0]) + (mean[0] < 0 ? " - " : " + ") +
            number(std::fabs(mean[0]));
    run.progress.note(format("note: `%s` of %s is normalised, so that outputs that predict it are "
                             "in its deviations, from its mean; in its own "
                             "units they are %s%s",
                             field.name.c_str(), data.name.c_str(), own.c_str(),
                             mean.size() > mostShown ? ", …" : ""));
  }
}

} // namespace nnrt
