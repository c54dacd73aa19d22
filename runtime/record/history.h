// The records of a run: what train, evaluate and search statements leave for checkpoints, messages
// and the report.
#pragma once

#include "runtime/schema/program.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace nnrt {

/// One epoch: the loss, then each metric (NaN for a table); `val` is empty without a validation
/// split.
struct EpochRecord {
  double seconds = 0;
  std::vector<double> train, val;
};

/// The name of value i of an EpochRecord: the loss, then the metrics.
inline std::string valueName(const TrainT &train, size_t i) {
  return i ? train.metrics[i - 1].name : lossOf(train);
}
inline bool isNumber(const TrainT &train, size_t i) {
  return i == 0 || train.metrics[i - 1].shape.empty();
}

/// The epochs of a run as rows of numbers: seconds, the train values, the val values. A very long
/// run keeps only every second, fourth, … epoch, so that its history and its checkpoints stay
/// small.
class History {
public:
  static constexpr size_t limit = 4096; // rows; about as many as a plot can show

  void add(int64_t epoch, const EpochRecord &record) {
    width = 1 + record.train.size() + record.val.size();
    if (!keeps(epoch))
      return;
    numbers.push_back(record.seconds);
    numbers.insert(numbers.end(), record.train.begin(), record.train.end());
    numbers.insert(numbers.end(), record.val.begin(), record.val.end());
    if (rows() < limit)
      return;
    every *= 2;
    size_t kept = 0;
    for (size_t row = 0; row < rows(); row += 2, ++kept)
      std::copy_n(numbers.begin() + long(row * width), width, numbers.begin() + long(kept * width));
    numbers.resize(kept * width);
  }
  bool keeps(int64_t epoch) const { return epoch % every == 0; }
  /// How many epochs from this one on are not kept.
  int64_t untilKept(int64_t epoch) const { return keeps(epoch) ? 0 : every - epoch % every; }
  size_t rows() const { return width ? numbers.size() / width : 0; }
  size_t columns() const { return width; }
  /// Row r is epoch r * stride().
  int64_t stride() const { return every; }
  double value(size_t row, size_t column) const { return numbers[row * width + column]; }

  const std::vector<double> &all() const { return numbers; }
  void restore(std::vector<double> saved, size_t columns, int64_t stride) {
    numbers = std::move(saved);
    width = columns;
    every = stride;
  }

private:
  std::vector<double> numbers;
  size_t width = 0;
  int64_t every = 1;
};

/// The watch of `keep best` or `stop when`.
struct WatchState {
  bool seen = false;
  double best = 0;
  int64_t epoch = 0; // of the best value, from 0
};

/// Whether `value` is better than the best that `state` has seen; NaN never is.
inline bool better(const WatchState &state, int32_t direction, double value) {
  if (value != value)
    return false;
  return !state.seen || (direction == NN_HIGHEST ? value > state.best : value < state.best);
}

/// The watched value of an epoch; NaN if there is none.
inline double watched(const nn_watch &watch, const EpochRecord &epoch) {
  const std::vector<double> &values = watch.split == NN_SPLIT_TRAIN ? epoch.train : epoch.val;
  size_t index = watch.metric < 0 ? 0 : size_t(watch.metric) + 1;
  return index < values.size() ? values[index] : __builtin_nan("");
}

/// "val.accuracy".
inline std::string watchName(const nn_watch &watch, const TrainT &train) {
  return std::string(watch.split == NN_SPLIT_TRAIN ? "train." : "val.") +
         valueName(train, size_t(watch.metric + 1));
}

/// A histogram of a tensor's weights: counts[i] of them are in the i-th of equal parts of low …
/// high.
struct Histogram {
  std::string name;
  double low = 0, high = 0;
  std::vector<double> counts;
};

/// The record of one run of a train statement so far.
struct TrainRecord {
  const TrainT *statement = nullptr;
  std::string model, data;
  // the compare or search that the run belongs to, "compare activations"; empty: none
  std::string group;
  std::string groupPlace; // the place of that statement, because several may have no name
  std::string variant;    // which of its runs: "act = relu"; includes "fold 2 of 5"
  // the same without the fold: equal for runs that are averaged together
  std::string trial;
  // the chosen values, by name: {"act", "relu"}
  std::vector<std::pair<std::string, std::string>> choices;
  bool judged = false;   // whether the goal of its search judges it
  bool repeated = false; // it ran on one of several folds, or with one of several seeds
  int64_t batch = 0, stepsPerEpoch = 0, totalSteps = 0;
  int64_t piece = 0; // rows of a call of the step: of `batch`, which has several with `accumulate`
  int64_t trainRows = 0, valRows = 0, testRows = 0;
  int64_t steps = 0; // done
  double seconds = 0;
  int64_t epochs = 0; // done
  EpochRecord last;   // of them
  History history;
  WatchState kept, stop;
  bool stoppedEarly = false;
  std::string failure; // why it stopped, in one line: the results are still useful in a comparison;
                       // empty: it did not
  int threads = 1;     // threads of a step
  std::vector<std::string> tensors,
      activations;   // what `monitored` is about: trained tensors; "net.dense1 relu"
  History monitored; // every monitorEvery-th epoch: the figures in monitor.h for each tensor, then
                     // for each activation
  int64_t monitorEvery = 1;
  std::vector<Histogram> weights;                             // at the end, of each of `tensors`
  uint64_t scratchBytes = 0, batchBytes = 0, resultBytes = 0; // memory of a step besides the arena

