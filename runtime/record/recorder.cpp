// Writes the lines of --log, and TensorBoard's events.
#include "runtime/record/recorder.h"
#include "runtime/support/indices.h"

#include "runtime/device/engine.h"
#include "runtime/device/machine.h"
#include "runtime/files/file.h"
#include "runtime/program/flags.h"
#include "runtime/record/advice.h"
#include "runtime/record/monitor.h"
#include "runtime/support/json.h"

#include <algorithm>
#include <cmath>
#include <ctime>

namespace nnrt {

namespace {

/// A JSON object under construction.
struct Object {
  std::string text = "{";

  Object &raw(const std::string &name, const std::string &value) {
    text += (text.size() > 1 ? ", " : "") + jsonString(name) + ": " + value;
    return *this;
  }
  Object &add(const std::string &name, const std::string &value) {
    return raw(name, jsonString(value));
  }
  Object &add(const std::string &name, const char *value) { return raw(name, jsonString(value)); }
  Object &add(const std::string &name, bool value) { return raw(name, value ? "true" : "false"); }
  Object &add(const std::string &name, int64_t value) { return raw(name, std::to_string(value)); }
  /// JSON has no NaN: null.
  Object &add(const std::string &name, double value) {
    return raw(name, std::isfinite(value) ? format("%.9g", value) : "null");
  }
  Object &add(const std::string &name, const Object &value) { return raw(name, value.text + "}"); }
  std::string line() const { return text + "}\n"; }
};

Object split(const TrainRecord &record, const std::vector<double> &values) {
  Object o;
  for (size_t i = 0; i < values.size(); ++i)
    if (isNumber(*record.statement, i))
      o.add(valueName(*record.statement, i), values[i]);
  return o;
}

/// Begins a line with the run that it is about.
Object about(const char *event, const std::string &model, const std::string &data,
             const std::string &group, const std::string &variant) {
  Object o;
  o.add("event", event).add("model", model).add("data", data);
  if (!group.empty())
    o.add("group", group).add("variant", variant);
  return o;
}

Object about(const char *event, const TrainRecord &record) {
  return about(event, record.model, record.data, record.group, record.variant);
}

} // namespace

Status Recorder::open(const ProgramT &opened, const Flags &flags, const Engine &engine) {
  program = &opened;
  folder = flags.tensorboard;
  while (folder.size() > 1 && folder.back() == '/')
    folder.pop_back();
  if (!folder.empty()) { // an unwritable folder is reported before the run
    files[folder].reset(new EventFile);
    NN_TRY(files[folder]->open(folder));
  }
  if (flags.log.empty())
    return Status();
  NN_TRY(log.open(flags.log, flags.resume));
  Object options, machine, start;
  for (int32_t i : indices(program->options))
    options.add(program->options[i].name, flags.options[size_t(i)]);
  for (const auto &[name, value] : machineFacts(engine.maxThreads()))
    machine.add(name, value);
  start.add("event", "start")
      .add("program", program->name)
      .add("time", int64_t(time(nullptr)))
      .add("seed", int64_t(engine.seed()));
  start.add("elements", program->elements)
      .add("resumed", flags.resume)
      .add("options", options)
      .add("machine", machine);
  return log.write(start.line());
}

/// A resumed run repeats the epochs after its checkpoint: those that are already in the log are
/// removed, from its end back to the epoch of the checkpoint.
Status Recorder::dropRepeated(const TrainRecord &record) {
  std::string all;
  if (!isFile(log.name()))
    return Status(); // a pipe
  NN_TRY(readFile(log.name(), all));
  std::vector<std::string> lines;
  for (size_t at = 0; at < all.size();) {
    const size_t end = std::min(all.find('\n', at), all.size() - 1);
    lines.push_back(all.substr(at, end + 1 - at));
    at = end + 1;
  }
  bool dropped = false;
  for (size_t i = lines.size(); i-- > 0;) {
    Json line;
    if (parseJson(lines[i], line).failed())
      continue;
    auto is = [&](const char *name, const std::string &value) {
      const Json *found = line.find(name);
      return found ? found->string == value : value.empty();
    };
    const bool training = is("event", "train") || is("event", "epoch") || is("event", "trained");
    const Json *step = line.find(is("event", "trained") ? "steps" : "step");
    if (!training || !step || !is("model", record.model) || !is("data", record.data) ||
        !is("group", record.group) || !is("variant", record.variant))
      continue;
    if (step->number <= double(record.steps))
      break;
    lines[i].clear();
    dropped = true;
  }
  if (!dropped)
    return Status();
  all.clear();
  for (const std::string &line : lines)
    all += line;
  return log.replace(all);
}

Status Recorder::trainBegins(const TrainRecord &record) {
  if (record.steps > 0 && !folder.empty()) {
    EventFile *file = nullptr;
    NN_TRY(events(record, file));
    NN_TRY(file->beginAgain(record.steps + 1));
  }
  if (!log.isOpen())
    return Status();
  if (record.steps > 0)
    NN_TRY(dropRepeated(record));
  Object o = about("train", record), rows;
  rows.add("train", record.trainRows).add("val", record.valRows).add("test", record.testRows);
  o.add("rows", rows)
      .add("batch", record.batch)
      .add("step", record.steps)
      .add("steps", record.totalSteps);
  return log.write(o.add("steps_per_epoch", record.stepsPerEpoch).line());
}

/// Most bytes of the name of a run's folder; file systems allow 255 for a name.
static const size_t mostName = 200;

/// Each run of a comparison is a run for TensorBoard, in its own folder.
Status Recorder::events(const TrainRecord &record, EventFile *&file) {
  std::string path = folder;
  if (!record.group.empty()) {
    std::string name = record.group + "-" + record.variant;
    for (char &c : name)
      if (c == '/' || c == '.' || uint8_t(c) < ' ')
        c = '_';
    if (name.size() > mostName) // names of files are limited
      name = name.substr(0, mostName) + format("-%08x", crc32c(name));
    path += "/" + name;
  }
  std::unique_ptr<EventFile> &entry = files[path];
  if (!entry) {
    entry.reset(new EventFile);
    NN_TRY(entry->open(path));
  }
  file = entry.get();
  return Status();
}

/// Several train statements count their steps separately: "train2.".
std::string Recorder::tagPrefix(const TrainRecord &record) const {
  int count = 0, own = 0;
  for (const StatementT &statement : program->statements)
    if (statement.body.type == NN_STMT_TRAIN) {
      ++count;
      if (&as<TrainT>(statement) == record.statement)
        own = count;
    }
  return count > 1 && own ? format("train%d.", own) : "";
}

static const size_t noLook = SIZE_MAX;

Status Recorder::epoch(const Engine &engine, const TrainRecord &record, bool looked) {
  return look(&engine, record, looked ? record.monitored.rows() - 1 : noLook);
}

Status Recorder::whole(const TrainRecord &record) {
  TrainRecord at = record; // the record as it was at the end of each epoch
  const size_t values = record.last.train.size();
  at.steps = 0;
  NN_TRY(trainBegins(at));
  for (size_t row = 0; row < record.history.rows(); ++row) {
    const int64_t epoch = int64_t(row) * record.history.stride(),
                  apart = record.monitored.stride() * record.monitorEvery;
    at.epochs = epoch + 1;
    at.steps = std::min(record.steps, at.epochs * record.stepsPerEpoch);
    at.last.seconds = record.history.value(row, 0);
    for (size_t i = 0; i < values; ++i)
      at.last.train[i] = record.history.value(row, 1 + i);
    for (size_t i = 0; i < at.last.val.size(); ++i)
      at.last.val[i] = record.history.value(row, 1 + values + i);
    const bool looked = epoch % apart == 0 && size_t(epoch / apart) < record.monitored.rows();
    NN_TRY(look(nullptr, at, looked ? size_t(epoch / apart) : noLook));
  }
  return trainEnds(record);
}

/// The last epoch, and row `row` of record.monitored. Without an engine there are no weights.
Status Recorder::look(const Engine *engine, const TrainRecord &record, size_t last) {
  const TrainT &train = *record.statement;
  const bool looked = last != noLook;
  if (log.isOpen()) {
    Object o = about("epoch", record);
    o.add("epoch", record.epochs).add("step", record.steps).add("seconds", record.last.seconds);
    o.add("train", split(record, record.last.train));
    if (!record.last.val.empty())
      o.add("val", split(record, record.last.val));
    Object tensors, activations;
    for (size_t t = 0; looked && t < record.tensors.size(); ++t) {
      TensorLook look = tensorLook(record, last, t);
      tensors.add(record.tensors[t], Object()
                                         .add("weight", look.weight)
                                         .add("gradient", look.gradient)
                                         .add("update", look.update));
    }
    for (size_t a = 0; looked && a < record.activations.size(); ++a) {
      UnitsLook look = unitsLook(record, last, a);
      activations.add(record.activations[a],
                      Object().add("dead", look.dead).add("saturated", look.saturated));
    }
    if (looked)
      o.add("tensors", tensors).add("activations", activations);
    NN_TRY(log.write(o.line()));
  }
  if (folder.empty())
    return Status();
  EventFile *file = nullptr;
  NN_TRY(events(record, file));
  EventFile::Summary summary;
  const std::string prefix = tagPrefix(record);
  for (const std::vector<double> *values : {&record.last.train, &record.last.val})
    for (size_t i = 0; i < values->size(); ++i)
      if (isNumber(train, i))
        summary.add(prefix + valueName(train, i) + (values == &record.last.val ? "/val" : "/train"),
                    (*values)[i]);
  for (size_t t = 0; looked && t < record.tensors.size(); ++t) {
    TensorLook look = tensorLook(record, last, t);
    if (std::isfinite(look.gradient))
      summary.add(prefix + "gradient norm/" + record.tensors[t], look.gradient);
    summary.add(prefix + "weight norm/" + record.tensors[t], look.weight);
    if (look.weight > 0)
      summary.add(prefix + "update to weight/" + record.tensors[t], look.update / look.weight);
    if (!engine)
      continue;
    double sum = 0;
    Elements values = engine->arena.values(train.trained[t]);
    for (int64_t i = 0, count = engine->arena.elements(train.trained[t]); i < count; ++i)
      sum += values.get(i);
    summary.add(prefix + "weights/" + record.tensors[t], histogramOf(*engine, train.trained[t], 40),
                sum, look.weight * look.weight);
  }
  for (size_t a = 0; looked && a < record.activations.size(); ++a) {
    UnitsLook look = unitsLook(record, last, a);
    summary.add(prefix + "dead/" + record.activations[a], look.dead);
    summary.add(prefix + "saturated/" + record.activations[a], look.saturated);
  }
  return file->write(record.steps, summary);
}

Status Recorder::trainEnds(const TrainRecord &record) {
  if (!log.isOpen())
    return Status();
  Object o = about("trained", record);
  o.add("epochs", record.epochs)
      .add("steps", record.steps)
      .add("seconds", record.seconds)
      .add("stopped_early", record.stoppedEarly);
  if (record.statement->has_keep && record.kept.seen)
    o.add("kept_epoch", record.kept.epoch + 1);
  std::string sentences;
  for (const Advice &entry : advice(record))
    sentences += (sentences.empty() ? "" : ", ") + jsonString(entry.text);
  return log.write(o.raw("advice", "[" + sentences + "]").line());
}

Status Recorder::evaluated(const EvaluateRecord &record) {
  if (!log.isOpen())
    return Status();
  Object o = about("evaluate", record.model, record.data, record.group, record.variant), metrics;
  for (const EvaluateRecord::Value &value : record.metrics) {
    std::string numbers;
    for (double x : value.values)
      numbers += (numbers.empty() ? "" : ", ") +
                 (std::isfinite(x) ? format("%.9g", x) : std::string("null"));
    metrics.raw(value.name, value.shape.empty() ? numbers : "[" + numbers + "]");
  }
  o.add("rows", record.rows).add("seconds", record.seconds).add("metrics", metrics);
  if (!record.importance.empty()) {
    Object columns; // how much worse each metric becomes
    for (const EvaluateRecord::Importance &one : record.importance) {
      Object worse;
      for (size_t k = 0; k < one.mean.size(); ++k)
        worse.add(record.importanceOf[k], one.mean[k]);
      columns.add(one.column, worse);
    }
    o.add("importance", columns);
  }
  return log.write(o.line());
}

Status Recorder::end(double seconds, const std::string &error) {
  if (!log.isOpen())
    return Status();
  Object o;
  o.add("event", "end").add("seconds", seconds);
  if (!error.empty())
    o.add("error", error);
  return log.write(o.line());
}

} // namespace nnrt
