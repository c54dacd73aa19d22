// Carrying out a program's statements.
#include "runtime/run.h"

#include "runtime/signals.h"

#include <cstdlib>
#include <cstring>
#include <set>
#include <sys/stat.h>

namespace nnrt {

static bool isFolder(const std::string &path) {
  struct stat info;
  return stat(path.empty() ? "." : path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

Folders programFolders(const nn_program &program, const std::string &dataFlag) {
  // A trainer may be run on another machine: then its source's folder is gone, and paths start where it is run.
  Folders folders;
  folders.data = dataFlag;
  if (program.source_dir && *program.source_dir && isFolder(program.source_dir))
    folders.program = program.source_dir;
  return folders;
}

Status Run::need(int32_t index, Dataset *&result, bool unchecked) {
  if (!data[index]) {
    const double begin = now();
    data[index].reset(new Dataset);
    Status status = data[index]->load(engine, program.data[index], folders, cache, unchecked);
    if (status.failed()) {
      data[index].reset();
      return status;
    }
    loadSeconds += now() - begin;
    observed((std::string("load ") + program.data[index].name).c_str(), begin);
  }
  result = data[index].get();
  return unchecked ? Status() : result->checkRows(engine);
}

/// The data set that may be checked while its first steps are made, because nothing is printed or written before these: that of
/// a train statement that everything begins with. -1: none.
static int32_t checkedWhileTraining(const nn_program &program) {
  for (int32_t i = 0; i < program.n_statements; ++i) {
    const nn_statement &statement = program.statements[i];
    if (statement.kind == NN_STMT_TRAIN)
      return static_cast<const nn_train *>(statement.body)->data;
    if (statement.kind != NN_STMT_LOAD)
      break;
  }
  return -1;
}

Status initialiseModels(Run &run) {
  FlushDenormals flush;
  for (int32_t m = 0; m < run.program.n_models; ++m) {
    const nn_model &model = run.program.models[m];
    if (!model.init.code)
      continue;
    NN_TRY(run.engine.reserve(model.init, 1));
    run.engine.call(model.init, nullptr, nullptr, 1, 1);
  }
  return Status();
}

/// The bounds, watched splits and rows of one use of a data set.
static Status checkUse(Run &run, int32_t index, const nn_bound *bounds, int32_t n_bounds) {
  Dataset *data = nullptr;
  NN_TRY(run.need(index, data, index == checkedWhileTraining(run.program)));
  for (int32_t b = 0; b < n_bounds; ++b)
    NN_TRY(data->checkBound(run.engine, bounds[b]));
  return Status();
}

Status checkBeforeRun(Run &run) {
  std::set<std::string> checkpoints;
  for (int32_t i = 0; i < run.program.n_statements; ++i) {
    const nn_statement &statement = run.program.statements[i];
    switch (statement.kind) {
    case NN_STMT_TRAIN: {
      const nn_train &train = *static_cast<const nn_train *>(statement.body);
      if (train.checkpoint) {
        NN_TRY(checkWritable(train.checkpoint).at(train.where));
        if (!checkpoints.insert(train.checkpoint).second)
          return Status::error(format("two train statements write the checkpoint %s", train.checkpoint))
              .at(train.where);
      }
      NN_TRY(checkUse(run, train.data, train.bounds, train.n_bounds));
      break;
    }
    case NN_STMT_EVALUATE: {
      const nn_evaluate &evaluate = *static_cast<const nn_evaluate *>(statement.body);
      NN_TRY(checkUse(run, evaluate.data, evaluate.bounds, evaluate.n_bounds));
      break;
    }
    case NN_STMT_SAVE: {
      const nn_save &save = *static_cast<const nn_save *>(statement.body);
      NN_TRY(checkWritable(save.path).at(save.where));
      break;
    }
    case NN_STMT_REPORT: {
      const nn_report &report = *static_cast<const nn_report *>(statement.body);
      NN_TRY(checkWritable(report.path).at(report.where));
      break;
    }
    case NN_STMT_PLOT: {
      const nn_plot &plot = *static_cast<const nn_plot *>(statement.body);
      if (plot.path)
        NN_TRY(checkWritable(plot.path).at(plot.where));
      break;
    }
    default:
      break;
    }
  }
  return Status();
}

Status runStatements(Run &run) {
  int32_t trains = 0;
  for (int32_t i = 0; i < run.program.n_statements && !run.signal; ++i) {
    const nn_statement &statement = run.program.statements[i];
    switch (statement.kind) {
    case NN_STMT_TRAIN:
      NN_TRY(runTrain(run, *static_cast<const nn_train *>(statement.body), trains++));
      break;
    case NN_STMT_EVALUATE:
      NN_TRY(runEvaluate(run, *static_cast<const nn_evaluate *>(statement.body)));
      break;
    case NN_STMT_SAVE:
      NN_TRY(runSave(run, *static_cast<const nn_save *>(statement.body)));
      break;
    case NN_STMT_LOAD:
      NN_TRY(runLoad(run, *static_cast<const nn_load *>(statement.body)));
      break;
    case NN_STMT_REPORT:
      NN_TRY(runReport(run, *static_cast<const nn_report *>(statement.body)));
      break;
    case NN_STMT_PLOT:
      NN_TRY(runPlot(run, *static_cast<const nn_plot *>(statement.body)));
      break;
    case NN_STMT_PRINT:
      NN_TRY(runPrint(run, *static_cast<const nn_print *>(statement.body)));
      break;
    default:
      return Status::error(format("the program has a statement of unknown kind %d", statement.kind));
    }
    if (!run.signal)
      run.signal = pendingSignal();
  }
  // A train statement that was finished before has not looked at its data.
  for (std::unique_ptr<Dataset> &data : run.data)
    if (data)
      NN_TRY(data->checkRows(run.engine));
  return Status();
}

} // namespace nnrt
