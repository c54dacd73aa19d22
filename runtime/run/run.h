// Run: a program with everything it needs while its statements are carried out.
#pragma once

#include "runtime/data/dataset.h"
#include "runtime/device/engine.h"
#include "runtime/program/flags.h"
#include "runtime/record/history.h"
#include "runtime/record/recorder.h"
#include "runtime/support/clock.h"
#include "runtime/terminal/progress.h"

#include <map>
#include <memory>
#include <set>
#include <vector>

namespace nnrt {

/// Exit codes of a trainer.
enum ExitCode { ExitDone = 0, ExitFailed = 1, ExitUsage = 2, ExitSignal = 128 };

struct Run {
  Run(const nn_program &program, const Flags &flags, Pool *pool = nullptr)
      : program(program), flags(flags), engine(program, flags.threads, pool),
        progress(flags.quiet) {
    for (int32_t i = 0; i < program.n_statements; ++i)
      reported |= program.statements[i].kind == NN_STMT_REPORT;
    monitored = reported || flags.watch || !flags.log.empty() || !flags.tensorboard.empty();
  }

  const nn_program &program;
  const Flags &flags;
  Engine engine;
  Progress progress;
  Recorder recorder;
  Folders folders;
  SourceCache *cache = nullptr;
  // by index and fold; loaded when first needed
  std::map<std::pair<int32_t, int32_t>, std::shared_ptr<Dataset>> data;
  std::map<std::string, Learned> loaded; // by a model's name: what a weight file says of it
  // by model and data: see needFor()
  std::map<std::pair<int32_t, int32_t>, std::shared_ptr<Dataset>> adapted;
  std::set<std::string> told; // notes that were made
  // of data with folds: which one validates; the first where it is not here
  std::map<int32_t, int32_t> folds;
  // for each tensor of the program: its elements are as its initializer drew them
  std::vector<char> drawn;
  std::vector<TrainRecord> trained;
  std::vector<EvaluateRecord> evaluated;
  std::vector<SearchRecord> searched;
  bool reported = false;                   // a statement writes a report
  bool monitored = false;                  // something shows what Monitor sees
  std::map<int32_t, std::string> outcomes; // of experiments: what `print` shows of them
  // experiment, in the order of the program -> the variant it chose
  std::map<int32_t, int32_t> chosen;
  std::string group, groupPlace, variant,
      trial; // of the experiment that this is a run of: see TrainRecord
  std::vector<std::pair<std::string, std::string>> choices;
  bool repeated = false;
  std::string *output =
      nullptr; // where results go instead of standard output: those of runs that go on side by side
  std::string input;      // what the subcommand `predict` reads
  int64_t stepsLeft = -1; // --max-steps: -1 is no limit
  int signal = 0;         // the run was interrupted by it
  bool diverged =
      false; // a train statement failed because its loss or its parameters were not finite
  double loadSeconds = 0, firstStepSeconds = -1,
         startSeconds = 0; // startSeconds: when the process or, in a session, the program began
  // In a session (remember.h): statements of the program that ran in earlier programs, all that
  // trained, and records that are theirs.
  int32_t earlier = 0, earlierTrains = 0;
  size_t recalledTrained = 0, recalledEvaluated = 0, recalledSearched = 0;

  /// The data set with this index, loaded. With `unchecked`, its rows may not have been looked at
  /// yet: the caller sees to Dataset::checkRows().
  Status need(int32_t index, Dataset *&result, bool unchecked = false);
  /// The same as a model takes it: with the statistics and the classes that it was trained with,
  /// where it was trained on other data or loaded. Says so once.
  Status needFor(int32_t model, int32_t index, Dataset *&result, bool unchecked = false);
  /// Shows results: what controls a terminal in them is made visible.
  void say(const std::string &text);
  /// Shows what say() has made safe, or what is meant to control a terminal: a coloured plot.
  void draw(const std::string &text);
  /// The file at a path of the program that is written: relative to the working directory.
  const char *modelName(int32_t index) const { return program.models[index].name; }
};

/// Where data of this program is looked for.
Folders programFolders(const nn_program &program, const std::string &dataFlag);

/// Draws the parameters of every model that is not hidden, or of those in `models`, from the seed.
Status initialiseModels(Run &run);
Status initialiseModels(Run &run, nn_range models);

/// Prints, evaluates, trains …: all statements in order. Stops at the first failure, or when
/// run.signal is set.
Status runStatements(Run &run);
/// `trains`: how many train statements came before; counts on. `experiments`: the same of
/// experiments.
Status runStatements(Run &run, const nn_statement *statements, int32_t count, int32_t &trains,
                     int32_t experiments = 0);

/// Loads the data that a train, evaluate or predict statement uses, and checks that its indices are
/// in bounds.
Status checkData(Run &run, const nn_statement &statement);

/// Whether a file can be written at `path` and takes the place of nothing that the program reads;
/// `weights`: nor of what it loads.
Status checkOutput(Run &run, const char *path, bool weights);

/// Whether a predict statement's rows can be had: all but its model's outputs. `unchecked` as in
/// Run::need().
Status checkPredict(Run &run, const nn_predict &predict, bool unchecked);

/// What can be known before the first step: files that will be written, bounds of indices, splits
/// that are watched.
Status checkBeforeRun(Run &run);

// One for each kind of statement.
Status runTrain(Run &run, const nn_train &train, int32_t number);
Status runEvaluate(Run &run, const nn_evaluate &evaluate);
Status runPrint(Run &run, const nn_print &print);
Status runPredict(Run &run, const nn_predict &predict);
Status runSave(Run &run, const nn_save &save);
Status runLoad(Run &run, const nn_load &load);
Status runPlot(Run &run, const nn_plot &plot);
Status runReport(Run &run, const nn_report &report);
/// `ordinal`: of the experiment among the program's; `trains` as above.
Status runExperiment(Run &run, const nn_experiment &experiment, int32_t ordinal, int32_t trains);
Status runOutcome(Run &run, const nn_outcome &outcome);
Status runEnsemble(Run &run, const nn_ensemble &ensemble, int32_t trains);

/// Fills in the record's mistakes where the model is a classifier of the data's field x, or its
/// residuals and misses where its outputs are compared with numbers.
Status findMistakes(Run &run, const nn_evaluate &evaluate, const Dataset &data,
                    const std::vector<int64_t> &rows, EvaluateRecord &record);

/// The field that holds the classes of the model's outputs, as the metrics read them or the losses
/// that it was trained with; -1: none.
int32_t labelField(const nn_program &program, const nn_evaluate &evaluate);

/// units.cpp: says once of each normalised field among these, other than the model's input, which
/// units errors against it have.
void noteUnits(Run &run, const nn_data &data, const Learned &learned, const int32_t *fields,
               int32_t count);
/// How outputs of a model that was trained on normalised targets are put into their own units.
void notePredictedUnits(Run &run, const nn_model &model, const nn_data &data,
                        const Learned &learned);

/// The names of the classes that `field` of a data set counts, or none.
std::vector<std::string> classNames(const Dataset &data, int32_t field);

} // namespace nnrt
