// Checkpoints: everything that the rest of a training run depends on, in one safetensors file that
// is replaced atomically. Order, dropout and noise are functions of (seed, step), so a resumed run
// repeats an uninterrupted one bit for bit.
#include "runtime/train/checkpoint.h"
#include "runtime/support/indices.h"

#include "runtime/process/output.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>

namespace nnrt {

/// "lowest val.loss": the value that the state of `keep` or `stop` is about.
static std::string watchText(bool has, const nn_watch &watch, const TrainT &train) {
  if (!has)
    return "absent";
  const char *direction = watch.direction == NN_HIGHEST ? "highest " : "lowest ";
  return (watch.direction == NN_NO_DIRECTION ? "" : direction) + watchName(watch, train);
}

/// The shortest text that reads back exactly.
static std::string exactNumber(double value) {
  char digits[32];
  return std::string(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

std::vector<std::pair<std::string, std::string>> Checkpoint::fingerprint() const {
  const ProgramT &program = run.program;
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
  for (int32_t i : indices(program.options))
    list.push_back({"option " + program.options[i].name, exactNumber(run.flags.options[i])});
  std::string metrics;
  for (int32_t m : indices(train.metrics))
    metrics += (m ? ", " : "") + train.metrics[m].name;
  list.push_back({"metrics", metrics});
  list.push_back({"`keep`", watchText(train.has_keep, train.keep, train)});
  list.push_back({"`stop`", watchText(train.has_stop, train.stop, train)});
  return list;
}

namespace {

/// The start of the metadata's names for TrainT.origins.
const char *const originKey = "origin ";

/// The parts of the program that have changed since `file` was written: "optimizer was
/// `sgd(lr=0.1)` and is `adam()`".
std::vector<std::string> changesSince(const SafetensorsFile &file, const TrainT &train) {
  std::vector<std::string> changes;
  for (int32_t i : indices(train.origins)) {
    const std::string name = train.origins[i].name, now = train.origins[i].text;
    const std::string *saved = file.meta(originKey + name);
    if (!saved)
      changes.push_back("`" + quoted(name) + "` is new");
    else if (*saved != now && (saved->empty() || saved->front() == '#' || now[0] == '#'))
      changes.push_back("`" + quoted(name) + "` has another text");
    else if (*saved != now)
      changes.push_back("`" + quoted(name) + "` was `" + quoted(*saved, 80) + "`\n    and is `" +
                        quoted(now, 80) + "`");
  }
  for (const auto &[key, text] : file.metadata) {
    const std::string name =
        key.compare(0, strlen(originKey), originKey) == 0 ? key.substr(strlen(originKey)) : "";
    bool known = name.empty();
    for (int32_t i = 0; i < int32_t(train.origins.size()) && !known; ++i)
      known = name == train.origins[i].name;
    if (!known)
      changes.push_back("`" + quoted(name) + "` is gone");
  }
  return changes;
}

/// The numbers of the watches' states, as one tensor.
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
  return {name, DType::F64, std::move(shape),
          reinterpret_cast<const unsigned char *>(values.data()), values.size() * sizeof(double)};
}

} // namespace

Status Checkpoint::write(bool finished, double seconds) const {
  const ProgramT &program = run.program;
  DType type = engine.f64() ? DType::F64 : DType::F32;
  std::vector<TensorView> tensors;
  RowMajor rows(engine.arena);
  auto add = [&](const char *prefix, int32_t t, const unsigned char *from) {
    const TensorT &tensor = program.tensors[t];
    tensors.push_back({std::string(prefix) + tensor.name, type, tensor.shape, rows.of(t, from),
                       size_t(engine.arena.bytes(t))});
  };
  for (int32_t t : best.of())
    add("tensor/", t, engine.arena.tensor(t));
  for (int32_t t : tensorsIn(train.optimizer_tensors))
    add("tensor/", t, engine.arena.tensor(t));
  size_t at = 0;
  if (!best.empty())
    for (int32_t t : best.of()) {
      add("best/", t, best.data() + at);
      at += size_t(engine.arena.bytes(t));
    }
  const History &history = record.history;
  std::vector<double> watch = watchNumbers(record), partial = totals.save(),
                      last = {record.last.seconds};
  last.insert(last.end(), record.last.train.begin(), record.last.train.end());
  last.insert(last.end(), record.last.val.begin(), record.last.val.end());
  tensors.push_back(
      view("history", history.all(), {int64_t(history.rows()), int64_t(history.columns())}));
  tensors.push_back(view("last epoch", last, {int64_t(last.size())}));
  tensors.push_back(view("watch", watch, {int64_t(watch.size())}));
  tensors.push_back(view("totals", partial, {int64_t(partial.size())}));

  const History &looks = record.monitored;
  if (looks.rows())
    tensors.push_back(
        view("monitored", looks.all(), {int64_t(looks.rows()), int64_t(looks.columns())}));

  Metadata metadata = {{"format", checkpointFormat},
                       {"step", std::to_string(record.steps)},
                       {"epochs", std::to_string(record.epochs)},
                       {"history stride", std::to_string(history.stride())},
                       {"monitored stride", std::to_string(looks.stride())},
                       {"finished", finished ? "yes" : "no"},
                       {"stopped early", record.stoppedEarly ? "yes" : "no"},
                       {"seconds", format("%.3f", seconds)}};
  for (const auto &entry : fingerprint())
    metadata.push_back(entry);
  for (int32_t i : indices(train.origins))
    metadata.push_back({std::string(originKey) + train.origins[i].name, train.origins[i].text});
  return writeSafetensors(train.checkpoint, tensors, metadata).at(train.where);
}

namespace {

/// A whole number from `least` to `most`, and nothing else.
bool wholeNumber(const std::string *text, int64_t least, int64_t most, int64_t &value) {
  if (!text)
    return false;
  const std::from_chars_result read =
      std::from_chars(text->data(), text->data() + text->size(), value);
  return read.ec == std::errc() && read.ptr == text->data() + text->size() && value >= least &&
         value <= most;
}

bool yesOrNo(const std::string *text, bool &value) {
  value = text && *text == "yes";
  return text && (value || *text == "no");
}

/// The stride of a History: a power of two, because it only ever doubles.
bool strideOf(const std::string *text, int64_t &value) {
  return wholeNumber(text, 1, int64_t(1) << 53, value) && (value & (value - 1)) == 0;
}

/// Reads the numbers that watchNumbers() wrote for one watch, after `epochs` epochs.
bool readWatch(const double *numbers, int64_t epochs, WatchState &state) {
  const double seen = numbers[0], epoch = numbers[2];
  if ((seen != 0 && seen != 1) || !(epoch >= 0) || epoch != std::floor(epoch) ||
      epoch > double(epochs) || (seen == 1 && (epoch >= double(epochs) || std::isnan(numbers[1]))))
    return false;
  state = {seen == 1, numbers[1], int64_t(epoch)};
  return true;
}

} // namespace

bool Checkpoint::readProgress(const SafetensorsFile &file, TrainRecord &next, bool &finished) {
  const TensorView *history = file.find("history"), *last = file.find("last epoch"),
                   *watch = file.find("watch"), *partial = file.find("totals");
  if (!history || !last || !watch || !partial || history->shape.size() != 2 ||
      watch->elements() != 6)
    return false;
  int64_t stride = 0;
  bool stopped = false;
  const std::string *seconds = file.meta("seconds");
  if (!seconds || !wholeNumber(file.meta("step"), 0, next.totalSteps, next.steps) ||
      !strideOf(file.meta("history stride"), stride) || !yesOrNo(file.meta("finished"), finished) ||
      !yesOrNo(file.meta("stopped early"), stopped))
    return false;
  const std::from_chars_result read =
      std::from_chars(seconds->data(), seconds->data() + seconds->size(), next.seconds);
  if (read.ec != std::errc() || !std::isfinite(next.seconds) || next.seconds < 0)
    return false;
  // The number of complete epochs follows from the steps, except that the last one may not have
  // been recorded yet.
  const int64_t complete = next.completeEpochs(next.steps),
                inEpoch = next.steps % next.stepsPerEpoch;
  if (!wholeNumber(file.meta("epochs"), std::max<int64_t>(0, complete - 1), complete, next.epochs))
    return false;
  const int64_t epochs = next.epochs;
  if (epochs < complete && inEpoch != 0 && next.steps != next.totalSteps)
    return false;
  next.stoppedEarly = stopped;
  if ((stopped && !train.has_stop) || (finished && !stopped && next.steps != next.totalSteps))
    return false;

  const size_t values = 1 + train.metrics.size(), columns = 1 + (next.valRows ? 2 : 1) * values;
  if (epochs > 0) {
    const int64_t rows = (epochs + stride - 1) / stride;
    if (history->shape[0] != rows || rows >= int64_t(History::limit) ||
        history->shape[1] != int64_t(columns) || last->elements() != int64_t(columns))
      return false;
    next.history.restore(numbersOf(*history), columns, stride);
    const std::vector<double> numbers = numbersOf(*last);
    next.last.seconds = numbers[0];
    next.last.train.assign(numbers.begin() + 1, numbers.begin() + 1 + long(values));
    next.last.val.assign(numbers.begin() + 1 + long(values), numbers.end());
  }
  const std::vector<double> watched = numbersOf(*watch), sums = numbersOf(*partial);
  if (!readWatch(&watched[0], epochs, next.kept) || !readWatch(&watched[3], epochs, next.stop))
    return false;
  // The sums are those of the rows of an unfinished epoch.
  const int64_t first = epochs * next.stepsPerEpoch;
  const double rows =
      double(std::min((next.steps - std::min(first, next.steps)) * next.batch, next.trainRows));
  return sums.size() >= 2 && std::isfinite(sums[0]) && sums[1] == rows && totals.restore(sums);
}

void Checkpoint::readMonitored(const SafetensorsFile &file, TrainRecord &next) const {
  // Without it, or if other things were monitored then, the measurements start again.
  const TensorView *looks = file.find("monitored");
  int64_t every = 0;
  if (monitor.active() && looks && looks->shape.size() == 2 &&
      looks->shape[1] == monitor.columns() && looks->shape[0] < int64_t(History::limit) &&
      strideOf(file.meta("monitored stride"), every))
    next.monitored.restore(numbersOf(*looks), size_t(looks->shape[1]), every);
}

/// Appended to a message: what helps if a checkpoint cannot be continued.
static const char *const cure = "; without --resume, training begins anew and replaces it";

Status Checkpoint::damaged(const std::string &what) const {
  return Status::error(train.checkpoint + " does not fit this run: " + what);
}

Status Checkpoint::open(SafetensorsFile &file) const {
  NN_TRY(readSafetensors(train.checkpoint, file));
  const std::string *kind = file.meta("format");
  if (!kind || *kind != checkpointFormat || !file.checked)
    return Status::error(train.checkpoint + " is not a checkpoint of this version");
  for (const auto &entry : fingerprint()) {
    const std::string *saved = file.meta(entry.first);
    if (!saved || *saved != entry.second)
      return Status::error(format("%s does not fit this run: its %s is %s, this run's is %s%s",
                                  train.checkpoint.c_str(), entry.first.c_str(),
                                  saved ? saved->c_str() : "unknown", entry.second.c_str(), cure));
  }
  return Status();
}

const TensorView *Checkpoint::tensorOf(const SafetensorsFile &file, const char *prefix,
                                       int32_t t) const {
  const DType type = engine.f64() ? DType::F64 : DType::F32;
  const TensorT &tensor = run.program.tensors[t];
  const TensorView *saved = file.find(std::string(prefix) + tensor.name);
  bool same = saved && saved->type == type && saved->shape == tensor.shape;
  return same ? saved : nullptr;
}

Status Checkpoint::checkTensors(const SafetensorsFile &file) const {
  const std::vector<int32_t> &own = best.of(), optimizer = tensorsIn(train.optimizer_tensors);
  for (const std::vector<int32_t> *list : {&own, &optimizer})
    for (int32_t t : *list)
      if (const TensorT &tensor = run.program.tensors[t]; !tensorOf(file, "tensor/", t)) {
        const TensorView *saved = file.find(std::string("tensor/") + tensor.name);
        return damaged(
            std::string("tensor `") + tensor.name + "` is " +
            (saved ? shapeText(saved->shape) + " in it and " + shapeText(tensor.shape) + " here"
                   : "not in it") +
            cure);
      }
  for (const TensorView &tensor : file.tensors) {
    auto isOf = [&](int32_t t) {
      return tensor.name == std::string("tensor/") + run.program.tensors[t].name;
    };
    if (tensor.name.compare(0, 7, "tensor/") == 0 && std::none_of(own.begin(), own.end(), isOf) &&
        std::none_of(optimizer.begin(), optimizer.end(), isOf))
      return damaged("it holds `" + quoted(tensor.name.substr(7)) +
                     "`, which this run's model and optimizer do not have" + cure);
  }
  return Status();
}

Status Checkpoint::checkBest(const SafetensorsFile &file, const TrainRecord &next,
                             bool &hasBest) const {
  const std::vector<int32_t> &own = best.of();
  hasBest = !own.empty() && file.find(std::string("best/") + run.program.tensors[own[0]].name);
  if ((hasBest != next.kept.seen && !own.empty()) || (hasBest && !train.has_keep))
    return damaged(
        "it has the best weights without knowing of which epoch, or the other way round");
  for (int32_t t : own)
    if (hasBest && !tensorOf(file, "best/", t))
      return damaged(std::string("the best `") + run.program.tensors[t].name + "` is missing");
  return Status();
}

void Checkpoint::restoreTensors(const SafetensorsFile &file, bool hasBest) {
  const std::vector<int32_t> &own = best.of(), optimizer = tensorsIn(train.optimizer_tensors);
  for (const std::vector<int32_t> *list : {&own, &optimizer})
    for (int32_t t : *list)
      engine.arena.importTensor(t, tensorOf(file, "tensor/", t)->data, engine.arena.tensor(t));
  best.clear();
  if (hasBest)
    for (int32_t t : own)
      best.add(t, tensorOf(file, "best/", t)->data);
}

void Checkpoint::warnOfChanges(const SafetensorsFile &file, bool finished) const {
  const std::vector<std::string> changes = changesSince(file, train);
  if (changes.empty())
    return;
  std::string text = format("warning: the program is not the one that %s was written by:",
                            train.checkpoint.c_str());
  for (const std::string &change : changes)
    text += "\n  " + change;
  text += finished
              ? "\n  the weights are those of that program: without --resume, training begins anew"
              : format("\n  the weights and the optimizer's state go on from step %s with this "
                       "program; without "
                       "--resume, training begins anew",
                       grouped(record.steps).c_str());
  run.progress.clear();
  showError(text + "\n");
}

Status Checkpoint::read(bool &found, bool &finished) {
  found = finished = false;
  if (!isFile(train.checkpoint))
    return checkWritable(train.checkpoint);
  SafetensorsFile file;
  NN_TRY(open(file));
  // Everything is checked before a tensor or the record is changed.
  TrainRecord next = record;
  if (!readProgress(file, next, finished))
    return damaged("its steps, epochs and history contradict each other or the program");
  NN_TRY(checkTensors(file));
  bool hasBest = false;
  NN_TRY(checkBest(file, next, hasBest));
  restoreTensors(file, hasBest);
  readMonitored(file, next);
  record = std::move(next);
  found = true;
  warnOfChanges(file, finished);
  return Status();
}

} // namespace nnrt
