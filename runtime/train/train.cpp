// The training loop.
#include "runtime/train/train.h"

#include "runtime/data/balance.h"
#include "runtime/process/signals.h"
#include "runtime/program/settings.h"
#include "runtime/record/advice.h"
#include "runtime/support/shuffle.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

Status Trainer::plan() {
  record.statement = &train;
  record.model = train.target;
  record.group = run.group;
  record.groupPlace = run.groupPlace;
  record.trial = run.trial;
  record.choices = run.choices;
  record.repeated = run.repeated;
  record.variant = run.variant;
  record.data = data->description->name;
  record.trainRows = int64_t(data->splits[NN_SPLIT_TRAIN].size());
  record.valRows = int64_t(data->splits[NN_SPLIT_VAL].size());
  record.testRows = int64_t(data->splits[NN_SPLIT_TEST].size());
  NN_TRY(trainNumbers(engine, train, numbers));
  record.piece = numbers.batch == 0 ? record.trainRows : std::min(numbers.batch, record.trainRows);
  record.batch = int64_t(
      std::min(double(record.piece) * double(numbers.accumulate), double(record.trainRows)));
  record.stepsPerEpoch = (record.trainRows + record.batch - 1) / record.batch;
  NN_TRY(stepsInAll(numbers, record.stepsPerEpoch, record.totalSteps));
  if (record.valRows == 0)
    for (const nn_watch *watch :
         {train.has_keep ? &train.keep : nullptr, train.has_stop ? &train.stop : nullptr})
      if (watch && watch->split == NN_SPLIT_VAL)
        return Status::error(format("`%s` is watched, but %s has no validation split",
                                    watchName(*watch, train).c_str(), record.data.c_str()));
  if (record.valRows == 0 && train.reads_val_loss)
    return Status::error(format("a schedule depends on `val_loss`, but %s has no validation split",
                                record.data.c_str()));
  engine.scalars[NN_SLOT_TOTAL_STEPS] = double(record.totalSteps);
  engine.scalars[NN_SLOT_STEPS_PER_EPOCH] = double(record.stepsPerEpoch);
  engine.scalars[NN_SLOT_BATCH_SHARE] = engine.scalars[NN_SLOT_GROUP_SHARE] = 1;

  NN_TRY(batches.prepare(engine, *data, train.fields, record.piece));
  NN_TRY(totals.prepare(engine, train.metrics, true));
  NN_TRY(totals.makeRoom(record.batch));
  NN_TRY(evalTotals.prepare(engine, train.metrics, true));
  NN_TRY(planParts());
  record.batchBytes = batches.bytes();
  record.resultBytes = totals.bytes();
  if (record.valRows)
    NN_TRY(reservePieces(engine, train.eval, record.valRows));
  if (run.monitored)
    NN_TRY(monitor.prepare(engine, train, record));
  for (int32_t t : best.of())
    parameters.push_back({engine.arena.values(t), engine.arena.elements(t)});
  return Status();
}

void Trainer::beginEpoch(int64_t epoch) {
  // A batch of all rows needs no order; sums then run in the order of the source.
  order = data->splits[NN_SPLIT_TRAIN];
  if (!data->balanced.empty())
    drawBalanced(data->balanced, engine.seed(), uint32_t(ordinal), uint32_t(epoch), order);
  else if (record.batch < record.trainRows)
    shuffle(order, engine.seed(), Stream::Shuffle, uint32_t(ordinal), uint32_t(epoch));
}

Status Trainer::step(const int64_t *numbers, int64_t rows) {
  setClock();
  if (!oneCall)
    return stepInParts(numbers, rows);
  const Gather gather = numbers ? batches.gather(numbers, rows) : Gather{};
  lastRows = rows;
  engine.scalars[NN_SLOT_BATCH_SHARE] = double(rows) / double(record.batch);
  // While another thread checks the data, it uses the second core, and the duration of a step means
  // nothing.
  Tuning one;
  one.threads = 1;
  if (!engine.call(train.step, batches.in(), totals.out(), rows, record.batch,
                   data->isChecking() ? one : tuning, numbers ? &gather : nullptr))
    return data->parts.checkIntact(); // nothing has been computed from it
  if (double loss = totals.readLoss(); !std::isfinite(loss)) {
    NN_TRY(data->checkRows(engine)); // bad data explain more than a NaN
    return explain(parts.front(), loss, rows);
  }
  totals.add(rows);
  ++record.steps;
  return Status();
}

