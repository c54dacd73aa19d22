// Finds the worst mistakes of a classifier on the rows of an evaluate statement, with pictures if
// its inputs are images.
#include "runtime/evaluate/mistakes.h"
#include "runtime/evaluate/class_curves.h"
#include "runtime/support/indices.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nnrt {

// Weak: a trainer links them only if its program has residuals (NN_PART).
[[gnu::weak]] bool hasResiduals(const ProgramT &, const EvaluateT &, const Dataset &);
[[gnu::weak]] Status findResiduals(Run &, const EvaluateT &, const Dataset &, int32_t,
                                   const std::vector<int64_t> &, EvaluateRecord &);

[[gnu::weak]] void findClassCurves(const ClassScores &, EvaluateRecord &);

static const size_t mostShown = 24;

int32_t labelField(const ProgramT &program, const EvaluateT &evaluate) {
  const ModelT &model = program.models[evaluate.model];
  const int64_t outputs = elementCount(model.out_shape);
  int32_t label = labelOf(evaluate, outputs);
  forEachTrain(program, [&](const TrainT &train) {
    if (label < 0 && trains(train, evaluate.model) && train.data == evaluate.data)
      label = labelOf(train, outputs);
  });
  return label;
}

/// Whether x is a picture: [h, w], [1, h, w] or [3, h, w], or one of these flattened, if the data
/// have a column `image` of that size.
static bool isPicture(const DataT &data, const FieldT &x, EvaluateRecord &record) {
  const std::vector<int64_t> &s = x.shape;
  auto take = [&](int64_t channels, int64_t height, int64_t width) {
    record.channels = int32_t(channels);
    record.height = int32_t(height);
    record.width = int32_t(width);
    return height >= 4 && width >= 4 && height <= 1024 && width <= 1024;
  };
  if (s.size() == 2)
    return take(1, s[0], s[1]);
  if (s.size() == 3 && (s[0] == 1 || s[0] == 3))
    return take(s[0], s[1], s[2]);
  for (int32_t c = 0; s.size() == 1 && c < int32_t(data.columns.size()); ++c)
    for (int64_t channels : {1, 3}) {
      int64_t side = int64_t(std::lround(std::sqrt(double(s[0]) / double(channels))));
      if (data.columns[c].name == "image" && data.columns[c].size == s[0] &&
          side * side * channels == s[0])
        return take(channels, side, side);
    }
  return false;
}

/// Planes of numbers as bytes, with the channels of a pixel together, scaled from the least to the
/// greatest number of the picture.
static std::vector<uint8_t> pixelsOf(const EvaluateRecord &record, const std::vector<double> &x) {
  const double low = *std::min_element(x.begin(), x.end()),
               high = *std::max_element(x.begin(), x.end());
  const size_t plane = size_t(record.height) * size_t(record.width);
  std::vector<uint8_t> pixels(x.size());
  for (size_t c = 0; c < size_t(record.channels); ++c)
    for (size_t i = 0; i < plane; ++i)
      pixels[i * size_t(record.channels) + c] =
          uint8_t(high > low ? std::lround(255 * (x[c * plane + i] - low) / (high - low)) : 0);
  return pixels;
}

/// The probabilities of the classes: the outputs themselves if they are probabilities, otherwise
/// their softmax.
static std::vector<double> shares(const Prediction &prediction, int64_t classes) {
  std::vector<double> p;
  double sum = 0, most = -HUGE_VAL, least = HUGE_VAL;
  for (int64_t k = 0; k < classes; ++k) {
    p.push_back(prediction.output(k));
    sum += p.back();
    most = std::max(most, p.back());
    least = std::min(least, p.back());
  }
  if (least >= 0 && std::fabs(sum - 1) < 1e-3)
    return p;
  sum = 0;
  for (double &value : p)
    sum += value = std::exp(value - most);
  for (double &value : p)
    value /= sum;
  return p;
}

