// Executes compare and search statements: runs them in parallel, and evaluates the results.
#include "runtime/experiment/outcome.h"
#include "runtime/experiment/proposals.h"
#include "runtime/experiment/side_runs.h"
#include "runtime/program/settings.h"
#include "runtime/program/statements.h"
#include "runtime/support/indices.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>

namespace nnrt {
namespace {

/// One run of the block: a trial on a fold.
struct Job {
  Status status;
  bool diverged = false, done = false;
  std::vector<TrainRecord> trained;
  std::vector<EvaluateRecord> evaluated;
  std::string output;
  double goal = __builtin_nan(""), seconds = 0;
  // in a search: the result's weights, tensor after tensor, in memory order
  std::vector<unsigned char> weights;
  std::string failure() const { return status.message().substr(0, status.message().find('\n')); }
};

struct Trial {
  Point point;
  const VariantT *variant = nullptr;
  std::vector<Job> jobs; // one for each fold
  bool done() const {
    return std::all_of(jobs.begin(), jobs.end(), [](const Job &job) { return job.done; });
  }
  /// Mean and spread of the goal over the folds.
  Spread goal() const {
    std::vector<double> goals;
    for (const Job &job : jobs)
      goals.push_back(job.goal);
    return spreadOf(goals);
  }
};

/// The values of the last training of each fold that did not fail.
std::vector<std::vector<double>> endsOf(const Trial &trial) {
  std::vector<std::vector<double>> ends;
  for (const Job &job : trial.jobs)
    if (!job.status.failed() && !job.trained.empty())
      ends.push_back(endOf(job.trained.back()));
  return ends;
}

class ExperimentRun {
public:
  ExperimentRun(Run &run, const ExperimentT &experiment, int32_t ordinal, int32_t trains)
      : run(run), experiment(experiment), ordinal(ordinal), trains(trains), side(run) {}
  Status execute();

private:
  bool isSearch() const { return experiment.method != NN_COMPARE; }
  std::string title() const {
    return std::string(isSearch() ? "search" : "compare") + (experiment.name.empty() ? "" : " ") +
           experiment.name;
  }
  Status prepare();
  Status runTrials(size_t first);
  void runJob(Run &sub, Trial &trial, int32_t fold);
  Status carryOut(Run &sub, const Trial &trial, int32_t fold);
  void judge(Run &sub, const Trial &trial, Job &job) const;
  void showDone();
  Status firstFailure() const;
  const VariantT *variantOf(const Point &point) const;
  void setChosen(Engine &engine, const Point &point) const;
  std::string describe(const Point &point) const;
  void keepBest(size_t first);
  Status record(Job &job);
  Status finishCompare();
  Status finishSearch();

