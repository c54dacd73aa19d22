// Finds the errors of predicted numbers: residuals of each output, and the rows with the worst
// predictions.
#include "runtime/evaluate/mistakes.h"

#include <algorithm>
#include <cfloat>
#include <cmath>

namespace nnrt {

static const size_t mostShown = 24;     // rows
static const int64_t mostPoints = 1500; // of a plot
static const int64_t mostOutputs = 8;   // nobody looks at more outputs one by one
static const int parts =
    1024; // parts of the histogram: enough for the part that is drawn, even with outliers

void Residuals::add(double truth, double predicted, int64_t row) {
  ++rows;
  const double r = predicted - truth;
  if (!(std::fabs(r) < 1e150)) { // the square would be infinite
    ++lost;
    return;
  }
  mean += (r - mean) / double(rows - lost);
  squares += r * r;
  absolute += std::fabs(r);
  most = std::max(most, std::fabs(r));
  if (row % stride == 0)
    points.emplace_back(truth, predicted);
  if (reach == 0) {
    if (r == 0) {
      ++zeros;
      return;
    }
    reach = std::max(std::exp2(std::floor(std::log2(std::fabs(r))) - 30), DBL_MIN);
    counts.assign(parts, 0);
    counts[parts / 2] = zeros;
  }
  // The range of the residuals is not known in advance: to extend it, the parts are made twice as
  // wide, and their counts are added up in pairs.
  for (; std::fabs(r) >= reach; reach *= 2) {
    std::vector<double> wider(parts, 0);
    for (size_t i = 0; i < parts; ++i)
      wider[parts / 4 + i / 2] += counts[i];
    counts = std::move(wider);
  }
  ++counts[size_t(std::min(parts - 1, int((r / reach + 1) * (parts / 2))))];
}

/// Whether, according to a loss or a metric, the field holds shares or one of two numbers, which is
/// a choice rather than a quantity.
static bool isChoice(const std::vector<BoundT> &bounds, int32_t field) {
  return std::any_of(bounds.begin(), bounds.end(),
                     [&](const BoundT &b) { return b.field == field; });
}

NN_PART(residuals);

bool hasResiduals(const ProgramT &program, const EvaluateT &evaluate, const Dataset &data) {
  const ModelT &model = program.models[evaluate.model];
  const int64_t outputs = elementCount(model.out_shape);
  bool numbers = evaluate.truth >= 0 && outputs <= mostOutputs &&
                 data.fields.sizes[size_t(evaluate.truth)] == outputs &&
                 !isChoice(evaluate.bounds, evaluate.truth);
  forEachTrain(program, [&](const TrainT &train) {
    numbers &= train.data != evaluate.data || !isChoice(train.bounds, evaluate.truth);
  });
  return numbers;
}

Status findResiduals(Run &run, const EvaluateT &evaluate, const Dataset &data, int32_t x,
                     const std::vector<int64_t> &rows, EvaluateRecord &record) {
  const ModelT &model = run.program.models[evaluate.model];
  const FieldT &field = data.description->fields[evaluate.truth];
  const size_t outputs = size_t(elementCount(model.out_shape));
  const Statistics &statistics = data.statistics[size_t(evaluate.truth)];
  if (!statistics.mean.empty())
    record.units = "as they were before they were normalized";
  record.residuals.resize(outputs);
  for (size_t k = 0; k < outputs; ++k) {
    record.residuals[k].name = std::string(field.name) + (outputs > 1 ? format("[%zu]", k) : "");
    record.residuals[k].stride = (int64_t(rows.size()) + mostPoints - 1) / mostPoints;
  }
  auto worse = [](const EvaluateRecord::Miss &a, const EvaluateRecord::Miss &b) {
    return a.distance > b.distance;
  };
  return eachPrediction(
      run.engine, model, data, x, evaluate.truth, rows, [&](int64_t row, const Prediction &p) {
        EvaluateRecord::Miss miss;
        double squares = 0;
        for (size_t k = 0; k < outputs; ++k) {
          double truth = p.truth(int64_t(k)), predicted = p.output(int64_t(k));
          squares += (predicted - truth) * (predicted - truth);
          if (!statistics.mean.empty())
            for (double *value : {&truth, &predicted})
              *value =
                  statistics.inOwnUnits(*value, int64_t(k), int64_t(outputs), field.window >= 0);
          record.residuals[k].add(truth, predicted, row);
          miss.truth.push_back(truth);
          miss.predicted.push_back(predicted);
        }
        miss.distance = squares < HUGE_VAL ? std::sqrt(squares) : HUGE_VAL; // also if it is NaN
        if (miss.distance == 0)
          return;
        auto at = std::upper_bound(record.misses.begin(), record.misses.end(), miss, worse);
        if (at - record.misses.begin() >= long(mostShown))
          return;
        miss.place = baseName(data.parts.place(rows[size_t(row)]));
        record.misses.insert(at, std::move(miss));
        if (record.misses.size() > mostShown)
          record.misses.pop_back();
      });
}

} // namespace nnrt
