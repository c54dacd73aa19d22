// Fits parameters whose initializers have a `fit` to the first batch, before a train statement's
// first step.
#include "runtime/train/train.h"

#include <cmath>

namespace nnrt {

// Each call corrects each layer once, in the model's order; a layer that is linear in its weights
// needs no more. Mishkin and Matas also stop after ten.
static const int mostCalls = 10;
static const double enough = 1e-4; // a change of the weights, relative to their size

Status Trainer::fitToFirstBatch() {
  std::vector<const void *> in(batches.in(), batches.in() + int32_t(train.fields.size()));
  const double masks[2] = {0, 1};
  const float narrowMasks[2] = {0, 1};
  bool any = false;
  for (int32_t tensor : train.fitted) {
    const bool fresh = run.drawn[size_t(tensor)];
    in.push_back(engine.f64() ? static_cast<const void *>(&masks[fresh]) : &narrowMasks[fresh]);
    any |= fresh;
  }
  if (!any)
    return Status();
  NN_TRY(data->checkRows(engine)); // weights may not be fitted to bad data
  FlushDenormals flush;
  NN_TRY(engine.reserve(train.fit, record.piece));
  beginEpoch(0);
  setClock();
  double change = 0;
  void *out[] = {&change};
  Tuning own;
  const Gather first = batches.gather(order.data(), record.piece);
  for (int i = 0; i < mostCalls; ++i) {
    if (!engine.call(train.fit, in.data(), out, record.piece, record.piece, own,
                     i ? nullptr : &first))
      return data->parts.checkIntact();
    if (!(Elements{out[0], engine.f64()}.get(0) > enough))
      break;
  }
  for (int32_t t : train.fitted) {
    if (firstNonFinite(engine.arena.values(t), engine.arena.elements(t)) >= 0)
      return Status::error(format("%s cannot be fitted to the first batch (%s): the output of its "
                                  "layer does not vary there, or is not finite",
                                  run.program.tensors[t].name.c_str(),
                                  counted(record.piece, "row").c_str()))
          .at(train.where);
  }
  return Status();
}

} // namespace nnrt