Status Trainer::endEpoch() {
  EpochRecord &epoch = record.last;
  NN_TRY(checkParameters());
  // What can fail comes first: a checkpoint that is written after a failure still has the epoch's
  // totals.
  const Averages::Use means(averages, averages.any() && (record.valRows || train.has_keep));
  if (record.valRows)
    NN_TRY(evaluateRows(engine, *data, train.fields, train.eval, data->splits[NN_SPLIT_VAL],
                        evalTotals, evalTuning));
  if (record.valRows && pendingSignal()) // the epoch ends when the run goes on
    return Status();
  NN_TRY(totals.summary(engine, epoch.train));
  totals.clear();
  if (record.valRows)
    NN_TRY(evalTotals.summary(engine, epoch.val));
  int64_t index = record.epochs++;
  if (record.history.keeps(index) ||
      record.history.keeps(index + 1)) { // reading the clock takes as long as a tiny epoch
    double time = now();
    epoch.seconds = time - epochBegan;
    epochBegan = time;
  }
  record.history.add(index, epoch);
  if (train.has_keep && better(record.kept, train.keep.direction, watched(train.keep, epoch))) {
    record.kept = {true, watched(train.keep, epoch), index};
    best.take();
  }
  if (train.has_stop) {
    if (better(record.stop, train.stop.direction, watched(train.stop, epoch)))
      record.stop = {true, watched(train.stop, epoch), index};
    if (index - record.stop.epoch >= numbers.patience)
      record.stoppedEarly = true;
  }
  run.progress.epoch(record);
  return Status();
}

Status Trainer::loop() {
  FlushDenormals flush;
  bool all = record.piece == record.trainRows && data->balanced.empty();
  bool gathered = false; // a batch of all rows is copied once
  epochBegan = now();
  data->beginCheck(engine);
  if (record.steps < record.totalSteps && record.steps % record.stepsPerEpoch != 0)
    beginEpoch(record.steps / record.stepsPerEpoch); // resumed in the middle of an epoch
  if (record.epochs <
      record.completeEpochs(
          record.steps)) { // resumed where reading data failed at the end of an epoch
    const int64_t epochs = record.epochs;
    NN_TRY(endEpoch());
    if (run.recorder.active() && record.epochs > epochs)
      NN_TRY(run.recorder.epoch(engine, record, false));
    run.signal = pendingSignal();
  }
  int64_t inEpoch = record.steps % record.stepsPerEpoch; // steps made
  while (record.steps < record.totalSteps && !record.stoppedEarly && !run.signal &&
         run.stepsLeft != 0) {
    if (int64_t count = gathered ? uneventfulEpochs() : 0; count > 0) {
      NN_TRY(runUneventful(count));
      continue;
    }
    if (inEpoch == 0 && !(all && gathered))
      beginEpoch(record.steps / record.stepsPerEpoch);
    const double stepBegan = engine.profiler || run.firstStepSeconds < 0 ? now() : 0;
    const bool complete =
        inEpoch + 1 == record.stepsPerEpoch || record.steps + 1 == record.totalSteps;
    if (complete)
      monitor.beforeStep(record.epochs);
    int64_t first = inEpoch * record.batch, rows = std::min(record.batch, record.trainRows - first);
    if (all && gathered) {
      NN_TRY(step(nullptr, rows));
    } else {
      NN_TRY(step(order.data() + first, rows));
      gathered = true;
    }
    if (engine.profiler)
      engine.profiler->step(now() - stepBegan);
    noteWork();
    if (run.firstStepSeconds < 0) {
      run.firstStepSeconds = now() - run.startSeconds;
      observed(NN_STAGE_FIRST_STEP, stepBegan);
    }
    run.progress.step(record.steps, totals);
    ++inEpoch;
    if (complete) {
      NN_TRY(monitor.afterStep(record.epochs, batches.in(), lastRows, record.piece, record));
      inEpoch = 0;
      NN_TRY(data->checkRows(engine)); // before anything is printed or written
      const bool looked = run.recorder.active() && monitor.untilDue(record.epochs) == 0;
      const int64_t epochs = record.epochs;
      NN_TRY(endEpoch());
      if (run.recorder.active() && record.epochs > epochs)
        NN_TRY(run.recorder.epoch(engine, record, looked));
    }
    run.signal = pendingSignal();
    if (run.stepsLeft > 0)
      --run.stepsLeft;
    if (complete && !train.checkpoint.empty() && record.steps < record.totalSteps &&
        !record.stoppedEarly && record.epochs % numbers.checkpointEvery == 0)
      NN_TRY(checkpoint.write(false, secondsSoFar()));
  }
  return data->checkRows(engine);
}

/// Runs of a comparison or a search are judged side by side, in the report.
void Trainer::sayAdvice() {
  if (record.group.empty())
    for (const Advice &entry : advice(record))
      run.progress.note("advice: " + entry.text);
}

