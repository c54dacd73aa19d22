// Notes about units: errors against a normalised field, and predictions of one, are in units of the
// field's deviation.
#include "runtime/program/statements.h"
#include "runtime/run/run.h"
#include "runtime/terminal/tables.h"

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

void noteUnits(Run &run, const DataT &data, const Learned &learned,
               const std::vector<int32_t> &fields) {
  for (int32_t f : targets(data, fields)) {
    const std::string &name = data.fields[f].name;
    auto statistics = learned.statistics.find(name);
    if (statistics == learned.statistics.end() ||
        !run.told.insert("units " + data.name + "." + name).second)
      continue;
    const std::vector<double> &deviation = statistics->second.deviation;
    run.progress.note(format("note: `%s` of %s is normalised, so that errors against it are in "
                             "units of its deviation%s, %s",
                             name.c_str(), data.name.c_str(), deviation.size() > 1 ? "s" : "",
                             listOf(deviation).c_str()));
  }
}

void notePredictedUnits(Run &run, const ModelT &model, const DataT &data, const Learned &learned) {
  const int64_t outputs = elementCount(model.out_shape);
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
