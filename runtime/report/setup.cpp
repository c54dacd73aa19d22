// The head of the report: what a reader must know to judge and to repeat the run. The lecture's
// list for a project requires the splits and why, the hyper-parameters, the times of training and
// of testing, and the machine.
#include "runtime/device/machine.h"
#include "runtime/program/statements.h"
#include "runtime/report/page.h"
#include "runtime/support/indices.h"

#include <set>

#include <cmath>

namespace nnrt {

static Page::Facts dataFacts(const Run &run, const Dataset &data) {
  const DataT &d = *data.description;
  Page::Facts facts;
  if (!d.source->path.empty())
    facts.push_back({"source", baseName(d.source->path) + (d.test && !d.test->path.empty()
                                                               ? ", test " + baseName(d.test->path)
                                                               : "")});
  else if (!d.source->arrays.empty())
    facts.push_back(
        {"source", baseName(d.source->arrays[0]) + (d.source->arrays.size() > 1 ? ", …" : "")});
  else
    facts.push_back({"source", sourceKind(d.source->kind)});
  facts.push_back({"rows", grouped(data.rows)});
  static const char *const names[] = {"training", "validation", "test"};
  for (int split = 0; split < 3; ++split)
    if (size_t rows = data.splits[split].size())
      facts.push_back(
          {names[split], grouped(int64_t(rows)) + " rows (" +
                             number(std::round(1000.0 * double(rows) / double(data.rows)) / 10) +
                             " %)"});
  if (d.has_split)
    facts.push_back({"drawn", "at random, seed " + number(run.engine.value(d.split_seed)) +
                                  (d.stratify >= 0 ? std::string(", same shares of `") +
                                                         d.fields[d.stratify].name + "` in each"
                                                   : "")});
  std::string fields, normalized;
  for (int32_t f : indices(d.fields)) {
    if (d.fields[f].flags & (NN_FIELD_MEAN | NN_FIELD_DEVIATION))
      continue; // what the unit of another field is, in no program's text
    const size_t classes = int32_t(d.fields[f].shape.size()) ? 0 : classNames(data, f).size();
    fields +=
        (fields.empty() ? "" : ", ") + d.fields[f].name + ": " +
        (classes ? "one of " + counted(int64_t(classes), "class") : shapeText(d.fields[f].shape));
    if (d.fields[f].flags & NN_FIELD_NORMALIZE)
      normalized += (normalized.empty() ? "" : ", ") + d.fields[f].name;
  }
  facts.push_back({"fields", fields});
  if (!normalized.empty())
    facts.push_back({"normalized", normalized + ", by statistics of the training rows"});
  return facts;
}

void addSetup(Page &page, const Run &run) {
  const ProgramT &program = run.program;
  page.html += "<div class=\"cards\">\n";
  Page::Facts settings;
  for (int32_t i : indices(program.options))
    settings.push_back({program.options[i].name, number(run.flags.options[i])});
  settings.push_back({"seed", std::to_string(run.engine.seed())});
  settings.push_back({"elements", program.elements});
  for (const ModelT *model : shownModels(program)) {
    int64_t count = 0;
    nn_range range = model->tensors;
    for (int32_t t = range.first; t < range.first + range.count; ++t)
      if (program.tensors[t].kind == NN_PARAMETER)
        count += run.engine.arena.elements(t);
    settings.push_back({"parameters of " + model->name, grouped(count)});
  }
  page.card("Settings", settings);
  std::set<std::string> shown; // the folds of a data set count as one
  for (const auto &[key, data] : run.data)
    if (data && shown.insert(data->description->name).second)
      page.card("Data: " + data->description->name, dataFacts(run, *data));
  double training = 0, testing = 0;
  int64_t steps = 0, tested = 0;
  for (const TrainRecord &record : run.trained) {
    training += record.seconds;
    steps += record.steps;
  }
  for (const EvaluateRecord &record : run.evaluated) {
    testing += record.seconds;
    tested += record.rows;
  }
  Page::Facts times = {{"loading data", duration(run.loadSeconds)}};
  if (run.firstStepSeconds >= 0)
    times.push_back({"first step done after", duration(run.firstStepSeconds)});
  if (!run.trained.empty())
    times.push_back({"training", duration(training) + " for " + counted(steps, "step")});
  if (!run.evaluated.empty())
    times.push_back({"testing", duration(testing) + " for " + counted(tested, "row")});
  times.push_back({"all since the start", duration(now() - run.startSeconds)});
  page.card("Times", times);
  page.card("Machine", machineFacts(run.engine.maxThreads()));
  page.html += "</div>\n";
}

} // namespace nnrt
