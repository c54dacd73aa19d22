// Goes through a model's outputs for the rows of an evaluation one by one, to find what the report
// shows about single rows.
#pragma once

#include "runtime/evaluate/metrics.h"
#include "runtime/program/statements.h"
#include "runtime/run/run.h"

namespace nnrt {

/// One row: the model's outputs, the true values and the model's inputs.
struct Prediction {
  ConstElements outputs, truths, inputs;
  int64_t r, nOutputs, nTruths, nInputs; // the row's index in the call, and the numbers of elements
  double output(int64_t k) const { return outputs.get(r * nOutputs + k); }
  double truth(int64_t k) const { return truths.get(r * nTruths + k); }
  double input(int64_t i) const { return inputs.get(r * nInputs + i); }
};

/// Calls visit(index in `rows`, prediction) for each row; `x` and `truth` are fields of the data.
template <class Visit>
Status eachPrediction(Engine &engine, const ModelT &model, const Dataset &data, int32_t x,
                      int32_t truth, const std::vector<int64_t> &rows, Visit &&visit) {
  FlushDenormals flush;
  const int64_t capacity = pieceRows(engine, model.predict, int64_t(rows.size())),
                outputs = elementCount(model.out_shape);
  Batches batches;
  NN_TRY(batches.prepare(engine, data, {x, truth}, capacity));
  Buffer results;
  NN_TRY(results.allocate(size_t(capacity * outputs * engine.elementBytes()), "the predictions"));
  return forEachPiece(
      engine, model.predict, int64_t(rows.size()), [&](int64_t first, int64_t count) {
        const Gather gather = batches.gather(rows.data() + first, count);
        void *out = results.data();
        Tuning one;
        one.threads = engine.maxThreads();
        engine.call(model.predict, batches.in(), &out, count, capacity, one, &gather);
        auto elements = [&](const void *from) { return ConstElements(from, engine.f64()); };
        for (int64_t r = 0; r < count; ++r)
          visit(first + r,
                Prediction{elements(out), elements(batches.in()[1]), elements(batches.in()[0]), r,
                           outputs, data.fields.sizes[size_t(truth)],
                           data.fields.sizes[size_t(x)]});
        return Status();
      });
}

/// Whether the statement compares the model's outputs with numbers of its data that are quantities,
/// not choices.
bool hasResiduals(const ProgramT &program, const EvaluateT &evaluate, const Dataset &data);
Status findResiduals(Run &run, const EvaluateT &evaluate, const Dataset &data, int32_t x,
                     const std::vector<int64_t> &rows, EvaluateRecord &record);

} // namespace nnrt
