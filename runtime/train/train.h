// Trainer: one train statement while it runs. train.cpp has the loop, fit.cpp the first batch,
// updates.cpp steps of several calls, uneventful.cpp a fast loop, diagnose.cpp explains a NaN.
#pragma once

#include "runtime/evaluate/metrics.h"
#include "runtime/program/settings.h"
#include "runtime/record/monitor.h"
#include "runtime/run/run.h"
#include "runtime/support/finite.h"
#include "runtime/train/averages.h"
#include "runtime/train/checkpoint.h"
#include "runtime/train/snapshot.h"

#include <limits>

namespace nnrt {

class Trainer {
  struct Parameter {
    Elements values;
    int64_t count;
  };

public:
  Trainer(Run &run, const TrainT &train, int32_t ordinal)
      : run(run), engine(run.engine), train(train), ordinal(ordinal),
        best(engine.arena, tensorsOf(run.program, train)), averages(engine.arena, train),
        checkpoint(run, train, ordinal, {record, totals, best, monitor}) {}

  // What runs once for a statement is cold: train.cpp is compiled for speed, these are not.

  /// Executes the whole statement. Returns with run.signal set if it was interrupted.
  [[gnu::cold]] Status execute();

private:
  // train.cpp
  [[gnu::cold]] Status plan();
  /// With --resume: continues from the checkpoint, if there is one.
  [[gnu::cold]] Status resume(bool &found, bool &finished);
  [[gnu::cold]] void noteBegin();
  Status loop();
  /// The end of a statement whose loop has not failed.
  [[gnu::cold]] Status finish();
  /// How long the statement has run, and the runs before it was resumed.
  double secondsSoFar() const { return priorSeconds + (now() - began); }
  /// `numbers`: which rows; null: those of the last step, which are all.
  Status step(const int64_t *numbers, int64_t rows);
  // updates.cpp
  /// One of the updates of a step.
  struct Part {
    nn_fn step, apply, trace;
    const std::vector<TracePointT> *tracePoints;
    int32_t metric; // whose value is its loss; -1: the loss
    int64_t times;
    Tuning tuning, applyTuning;
  };
  [[gnu::cold]] Status planParts();
  /// A step that makes several updates, or one of several batches.
  Status stepInParts(const int64_t *numbers, int64_t rows);
  /// `numbers` becomes null when the step's only batch is copied.
  Status update(Part &part, int64_t repetition, const int64_t *&numbers, int64_t rows);
  Status call(Part &part, const int64_t *numbers, int64_t first, int64_t rows, int64_t repetition);
  // fit.cpp
  /// Fits this statement's parameters that have a `fit` and are still as drawn to the first batch.
  Status fitToFirstBatch();
  /// From now on no other statement fits these.
  void forgetDrawn() {
    for (int32_t tensor : train.fitted)
      run.drawn[size_t(tensor)] = 0;
  }

  /// Sets the scalars of the step's number and epoch.
  void setClock() {
    engine.scalars[NN_SLOT_STEP] = double(record.steps);
    engine.scalars[NN_SLOT_EPOCH] = double(record.steps) / double(record.stepsPerEpoch);
    if (train.reads_val_loss)
      engine.scalars[NN_SLOT_VAL_LOSS] =
          record.epochs > 0 ? record.last.val[0] : std::numeric_limits<double>::infinity();
  }
  Status endEpoch();
  [[gnu::cold]] void sayAdvice();
  void beginEpoch(int64_t epoch);
  /// Writes the checkpoint after a failure that has left everything as it was after the last step.
  [[gnu::cold]] Status keepDespite(const Status &failure);

  // uneventful.cpp
  /// How many epochs from here on consist of a single step, after which there is nothing to show,
  /// to keep or to decide.
  int64_t uneventfulEpochs() const;
  Status runUneventful(int64_t count);

  // diagnose.cpp
  /// Why the loss of the step just made is not finite. Nothing has been written since.
  Status explain(const Part &part, double loss, int64_t rows);
  bool areParametersFinite() const {
    bool finite = true;
    for (const Parameter &parameter : parameters)
      finite &= firstNonFinite(parameter.values, parameter.count) < 0;
    return finite;
  }
  /// The first parameter or state of the models that is not finite, or -1; `value` is its first
  /// such element.
  int32_t spoiltTensor(double &value) const;
  /// Fails if a parameter is not finite, and names it.
  Status checkParameters();

  Run &run;
  Engine &engine;
  const TrainT &train;
  int32_t ordinal; // of this train statement among the program's
  Dataset *data = nullptr;
  TrainRecord record;
  TrainNumbers numbers;
  Totals totals, evalTotals;
  Batches batches;
  Monitor monitor;
  Tuning tuning, evalTuning;
  std::vector<Parameter> parameters; // the model's tensors: all are checked after each epoch
  std::vector<int64_t> order;        // the training rows in this epoch's order
  Snapshot best;                     // of the models' tensors
  Averages averages;
  std::vector<Part> parts; // at least one
  bool oneCall = true;     // a step is one call
  bool midStep = false;    // a step has begun to change tensors and is not complete
  int64_t lastRows = 0;    // of the batch of the last call
  Checkpoint checkpoint;
  double began = 0, epochBegan = 0; // now() at the start of this run of the statement, and of the
                                    // epoch
  double priorSeconds = 0;          // of the runs before it was resumed
};

} // namespace nnrt
