// Checkpoints: everything that the rest of a training run depends on, in one safetensors file that is replaced
// atomically. Order, dropout and noise are functions of (seed, step), so a resumed run repeats an uninterrupted one bit
// for bit.
#include "runtime/safetensors.h"
#include "runtime/train.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

namespace nnrt {

static const char *const formatName = "nnc checkpoint 1";

/// What must be the same for a checkpoint to be continued, with the words for a message.
std::vector<std::pair<std::string, std::string>> Trainer::fingerprint() const {
  const nn_program &program = run.program;
  std::vector<std::pair<std::string, std::string>> list = {
      {"program", program.name},
      {"train statement", std::to_string(ordinal + 1)},
      {"model", record.model},
      {"data", record.data},
      {"elements", program.elements},
      {"seed", std::to_string(engine.seed())},
      {"training rows", std::to_string(record.trainRows)},
      {"validation rows", std::to_string(record.valRows)},
      {"test rows", std::to_string(record.testRows)},
      {"batch", std::to_string(record.batch)},
      {"steps", std::to_string(record.totalSteps)},
  };
  for (int32_t i = 0; i < program.n_options; ++i)
    list.push_back({std::string("option ") + program.options[i].name, format("%.17g", run.flags.options[i])});
  std::string metrics;
  for (int32_t m = 0; m < train.n_metrics; ++m)
    metrics += (m ? ", " : "") + std::string(train.metrics[m].name);
  list.push_back({"metrics", metrics});
  return list;
}

namespace {

/// Numbers of the state, as one tensor.
std::vector<double> watchNumbers(const TrainRecord &record) {
  return {double(record.kept.seen), record.kept.best, double(record.kept.epoch),
          double(record.stop.seen), record.stop.best, double(record.stop.epoch)};
}

std::vector<double> numbersOf(const TensorView &tensor) {
  std::vector<double> all;
  for (int64_t i = 0; i < tensor.elements(); ++i)
    all.push_back(tensor.get(i));
  return all;
}

TensorView view(const char *name, const std::vector<double> &values, std::vector<int64_t> shape) {
  return {name, DType::F64, std::move(shape), reinterpret_cast<const unsigned char *>(values.data()),
          values.size() * sizeof(double)};
}

} // namespace

Status Trainer::writeCheckpoint(bool finished) {
  const nn_program &program = run.program;
  DType type = engine.f64() ? DType::F64 : DType::F32;
  std::vector<TensorView> tensors;
  RowMajor rows(engine);
  auto add = [&](const char *prefix, int32_t t, const unsigned char *from) {
    const nn_tensor &tensor = program.tensors[t];
    tensors.push_back({std::string(prefix) + tensor.name, type, {tensor.shape, tensor.shape + tensor.rank},
                       rows.of(t, from), size_t(engine.tensorBytes(t))});
  };
  for (int32_t t : modelTensors())
    add("tensor/", t, engine.tensor(t));
  for (int32_t t = train.optimizer_tensors.first; t < train.optimizer_tensors.first + train.optimizer_tensors.count; ++t)
    add("tensor/", t, engine.tensor(t));
  size_t at = 0;
  if (!snapshot.empty())
    for (int32_t t : modelTensors()) {
      add("best/", t, snapshot.data() + at);
      at += size_t(engine.tensorBytes(t));
    }
  const History &history = record.history;
  std::vector<double> watch = watchNumbers(record), partial = totals.save(), last = {record.last.seconds};
  last.insert(last.end(), record.last.train.begin(), record.last.train.end());
  last.insert(last.end(), record.last.val.begin(), record.last.val.end());
  tensors.push_back(view("history", history.all(), {int64_t(history.rows()), int64_t(history.columns())}));
  tensors.push_back(view("last epoch", last, {int64_t(last.size())}));
  tensors.push_back(view("watch", watch, {int64_t(watch.size())}));
  tensors.push_back(view("totals", partial, {int64_t(partial.size())}));

  const History &looks = record.monitored;
  if (looks.rows())
    tensors.push_back(view("monitored", looks.all(), {int64_t(looks.rows()), int64_t(looks.columns())}));

  double seconds = priorSeconds + (now() - began);
  Metadata metadata = {{"format", formatName},
                       {"step", std::to_string(record.steps)},
                       {"epochs", std::to_string(record.epochs)},
                       {"history stride", std::to_string(history.stride())},
                       {"monitored stride", std::to_string(looks.stride())},
                       {"finished", finished ? "yes" : "no"},
                       {"stopped early", record.stoppedEarly ? "yes" : "no"},
                       {"seconds", format("%.3f", seconds)}};
  for (const auto &entry : fingerprint())
    metadata.push_back(entry);
  return writeSafetensors(train.checkpoint, tensors, metadata).at(train.where);
}

Status Trainer::readCheckpoint(bool &found, bool &finished) {
  found = finished = false;
  if (!isFile(train.checkpoint))
    return checkWritable(train.checkpoint);
  SafetensorsFile file;
  NN_TRY(readSafetensors(train.checkpoint, file));
  const std::string *kind = file.meta("format");
  if (!kind || *kind != formatName)
    return Status::error(std::string(train.checkpoint) + " is not a checkpoint of this version");
  for (const auto &entry : fingerprint()) {
    const std::string *saved = file.meta(entry.first);
    if (!saved || *saved != entry.second)
      return Status::error(format("%s does not fit this run: its %s is %s, this run's is %s", train.checkpoint,
                                  entry.first.c_str(), saved ? saved->c_str() : "unknown", entry.second.c_str()));
  }
  auto damaged = [&](const std::string &what) {
    return Status::error(std::string(train.checkpoint) + " does not fit this run: " + what);
  };
  const TensorView *history = file.find("history"), *last = file.find("last epoch"), *watch = file.find("watch"),
                   *partial = file.find("totals");
  const std::string *epochs = file.meta("epochs"), *stride = file.meta("history stride");
  const std::string *step = file.meta("step"), *state = file.meta("finished"), *seconds = file.meta("seconds"),
                    *early = file.meta("stopped early");
  size_t values = 1 + size_t(train.n_metrics), columns = 1 + (record.valRows ? 2 : 1) * values;
  bool whole = history && last && watch && partial && step && epochs && stride && state && seconds && early &&
               history->shape.size() == 2 && watch->elements() == 6 && totals.restore(numbersOf(*partial));
  bool fits = whole && (strtoll(epochs->c_str(), nullptr, 10) == 0 ||
                        (history->shape[1] == int64_t(columns) && last->elements() == int64_t(columns)));
  if (!fits)
    return damaged("its history has another form");

  std::vector<int32_t> own = modelTensors(), optimizer;
  for (int32_t t = train.optimizer_tensors.first; t < train.optimizer_tensors.first + train.optimizer_tensors.count; ++t)
    optimizer.push_back(t);
  DType type = engine.f64() ? DType::F64 : DType::F32;
  auto tensorOf = [&](const char *prefix, int32_t t) -> const TensorView * {
    const nn_tensor &tensor = run.program.tensors[t];
    const TensorView *saved = file.find(std::string(prefix) + tensor.name);
    bool same = saved && saved->type == type &&
                saved->shape == std::vector<int64_t>(tensor.shape, tensor.shape + tensor.rank);
    return same ? saved : nullptr;
  };
  for (const std::vector<int32_t> *list : {&own, &optimizer})
    for (int32_t t : *list) {
      const TensorView *saved = tensorOf("tensor/", t);
      if (!saved)
        return damaged(std::string("tensor `") + run.program.tensors[t].name + "` is missing or has another shape");
      engine.importTensor(t, saved->data, engine.tensor(t));
    }
  snapshot.clear();
  if (!own.empty() && tensorOf("best/", own[0]))
    for (int32_t t : own) {
      const TensorView *saved = tensorOf("best/", t);
      if (!saved)
        return damaged(std::string("the best `") + run.program.tensors[t].name + "` is missing");
      snapshot.resize(snapshot.size() + saved->size);
      engine.importTensor(t, saved->data, snapshot.data() + snapshot.size() - saved->size);
    }

  record.steps = strtoll(step->c_str(), nullptr, 10);
  record.seconds = strtod(seconds->c_str(), nullptr);
  record.stoppedEarly = *early == "yes";
  finished = *state == "yes";
  std::vector<double> numbers = numbersOf(*watch);
  record.kept = {numbers[0] != 0, numbers[1], int64_t(numbers[2])};
  record.stop = {numbers[3] != 0, numbers[4], int64_t(numbers[5])};
  record.epochs = strtoll(epochs->c_str(), nullptr, 10);
  if (record.epochs > 0) {
    record.history.restore(numbersOf(*history), columns, strtoll(stride->c_str(), nullptr, 10));
    numbers = numbersOf(*last);
    record.last.seconds = numbers[0];
    record.last.train.assign(numbers.begin() + 1, numbers.begin() + 1 + long(values));
    record.last.val.assign(numbers.begin() + 1 + long(values), numbers.end());
  }
  // Without it, or if other things were monitored then, the looks begin anew.
  const TensorView *looks = file.find("monitored");
  const std::string *every = file.meta("monitored stride");
  if (monitor.active() && looks && every && looks->shape.size() == 2 && looks->shape[1] == monitor.columns())
    record.monitored.restore(numbersOf(*looks), size_t(looks->shape[1]), strtoll(every->c_str(), nullptr, 10));
  found = true;
  return Status();
}

} // namespace nnrt