/// Finds a classifier's mistakes: `label` is the field of class numbers.
static Status findWrong(Run &run, const EvaluateT &evaluate, const Dataset &data, int32_t x,
                        int32_t label, const std::vector<int64_t> &rows, EvaluateRecord &record) {
  const ModelT &model = run.program.models[evaluate.model];
  const DataT &description = *data.description;
  const int64_t classes = elementCount(model.out_shape), size = data.fields.sizes[size_t(x)];
  if (!isPicture(description, description.fields[x], record))
    record.channels = 0;
  const Statistics &statistics = data.statistics[size_t(x)];
  record.wrong = 0;
  ClassScores scores;
  scores.classes = classes;
  const bool curves = findClassCurves && int64_t(rows.size()) * classes <= ClassScores::most;
  NN_TRY(eachPrediction(
      run.engine, model, data, x, label, rows, [&](int64_t row, const Prediction &prediction) {
        const std::vector<double> p = shares(prediction, classes);
        const double truth = prediction.truth(0);
        if (curves && truth >= 0 && truth < double(classes)) {
          scores.scores.insert(scores.scores.end(), p.begin(), p.end());
          scores.truth.push_back(int64_t(truth));
        }
        const int64_t predicted = std::max_element(p.begin(), p.end()) - p.begin();
        if (!(truth >= 0 && truth < double(classes)) || int64_t(truth) == predicted)
          return;
        ++record.wrong;
        EvaluateRecord::Mistake mistake{
            "", int64_t(truth), predicted, p[size_t(predicted)], p[size_t(truth)], {}};
        auto worse = [](const EvaluateRecord::Mistake &a, const EvaluateRecord::Mistake &b) {
          return a.forTruth < b.forTruth;
        };
        auto at = std::upper_bound(record.mistakes.begin(), record.mistakes.end(), mistake, worse);
        if (at - record.mistakes.begin() >= long(mostShown))
          return;
        mistake.place = baseName(data.parts.place(rows[size_t(row)]));
        if (record.channels) {
          std::vector<double> values;
          for (int64_t i = 0; i < size; ++i) {
            double value = prediction.input(i);
            if (!statistics.mean.empty()) // the pixel as it was before it was normalised
              value = statistics.inOwnUnits(value, i, size, /*areWindows=*/false);
            values.push_back(value);
          }
          mistake.pixels = pixelsOf(record, values);
        }
        record.mistakes.insert(at, std::move(mistake));
        if (record.mistakes.size() > mostShown)
          record.mistakes.pop_back();
      }));
  if (curves)
    findClassCurves(scores, record);
  return Status();
}

/// Collects the single output of a model for two classes: `truth` is a field of 0 and 1.
static Status findScores(Run &run, const EvaluateT &evaluate, const Dataset &data, int32_t x,
                         const std::vector<int64_t> &rows, EvaluateRecord &record) {
  ClassScores scores;
  scores.classes = 1;
  bool choices = true;
  NN_TRY(eachPrediction(run.engine, run.program.models[evaluate.model], data, x, evaluate.truth,
                        rows, [&](int64_t, const Prediction &prediction) {
                          const double p = prediction.output(0), truth = prediction.truth(0);
                          scores.scores.push_back(float(p));
                          scores.truth.push_back(truth > 0);
                          scores.probabilities &= p >= 0 && p <= 1;
                          choices &= truth == 0 || std::fabs(truth) == 1;
                        }));
  scores.limit = scores.probabilities ? 0.5 : 0;
  if (choices)
    findClassCurves(scores, record);
  return Status();
}

Status findMistakes(Run &run, const EvaluateT &evaluate, const Dataset &data,
                    const std::vector<int64_t> &rows, EvaluateRecord &record) {
  const ModelT &model = run.program.models[evaluate.model];
  const DataT &description = *data.description;
  const int64_t outputs = elementCount(model.out_shape), size = elementCount(model.in_shape);
  const int32_t label = labelField(run.program, evaluate);
  int32_t x = -1;
  for (int32_t f : indices(description.fields)) // as predict finds it
    if (description.fields[f].name == "x" && data.fields.sizes[size_t(f)] == size)
      x = f;
  if (!model.predict.exists() || x < 0)
    return Status();
  if (label >= 0)
    return outputs < 2 || data.fields.sizes[size_t(label)] != 1
               ? Status()
               : findWrong(run, evaluate, data, x, label, rows, record);
  if (evaluate.truth < 0)
    return Status();
  if (hasResiduals(run.program, evaluate, data))
    return findResiduals(run, evaluate, data, x, rows, record);
  return findClassCurves && outputs == 1 && data.fields.sizes[size_t(evaluate.truth)] == 1 &&
                 int64_t(rows.size()) <= ClassScores::most
             ? findScores(run, evaluate, data, x, rows, record)
             : Status();
}

} // namespace nnrt