  /// The number of complete epochs after `made` steps; the last epoch of a run may be a partial
  /// one.
  int64_t completeEpochs(int64_t made) const {
    return made / stepsPerEpoch + (made == totalSteps && made % stepsPerEpoch != 0);
  }
};

/// The curve of a value over the epochs that `record` has kept: 0 is the loss, i is metric i - 1.
/// Empty if there is none.
std::vector<double> series(const TrainRecord &record, bool val, size_t value);

/// Predicted and true numbers of one output of a model. A residual is predicted - true.
struct Residuals {
  std::string name; // "y", or "y[2]" if there are several
  int64_t rows = 0,
          lost =
              0; // lost: of them without a finite prediction or truth; the rest are without these
  double mean = 0, squares = 0, absolute = 0;    // of the residuals; the sum of squares is around
                                                 // 0, not around the mean
  double most = 0;                               // the largest absolute residual
  std::vector<std::pair<double, double>> points; // true, predicted: of every stride-th row
  int64_t stride = 1;
  // A histogram of the residuals in equal parts of -reach … reach.
  double reach = 0;
  std::vector<double> counts;
  double zeros = 0; // until there is a reach

  void add(double truth, double predicted, int64_t row);
};

/// The result of an evaluate statement.
struct EvaluateRecord {
  std::string model, data;                // "mnist.test"
  std::string group, groupPlace, variant; // as in TrainRecord
  int64_t rows = 0;
  double seconds = 0;
  struct Value {
    std::string name;
    std::vector<int64_t> shape;
    std::vector<double> values;
  };
  std::vector<Value> metrics;
  std::vector<std::string> classes; // of the label, if known
  struct Mistake {
    std::string place;           // "iris.csv:12"
    int64_t truth, predicted;    // class numbers
    double confidence, forTruth; // the probabilities that the model gives to the predicted and the
                                 // true class
    // rows of the picture, with the channels of a pixel together; empty: x is not a picture
    std::vector<uint8_t> pixels;
  };
  int64_t wrong = -1;            // how many rows are predicted wrong; -1: not known
  std::vector<Mistake> mistakes; // the worst of them, by the probability given to the true class
  int32_t height = 0, width = 0, channels = 0; // of the pictures
  std::vector<Residuals> residuals; // of each output, where the outputs are compared with numbers
  std::string units; // of these: "as they were before they were normalized"; empty: the field's
  struct Miss {
    std::string place;
    std::vector<double> truth, predicted; // of each output
    double distance;                      // for the ranking, in standard deviations of the truth
  };
  std::vector<Miss> misses; // the rows that are predicted worst
  /// How much worse each metric of `importanceOf` becomes if a column is shuffled: mean and
  /// standard deviation over `shuffles` times. The column that matters most to the first metric is
  /// first.
  struct Importance {
    std::string column;
    std::vector<double> mean, deviation;
  };
  std::vector<std::string> importanceOf;
  std::vector<Importance> importance;
  int32_t shuffles = 0;
  /// How well the scores tell a class from the others. Curves are points (x, y).
  struct ClassCurves {
    std::string name;
    int64_t rows = 0, predicted = 0, right = 0; // of the class; as the class; both
    double area = 0, precision = 0;             // under the ROC curve; the average precision
    std::vector<std::pair<double, double>> roc, recall; // false over true positives …; precision
                                                        // over recall
  };
  std::vector<ClassCurves> classCurves;
  /// Of the rows whose predicted probability is in one of equal parts of 0 .. 1.
  struct Calibration {
    double probability = 0, share = 0; // mean probability, and the share of rows it was right for
    int64_t rows = 0;
  };
  std::vector<Calibration> calibration; // of the parts that have rows
  double calibrationError = 0;
};

/// The record of a completed search statement.
struct SearchRecord {
  std::string name, method, goal;                   // "best", "tpe", "val.loss"
  std::string place;                                // the search statement
  nn_watch watch = {-1, NN_SPLIT_TRAIN, NN_LOWEST}; // that value
  int32_t direction = NN_LOWEST;                    // nn_direction of the goal
  std::vector<std::string> variables;
  struct Trial {
    std::vector<std::string> values; // of the variables
    double goal = 0, spread = 0;     // mean and standard deviation over the folds (spread 0: one
                                     // split). NaN: it failed
    double seconds = 0;
    int64_t epochs = 0;
  };
  std::vector<Trial> trials;
  int64_t best = -1, folds = 1;
};

} // namespace nnrt