  Run &run;
  const ExperimentT &experiment;
  int32_t ordinal, trains;
  SideRuns side;
  std::vector<Trial> trials;
  size_t best = SIZE_MAX;
  int32_t folds = 1;
  int64_t planned = 0; // trials in all
  std::mutex showing;
  size_t shown = 0;
};

std::string ExperimentRun::describe(const Point &point) const {
  std::string text;
  for (int32_t v : indices(experiment.variables))
    text += (v ? ", " : "") + experiment.variables[v].name + " = " +
            valueText(experiment.variables[v], point[size_t(v)]);
  return text;
}

const VariantT *ExperimentRun::variantOf(const Point &point) const {
  for (int32_t i : indices(experiment.variants)) {
    const VariantT &variant = experiment.variants[i];
    bool same = true;
    for (int32_t v : indices(variant.choices))
      same &= variant.choices[v] < 0 || variant.choices[v] == int32_t(point[size_t(v)]);
    if (same)
      return &variant;
  }
  return nullptr; // not reached: the compiler has made one for each choice
}

void ExperimentRun::setChosen(Engine &engine, const Point &point) const {
  for (int32_t v : indices(experiment.variables)) {
    const VariableT &variable = experiment.variables[v];
    if (variable.slot >= 0)
      engine.scalars[size_t(variable.slot)] = variable.draw == NN_DRAW_LIST
                                                  ? variable.values[int64_t(point[size_t(v)])]
                                                  : point[size_t(v)];
  }
}

/// Reads data before the runs, which share them.
Status ExperimentRun::prepare() {
  if (experiment.data >= 0)
    folds = std::max(1, run.program.data[experiment.data].folds);
  Status status;
  const std::map<int32_t, int32_t> before = run.folds;
  for (int32_t fold = 0; fold < folds; ++fold) {
    if (folds > 1)
      run.folds[experiment.data] = fold;
    for (int32_t v : indices(experiment.variants))
      forEachStatement(experiment.variants[v].statements, [&](const StatementT &s) {
        const int32_t data = dataOf(s);
        if (data < 0 || run.program.data[data].hidden)
          return true;
        status = checkData(run, s);
        return !status.failed();
      });
    if (status.failed())
      break;
  }
  run.folds = before;
  return status;
}

/// Executes the statements of one run. `sub` must be fresh.
Status ExperimentRun::carryOut(Run &sub, const Trial &trial, int32_t fold) {
  if (folds > 1)
    sub.folds[experiment.data] = fold;
  sub.group = title();
  sub.groupPlace = experiment.where;
  sub.trial = sub.variant = describe(trial.point);
  sub.repeated = folds > 1;
  sub.choices.clear();
  for (int32_t v : indices(experiment.variables))
    sub.choices.emplace_back(experiment.variables[v].name,
                             valueText(experiment.variables[v], trial.point[size_t(v)]));
  if (folds > 1)
    sub.variant += format("%sfold %d of %d", sub.variant.empty() ? "" : ", ", fold + 1, folds);
  setChosen(sub.engine, trial.point);
  NN_TRY(sub.engine.updateSettings());
  NN_TRY(initialiseModels(sub, trial.variant->models));
  for (const StatementT &s : trial.variant->statements)
    if (dataOf(s) >= 0)
      NN_TRY(checkData(sub, s)); // data of the block itself
  Counts counts{trains, 0};
  return runStatements(sub, trial.variant->statements, counts);
}

void ExperimentRun::judge(Run &sub, const Trial &trial, Job &job) const {
  const TrainT *judged = nullptr;
  int32_t seen = 0;
  for (const StatementT &s : trial.variant->statements)
    if (s.body.type == NN_STMT_TRAIN && seen++ == experiment.goal_train)
      judged = &as<TrainT>(s);
  for (TrainRecord &record : job.trained)
    if ((record.judged = record.statement == judged))
      job.goal = resultOf(record, experiment.goal);
  if (trial.variant->model < 0)
    return;
  const nn_range range = sub.program.models[trial.variant->model].tensors;
  for (int32_t t = range.first; t < range.first + range.count; ++t)
    job.weights.insert(job.weights.end(), sub.engine.arena.tensor(t),
                       sub.engine.arena.tensor(t) + sub.engine.arena.bytes(t));
}

void ExperimentRun::runJob(Run &sub, Trial &trial, int32_t fold) {
  Job &job = trial.jobs[size_t(fold)];
  sub.output = &job.output;
  const double begin = now();
  job.status = carryOut(sub, trial, fold);
  job.seconds = now() - begin;
  job.diverged = job.status.failed() && sub.diverged;
  job.trained = std::move(sub.trained);
  job.evaluated = std::move(sub.evaluated);
  if (isSearch() && !job.status.failed() && !sub.signal)
    judge(sub, trial, job);
  std::lock_guard<std::mutex> lock(showing);
  job.done = !sub.signal;
  showDone();
}

/// Shows a line for each completed trial, in order.
void ExperimentRun::showDone() {
  for (; shown < trials.size() && trials[shown].done(); ++shown) {
    const Trial &trial = trials[shown];
    std::string line =
        format("%s: %lld of %lld", title().c_str(), (long long)shown + 1, (long long)planned);
    if (!experiment.variables.empty())
      line += ": " + describe(trial.point);
    double seconds = 0;
    const Job *failed = nullptr;
    for (const Job &job : trial.jobs) {
      seconds += job.seconds;
      failed = !failed && job.status.failed() ? &job : failed;
    }
    if (failed)
      line += ": failed: " + failed->failure();
    else if (isSearch())
      line += ": " + goalName(experiment, trials[0].jobs[0].trained) + " " +
              meanAndSpread(trial.goal(), folds);
    else if (!trial.jobs[0].trained.empty() && folds == 1)
      line +=
          ":" + Progress::values(trial.jobs[0].trained.back(), trial.jobs[0].trained.back().last);
    else if (!trial.jobs[0].trained.empty())
      line += ":" + foldedValues(columnsOf(trial.jobs[0].trained.back()), endsOf(trial));
    run.progress.note(line + "  " + duration(seconds));
    for (const Job &job : trial.jobs)
      if (!isSearch() && !job.output.empty())
        run.draw(job.output);
  }
}

/// The failure that stops the experiment: any except a loss or a parameter that is not finite,
/// which is a result too.
Status ExperimentRun::firstFailure() const {
  for (const Trial &trial : trials)
    for (const Job &job : trial.jobs)
      if (job.status.failed() && !job.diverged)
        return job.status.at("");
  return Status();
}

Status ExperimentRun::runTrials(size_t first) {
  for (size_t t = first; t < trials.size(); ++t) {
    trials[t].variant = variantOf(trials[t].point);
    trials[t].jobs.resize(size_t(folds));
  }
  const int64_t count = int64_t(trials.size() - first) * folds;
  NN_TRY(side.each(count, [&](Run &sub, int64_t i) {
    runJob(sub, trials[first + size_t(i / folds)], int32_t(i % folds));
  }));
  return firstFailure();
}

/// Keeps only the weights of the best trial among those from `first` on and the best before.
void ExperimentRun::keepBest(size_t first) {
  auto loss = [&](size_t t) { return -experiment.goal.direction * trials[t].goal().mean; };
  for (size_t t = first; t < trials.size(); ++t)
    if (!std::isnan(loss(t)) && (best == SIZE_MAX || loss(t) < loss(best)))
      best = t;
  for (size_t t = 0; t < trials.size(); ++t)
    if (t != best)
      for (Job &job : trials[t].jobs)
        job.weights = {};
}

Status ExperimentRun::execute() {
  NN_TRY(prepare().at(experiment.where));
  uint64_t seed = 0;
  NN_TRY(seedOf(run.engine, experiment.seed, "`seed`", seed).at(experiment.where));
  seed += run.engine.seed();
  const double asked = run.engine.value(experiment.trials);
  NN_TRY(checkTrials(asked, experiment.method <= NN_GRID).at(experiment.where));
  if (experiment.method <= NN_GRID) {
    std::vector<Point> points;
    NN_TRY(gridPoints(experiment, experiment.method == NN_GRID ? int64_t(asked) : 0, points)
               .at(experiment.where));
    planned = int64_t(points.size());
    for (Point &point : points) {
      trials.emplace_back();
      trials.back().point = std::move(point);
    }
    NN_TRY(runTrials(0));
    if (isSearch())
      keepBest(0);
  } else {
    // The number of trials between looks at the results does not depend on the number of cores, so
    // that the choices are the same everywhere.
    planned = int64_t(asked);
    const int64_t round = experiment.method == NN_RANDOM ? planned : std::max(1, 4 / folds);
    while (int64_t(trials.size()) < planned && !run.signal) {
      std::vector<Tried> tried;
      for (const Trial &trial : trials)
        tried.push_back({trial.point, -experiment.goal.direction * trial.goal().mean});
      const size_t first = trials.size();
      for (int64_t t = int64_t(first); t < std::min(planned, int64_t(first) + round); ++t) {
        trials.emplace_back();
        trials.back().point = experiment.method == NN_TPE ? tpePoint(experiment, tried, seed, t)
                                                          : randomPoint(experiment, seed, t);
      }
      NN_TRY(runTrials(first));
      keepBest(first);
    }
  }
  if (run.signal)
    return Status();
  return isSearch() ? finishSearch() : finishCompare();
}

/// Adds what `job` has trained and evaluated to the program's run.
Status ExperimentRun::record(Job &job) {
  for (TrainRecord &trained : job.trained) {
    NN_TRY(run.recorder.whole(trained));
    run.trained.push_back(std::move(trained));
  }
  for (EvaluateRecord &evaluated : job.evaluated) {
    NN_TRY(run.recorder.evaluated(evaluated));
    run.evaluated.push_back(std::move(evaluated));
  }
  return Status();
}

Status ExperimentRun::finishCompare() {
  std::vector<ComparedRun> rows;
  for (Trial &trial : trials) {
    ComparedRun row;
    row.name = !experiment.variables.empty() ? describe(trial.point) : "all folds";
    row.results = endsOf(trial);
    for (Job &job : trial.jobs) {
      row.seconds += job.seconds;
      if (job.status.failed())
        row.failure = job.failure().substr(
            0, job.failure().find(": ")); // the full message was printed when it happened
      if (!job.trained.empty() && row.columns.empty())
        row.columns = columnsOf(job.trained.back());
      NN_TRY(record(job));
    }
    rows.push_back(std::move(row));
  }
  run.outcomes[ordinal] = title() + ":\n" + comparisonTable(rows, folds);
  run.say(run.outcomes[ordinal]);
  return Status();
}

Status ExperimentRun::finishSearch() {
  if (best == SIZE_MAX) {
    std::string why = goalName(experiment, trials[0].jobs[0].trained) +
                      " was computed for none, since no epoch was finished";
    for (const Job &job : trials[0].jobs)
      if (job.status.failed())
        why = job.status.message();
    return Status::error(format("no trial of `%s` succeeded: %s", title().c_str(), why.c_str()))
        .at(experiment.where);
  }
  Trial &chosen = trials[best];
  setChosen(run.engine, chosen.point);
  NN_TRY(run.engine.updateSettings());
  run.chosen[ordinal] = int32_t(chosen.variant - experiment.variants.data());

  SearchRecord found;
  static const char *const methods[] = {"compare", "grid", "random", "tpe"};
  found.name = experiment.name.empty() ? "search" : experiment.name;
  found.method = methods[experiment.method];
  found.goal = goalName(experiment, chosen.jobs[0].trained);
  found.direction = experiment.goal.direction;
  found.place = experiment.where;
  found.watch = experiment.goal;
  found.folds = folds;
  found.best = int64_t(best);
  for (int32_t v : indices(experiment.variables))
    found.variables.push_back(experiment.variables[v].name);
  for (const Trial &trial : trials) {
    SearchRecord::Trial row;
    for (int32_t v : indices(experiment.variables))
      row.values.push_back(valueText(experiment.variables[v], trial.point[size_t(v)]));
    const Spread goal = trial.goal();
    row.goal = goal.mean;
    row.spread = goal.deviation;
    for (const Job &job : trial.jobs) {
      row.seconds += job.seconds;
      for (const TrainRecord &trained : job.trained)
        row.epochs += trained.epochs;
    }
    found.trials.push_back(std::move(row));
  }
  // The network of the fold on which it did best.
  const Job *judged = &chosen.jobs[0];
  for (const Job &job : chosen.jobs)
    if (experiment.goal.direction * job.goal > experiment.goal.direction * judged->goal)
      judged = &job;
  if (folds > 1) // its training split has the statistics that the network expects
    run.folds[experiment.data] = int32_t(judged - chosen.jobs.data());
  if (chosen.variant->model >= 0) {
    const nn_range range = run.program.models[chosen.variant->model].tensors;
    const unsigned char *from = judged->weights.data();
    for (int32_t t = range.first; t < range.first + range.count;
         from += run.engine.arena.bytes(t), ++t)
      memcpy(run.engine.arena.tensor(t), from, size_t(run.engine.arena.bytes(t)));
  }
  for (Job &job : chosen.jobs)
    NN_TRY(record(job));
  run.outcomes[ordinal] = searchSummary(found);
  run.progress.note(title() + format(": trial %lld is the best", (long long)best + 1));
  run.searched.push_back(std::move(found));
  return Status();
}

} // namespace

static Status runExperiment(Run &run, const StatementT &statement, Counts &counts) {
  return ExperimentRun(run, as<ExperimentT>(statement), counts.experiments++, counts.trains)
      .execute();
}
NN_EXECUTES(NN_STMT_EXPERIMENT, runExperiment);

static Status runOutcome(Run &run, const StatementT &statement, Counts &) {
  const OutcomeT &outcome = as<OutcomeT>(statement);
  run.say(run.outcomes[outcome.experiment]);
  return Status();
}
NN_EXECUTES(NN_STMT_OUTCOME, runOutcome);

} // namespace nnrt
