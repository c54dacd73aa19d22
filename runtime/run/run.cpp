// Executes a program's statements, and checks them before the run.
#include "runtime/run/run.h"
#include "runtime/data/targets.h"

#include "runtime/process/output.h"
#include "runtime/process/signals.h"
#include "runtime/program/settings.h"
#include "runtime/program/statements.h"
#include "runtime/run/overwrite.h"
#include "runtime/support/visible.h"

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <sys/stat.h>
#include <unistd.h>

namespace nnrt {

static bool isFolder(const std::string &path) {
  struct stat info;
  return stat(path.empty() ? "." : path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Folders programFolders(const ProgramT &program, const std::string &dataFlag) {
  Folders folders;
  folders.data = dataFlag;
  const std::string &dir = program.source_dir;
  if (!dir.empty() && dir[0] == '/') {
    if (isFolder(dir))
      folders.program = dir;
    return folders;
  }
  // A trainer. It may have been moved, or run on another machine: then its source's folder is not
  // where it was, and paths are relative to the working directory, or to the source's folder
  // relative to it.
  char own[PATH_MAX], real[PATH_MAX], here[PATH_MAX];
  const ssize_t length = dir.empty() ? -1 : readlink("/proc/self/exe", own, sizeof own);
  const std::string given = folderOf(program.source_path);
  if (dir.empty() && isFolder(given))
    folders.program = given;
  folders.elsewhere = {given, ""};
  if (length > 0 &&
      realpath((folderOf(std::string(own, size_t(length))) + "/" + dir).c_str(), real) &&
      isFolder(real) && !(getcwd(here, sizeof here) && !strcmp(here, real)))
    folders.program = real;
  return folders;
}

Status Run::need(int32_t index, Dataset *&result, bool unchecked) {
  auto fold = folds.find(index);
  const int32_t wanted = fold == folds.end() ? 0 : fold->second;
  std::shared_ptr<Dataset> &kept = data[{index, wanted}];
  if (!kept) {
    const double begin = now();
    kept.reset(new Dataset);
    kept->keepsSource = isShuffled(program, index);
    Status status = kept->load(engine, program.data[index], folders, cache, unchecked);
    if (!status.failed() && wanted > 0)
      status = kept->useFold(engine, wanted);
    if (status.failed()) {
      kept.reset();
      return status;
    }
    for (const std::string &remark : kept->parts.remarks)
      progress.note(remark);
    kept->parts.remarks.clear();
    loadSeconds += now() - begin;
    observed((std::string("load ") + program.data[index].name).c_str(), begin);
  }
  result = kept.get();
  return unchecked ? Status() : result->checkRows(engine);
}

/// The data set that may be checked during the first training steps, because nothing is printed or
/// written before them: that of a train statement before which there are only load statements. -1:
/// none.
static int32_t checkedWhileTraining(const Run &run) {
  for (int32_t i = run.earlier; i < int32_t(run.program.statements.size()); ++i) {
    const StatementT &statement = run.program.statements[i];
    if (statement.body.type == NN_STMT_TRAIN)
      return as<TrainT>(statement).data;
    if (statement.body.type != NN_STMT_LOAD)
      break;
  }
  return -1;
}

void Run::say(const std::string &text) { draw(visible(text, true)); }

void Run::draw(const std::string &text) {
  if (output) {
    *output += text;
    return;
  }
  if (exchange.rank() != 0)
    return;
  progress.clear();
  drawText(text);
}

static Status initialise(Run &run, nn_range models, bool hidden) {
  FlushDenormals flush;
  run.drawn.resize(run.program.tensors.size());
  for (int32_t m = models.first; m < models.first + models.count; ++m) {
    const ModelT &model = run.program.models[m];
    if (!model.init.exists() || (model.hidden && !hidden))
      continue;
    NN_TRY(run.engine.reserve(model.init, 1));
    run.engine.call(model.init, nullptr, nullptr, 1, 1);
    std::fill_n(run.drawn.begin() + model.tensors.first, model.tensors.count, 1);
  }
  return Status();
}

Status initialiseModels(Run &run) {
  return initialise(run, {0, int32_t(run.program.models.size())}, false);
}
Status initialiseModels(Run &run, nn_range models) { return initialise(run, models, true); }

/// Checks the bounds of one use of a data set, by a train or an evaluate statement.
template <class Statement> static Status checkUse(Run &run, const Statement &statement) {
  Dataset *data = nullptr;
  NN_TRY(run.needFor(statement.model, statement.data, data,
                     statement.data == checkedWhileTraining(run)));
  for (const BoundT &bound : statement.bounds)
    NN_TRY(data->checkBound(run.engine, bound));
  return checkTargets(run.engine, *data, statement.fields, *statement.computed);
}

Status checkData(Run &run, const StatementT &statement) {
  if (statement.body.type == NN_STMT_TRAIN) {
    const TrainT &train = as<TrainT>(statement);
    NN_TRY(checkUse(run, train));
    Dataset *data = nullptr;
    NN_TRY(run.needFor(train.model, train.data, data, train.data == checkedWhileTraining(run)));
    for (const UpdateT &update : train.later)
      NN_TRY(checkTargets(run.engine, *data, train.fields, *update.computed));
    return Status();
  }
  if (statement.body.type == NN_STMT_EVALUATE) {
    const EvaluateT &evaluate = as<EvaluateT>(statement);
    return checkUse(run, evaluate);
  }
  if (statement.body.type == NN_STMT_PREDICT) {
    const PredictT &predict = as<PredictT>(statement);
    return checkPredict(run, predict,
                        predict.data >= 0 && predict.data == checkedWhileTraining(run));
  }
  return Status();
}

Status checkOutput(Run &run, const std::string &path, bool weights) {
  NN_TRY(checkKeepsInputs(run.program, run.folders, path, weights));
  if (run.flags.predict) { // together with the outputs of the program itself
    Outputs outputs;
    Status status = outputs.add(path, Outputs::predictions, "");
    forEachStatement(run.program, [&](const StatementT &statement) {
      return !status.failed() && !(status = outputs.add(statement)).failed();
    });
    NN_TRY(std::move(status));
  }
  return checkWritable(path);
}

static Status checkStatement(Run &run, const StatementT &statement) {
  switch (statement.body.type) {
  case NN_STMT_TRAIN: {
    const TrainT &train = as<TrainT>(statement);
    if (!train.checkpoint.empty())
      NN_TRY(checkOutput(run, train.checkpoint, false).at(train.where));
    return run.program.data[train.data].hidden ? Status() : checkData(run, statement);
  }
  case NN_STMT_EVALUATE: {
    const EvaluateT &evaluate = as<EvaluateT>(statement);
    return run.program.data[evaluate.data].hidden ? Status() : checkData(run, statement);
  }
  case NN_STMT_PREDICT: {
    const PredictT &predict = as<PredictT>(statement);
    if (!predict.path.empty())
      NN_TRY(checkOutput(run, predict.path, true).at(predict.where));
    return predict.data >= 0 && run.program.data[predict.data].hidden ? Status()
                                                                      : checkData(run, statement);
  }
  case NN_STMT_SAVE: {
    const SaveT &save = as<SaveT>(statement);
    return checkOutput(run, save.path, false).at(save.where);
  }
  case NN_STMT_REPORT: {
    const ReportT &report = as<ReportT>(statement);
    return checkOutput(run, report.path, true).at(report.where);
  }
  case NN_STMT_PLOT: {
    const PlotT &plot = as<PlotT>(statement);
    return !plot.path.empty() ? checkOutput(run, plot.path, true).at(plot.where) : Status();
  }
  default:
    return Status();
  }
}

/// Checks the numbers of statements and experiments that depend only on options; numbers that an
/// experiment draws are not known yet.
static Status checkNumbers(Run &run) {
  for (int32_t i = run.earlier; i < int32_t(run.program.statements.size()); ++i) {
    const StatementT &statement = run.program.statements[i];
    if (statement.body.type == NN_STMT_TRAIN) {
      const TrainT &train = as<TrainT>(statement);
      TrainNumbers numbers;
      NN_TRY(trainNumbers(run.engine, train, numbers).at(train.where));
    } else if (statement.body.type == NN_STMT_EXPERIMENT) {
      const ExperimentT &experiment = as<ExperimentT>(statement);
      if (experiment.method != NN_COMPARE)
        NN_TRY(checkTrials(run.engine.value(experiment.trials), experiment.method == NN_GRID)
                   .at(experiment.where));
    }
  }
  return Status();
}

Status checkBeforeRun(Run &run) {
  Outputs outputs;
  NN_TRY(checkNumbers(run));
  if (!run.flags.log.empty()) {
    NN_TRY(checkKeepsInputs(run.program, run.folders, run.flags.log, true));
    NN_TRY(outputs.add(run.flags.log, "the log", ""));
  }
  Status status;
  forEachStatement(StatementRange(run.program.statements, size_t(run.earlier)),
                   [&](const StatementT &statement) {
                     status = outputs.add(statement);
                     if (!status.failed())
                       status = checkStatement(run, statement);
                     return !status.failed();
                   });
  return status;
}

/// By the kind of a statement: what executes it, where that is linked.
static Execute executors[UINT8_MAX + 1];

Executor::Executor(Body kind, Execute execute) { executors[kind] = execute; }

/// Executes the statements for the variant that the experiment chose.
static Status runChosen(Run &run, const StatementT &statement, Counts &counts) {
  const ChosenT &chosen = as<ChosenT>(statement);
  Counts inner{counts.trains, 0};
  Status status = runStatements(
      run, StatementRange(chosen.bodies[size_t(run.chosen[chosen.experiment])]), inner);
  counts.trains = inner.trains;
  return status;
}
NN_EXECUTES(NN_STMT_CHOSEN, runChosen);

Status runStatements(Run &run, StatementRange statements, Counts &counts) {
  for (const StatementT &statement : statements) {
    if (run.signal)
      break;
    const Body kind = statement.body.type;
    if (kind == NONE || !*EnumNameBody(kind)) // damaged bytes: the verifier accepts any number
      return Status::error(format("the program has a statement of unknown kind %d", kind));
    if (!executors[kind])
      return Status::error("this trainer was linked without a part of the runtime that its "
                           "statements need: let nnc link it");
    NN_TRY(executors[kind](run, statement, counts));
    if (!run.signal)
      run.signal = pendingSignal();
  }
  return Status();
}

Status runStatements(Run &run) {
  Counts counts{run.earlierTrains, 0};
  for (int32_t i = 0; i < run.earlier; ++i)
    counts.experiments += run.program.statements[i].body.type == NN_STMT_EXPERIMENT;
  NN_TRY(runStatements(run, StatementRange(run.program.statements, size_t(run.earlier)), counts));
  // A train statement that was already finished has not checked its data.
  for (auto &data : run.data)
    if (data.second)
      NN_TRY(data.second->checkRows(run.engine));
  return Status();
}

} // namespace nnrt
