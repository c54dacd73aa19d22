// Run: the state of a program while its statements are executed, and the functions that execute
// them.
#pragma once

#include "runtime/data/dataset.h"
#include "runtime/device/engine.h"
#include "runtime/device/exchange.h"
#include "runtime/program/flags.h"
#include "runtime/program/statements.h"
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

/// A program and everything that its statements use and produce.
struct Run {
  /// `functions`: the program's compiled ones, by their numbers.
  Run(const ProgramT &program, const nn_code *functions, const Flags &flags, Pool *pool = nullptr)
      : program(program), flags(flags), engine(program, functions, flags.threads, pool),
        progress(flags.quiet || exchange.rank() != 0) {
    for (const auto &statement : program.statements)
      reported |= statement.body.type == NN_STMT_REPORT;
    monitored = reported || flags.watch || !flags.log.empty() || !flags.tensorboard.empty();
  }

  const ProgramT &program;
  const Flags &flags;
  Engine engine;
  SingleProcess exchange; // an Exchange: rank 0 prints
  Progress progress;
  Recorder recorder;
  Folders folders;
  SourceCache *cache = nullptr;
  // data sets by index and fold; loaded when first needed
  std::map<std::pair<int32_t, int32_t>, std::shared_ptr<Dataset>> data;
  // by a model's name: what was loaded for it from a weight file
  std::map<std::string, Learned> loaded;
  // data sets by model and index of the data, as needFor() returns them
  std::map<std::pair<int32_t, int32_t>, std::shared_ptr<Dataset>> adapted;
  std::set<std::string> told; // notes that were already printed
  // for data with folds, by index: the fold that validates; the first if it is not in the map
  std::map<int32_t, int32_t> folds;
  // for each tensor of the program: whether its elements are still as its initializer drew them
  std::vector<char> drawn;
  std::vector<TrainRecord> trained;
  std::vector<EvaluateRecord> evaluated;
  std::vector<SearchRecord> searched;
  bool reported = false;  // whether a statement writes a report
  bool monitored = false; // whether something shows Monitor's results
  // by the number of an experiment in program order: the text that `print` shows
  std::map<int32_t, std::string> outcomes;
  // by the number of an experiment in program order: the variant that it chose
  std::map<int32_t, int32_t> chosen;
  // if this is a run of an experiment: see TrainRecord
  std::string group, groupPlace, variant, trial;
  std::vector<std::pair<std::string, std::string>> choices;
  bool repeated = false;
  // where results go instead of standard output, for runs that execute in parallel
  std::string *output = nullptr;
  std::string input;      // the input file of the subcommand `predict`
  int64_t stepsLeft = -1; // of --max-steps; -1: no limit
  int signal = 0;         // the signal that interrupted the run, or 0
  // whether a train statement failed because its loss or its parameters were not finite
  bool diverged = false;
  // startSeconds: when the process or, in a session, the program began
  double loadSeconds = 0, firstStepSeconds = -1, startSeconds = 0;
  // In a session (remember.h): the number of statements that ran in earlier programs, of the train
  // statements among them, and of their records at the start of `trained`, `evaluated`, `searched`.
  int32_t earlier = 0, earlierTrains = 0;
  size_t recalledTrained = 0, recalledEvaluated = 0, recalledSearched = 0;

  /// The data set with this index, loaded. With `unchecked`, its rows may not have been checked
  /// yet: the caller must call Dataset::checkRows().
  Status need(int32_t index, Dataset *&result, bool unchecked = false);
  /// The same for use with a model: with the statistics and classes that the model was trained
  /// with, if it was trained on other data or loaded. Prints a note about that once.
  Status needFor(int32_t model, int32_t index, Dataset *&result, bool unchecked = false);
  /// Shows results, with terminal control characters made visible.
  void say(const std::string &text);
  /// Shows text that is already safe or is meant to control the terminal, such as a coloured plot.
  void draw(const std::string &text);
  /// The name of the model with this index.
  const std::string &modelName(int32_t index) const { return program.models[index].name; }
};

/// The folders in which data of this program are searched.
Folders programFolders(const ProgramT &program, const std::string &dataFlag);

/// Draws the parameters of every model that is not hidden, or of those in `models`, from the seed.
Status initialiseModels(Run &run);
Status initialiseModels(Run &run, nn_range models);

/// How many train statements and experiments there are before a statement, in program order.
struct Counts {
  int32_t trains = 0, experiments = 0;
};

/// Executes all statements in order. Stops at the first failure, or when run.signal is set.
Status runStatements(Run &run);
/// Executes these statements and adds them to the counts.
Status runStatements(Run &run, StatementRange statements, Counts &counts);

/// Executes a statement of one kind. A train statement or an experiment adds itself to the counts.
using Execute = Status (*)(Run &run, const StatementT &statement, Counts &counts);
struct Executor {
  Executor(Body kind, Execute execute);
};

/// Stands after the function that executes statements of one kind. It defines the symbol by which a
/// trainer's linker is told to link it, and tells runStatements() of it when the process starts. A
/// kind that has none cannot be linked.
#define NN_EXECUTES(KIND, execute)                                                                 \
  extern "C" const nnrt::Executor nn_executes_##KIND = {KIND, execute}

/// Loads the data that a train, evaluate or predict statement uses, and checks that its indices are
/// in bounds.
Status checkData(Run &run, const StatementT &statement);

/// Fails if a file cannot be written at `path` or would replace a file that the program reads.
/// `weights`: files that it loads count too.
Status checkOutput(Run &run, const std::string &path, bool weights);

/// Prepares a predict statement's rows without computing the model's outputs, and fails if that is
/// not possible. `unchecked` as in Run::need().
[[gnu::weak]] Status checkPredict(Run &run, const PredictT &predict, bool unchecked);

/// Checks everything that is known before the first step: files that will be written, bounds of
/// indices, splits that are watched.
Status checkBeforeRun(Run &run);

/// Fills in the record's mistakes if the model classifies the data's field x, or its residuals and
/// misses if its outputs are compared with numbers.
Status findMistakes(Run &run, const EvaluateT &evaluate, const Dataset &data,
                    const std::vector<int64_t> &rows, EvaluateRecord &record);

/// The field with the classes of the model's outputs, according to the metrics or to the losses
/// that it was trained with; -1: none.
int32_t labelField(const ProgramT &program, const EvaluateT &evaluate);

// units.cpp, for data sets of which normalizes() is true. Weak: a trainer links it only if its
// program has such data (NN_PART).
/// Prints once for each normalised field among these, other than the model's input, the
/// units of errors against it, which metrics may compare in its own.
[[gnu::weak]] void noteUnits(Run &run, const DataT &data, const Learned &learned,
                             const std::vector<int32_t> &fields,
                             const std::vector<MetricT> &metrics);
/// Puts outputs for `rows` rows into the units of the normalised field that they predict, if the
/// losses that the model was trained with compare them with one.
[[gnu::weak]] void toOwnUnits(Run &run, const ModelT &model, const DataT &data,
                              const Learned &learned, Elements outputs, int64_t rows);
/// Prints the units of outputs of a model that was trained on normalised targets.
[[gnu::weak]] void notePredictedUnits(Run &run, const ModelT &model, const DataT &data,
                                      const Learned &learned);

/// The names of the classes that `field` of a data set counts, or none.
std::vector<std::string> classNames(const Dataset &data, int32_t field);

} // namespace nnrt