Status Trainer::keepDespite(const Status &failure) {
  NN_TRY(checkpoint.write(false, secondsSoFar()));
  return Status::error(failure.message() + format("\n  %s holds the run up to step %s: with the "
                                                  "data as they were, --resume goes on from there",
                                                  train.checkpoint.c_str(),
                                                  grouped(record.steps).c_str()));
}

Status Trainer::resume(bool &found, bool &finished) {
  NN_TRY(checkpoint.read(found, finished).at(train.where));
  if (finished) {
    forgetDrawn();
    run.progress.note(format("train %s on %s: finished according to %s", record.model.c_str(),
                             record.data.c_str(), train.checkpoint.c_str()));
    run.trained.push_back(std::move(record));
    return Status();
  }
  run.progress.note(
      found ? format("train %s on %s: resumed from %s at step %lld", record.model.c_str(),
                     record.data.c_str(), train.checkpoint.c_str(), (long long)record.steps)
            : format("train %s on %s: there is no checkpoint %s yet, starting from the beginning",
                     record.model.c_str(), record.data.c_str(), train.checkpoint.c_str()));
  return Status();
}

void Trainer::noteBegin() {
  if (run.flags.resume && record.steps)
    return;
  run.progress.note(
      format("train %s on %s: %s%s, %s in %s", record.model.c_str(), record.data.c_str(),
             counted(record.trainRows, "row").c_str(),
             record.valRows ? (" and " + grouped(record.valRows) + " to validate").c_str() : "",
             counted(record.totalSteps, "step").c_str(),
             counted((record.totalSteps + record.stepsPerEpoch - 1) / record.stepsPerEpoch, "epoch")
                 .c_str()));
}

Status Trainer::execute() {
  NN_TRY(run.needFor(train.model, train.data, data, true));
  if (run.flags.resume) // whose messages say what has been done
    NN_TRY(data->checkRows(engine));
  NN_TRY(plan().at(train.where));
  if (train.init.exists()) {
    NN_TRY(engine.reserve(train.init, 1));
    engine.call(train.init, nullptr, nullptr, 1, 1);
  }
  totals.clear();
  bool found = false, finished = false;
  if (run.flags.resume && !train.checkpoint.empty())
    NN_TRY(resume(found, finished));
  if (finished)
    return Status();
  if (!found)
    NN_TRY(fitToFirstBatch());
  forgetDrawn();
  priorSeconds = record.seconds;
  began = now();
  noteBegin();
  NN_TRY(run.recorder.trainBegins(record));
  run.progress.begin(record);
  Status status = loop();
  record.seconds = secondsSoFar();
  const Tuning &used = oneCall ? tuning : parts.front().tuning;
  record.threads = used.threads ? used.threads : engine.maxThreads();
  run.progress.end(record);
  if (status.failed()) {
    if (!train.checkpoint.empty() && record.steps > 0 && !midStep &&
        !data->parts.isIntact()) // the data have failed, not the run
      status = keepDespite(status);
    record.failure = status.message().substr(0, status.message().find_first_of("\n"));
    run.trained.push_back(std::move(record));
    return status;
  }
  return finish();
}

Status Trainer::finish() {
  sayAdvice();

  const bool finished =
      record.stoppedEarly ||
      (record.steps == record.totalSteps && record.epochs == record.completeEpochs(record.steps));
  if (!train.checkpoint.empty() && !finished && record.steps > 0)
    NN_TRY(checkpoint.write(false, secondsSoFar()));
  if (run.stepsLeft == 0 && !finished)
    run.progress.note(format("stopped by --max-steps after step %lld", (long long)record.steps));
  if (averages.any() && record.steps > 0)
    averages.swap(); // from here on the models have the means
  if (train.has_keep && record.kept.seen) {
    best.restore();
    run.progress.note(format("kept epoch %lld, the best: %s %s%s", (long long)record.kept.epoch + 1,
                             watchName(train.keep, train).c_str(), number(record.kept.best).c_str(),
                             record.stoppedEarly ? " (stopped early)" : ""));
  } else if (record.stoppedEarly) {
    run.progress.note(format("stopped: %s has not improved for %s",
                             watchName(train.stop, train).c_str(),
                             counted(numbers.patience, "epoch").c_str()));
  }
  if (!train.checkpoint.empty() && finished)
    NN_TRY(checkpoint.write(true, secondsSoFar()));
  monitor.finish(record);
  if (run.flags.watch)
    run.progress.note("watched: " + record.model + "\n" + monitorText(record));
  NN_TRY(run.recorder.trainEnds(record));
  run.trained.push_back(std::move(record));
  return Status();
}

static Status runTrain(Run &run, const StatementT &statement, Counts &counts) {
  return Trainer(run, as<TrainT>(statement), counts.trains++).execute();
}
NN_EXECUTES(NN_STMT_TRAIN, runTrain);

} // namespace nnrt
