// A session's memory of statements. Records outlive the tables of their program, so pointers into
// these are kept as numbers.
#include "runtime/run/remember.h"
#include "runtime/support/indices.h"

#include "runtime/program/statements.h"

namespace nnrt {

/// The statement itself; for one about a search's result, the one for the chosen variant; null:
/// nothing was chosen.
static const StatementT *actual(const Run &run, const StatementT &statement) {
  if (statement.body.type != NN_STMT_CHOSEN)
    return &statement;
  const ChosenT &chosen = as<ChosenT>(statement);
  auto found = run.chosen.find(chosen.experiment);
  return found == run.chosen.end() ? nullptr : &chosen.bodies[size_t(found->second)];
}

/// The model that a search or an ensemble makes; -1: none.
static int32_t madeBy(const StatementT &statement, int32_t variant) {
  if (statement.body.type == NN_STMT_ENSEMBLE)
    return as<EnsembleT>(statement).model;
  if (statement.body.type == NN_STMT_EXPERIMENT && variant >= 0)
    return as<ExperimentT>(statement).variants[variant].model;
  return -1;
}

/// Calls visit(train, ordinal) for each train statement in one of the program's statements.
template <class Visit> static void forTrainsIn(const StatementT &statement, Visit &&visit) {
  int32_t ordinal = 0;
  forEachStatement(StatementRange(statement), [&](const StatementT &inner) {
    if (inner.body.type == NN_STMT_TRAIN)
      visit(&as<TrainT>(inner), ordinal++);
    return true;
  });
}

static const TrainT *findTrain(const Run &run, const int64_t *numbers, const TrainKey &key) {
  const TrainT *found = nullptr;
  for (int32_t i = 0; i < run.earlier; ++i)
    if (numbers[i] == key.statement)
      forTrainsIn(run.program.statements[i], [&](const TrainT *train, int32_t ordinal) {
        found = ordinal == key.ordinal ? train : found;
      });
  return found;
}

static TrainKey keyOf(const Run &run, const int64_t *numbers, const TrainT *wanted) {
  TrainKey key;
  for (int32_t i = 0; i <= run.earlier; ++i)
    forTrainsIn(run.program.statements[i], [&](const TrainT *train, int32_t ordinal) {
      if (train == wanted)
        key = {numbers[i], ordinal};
    });
  return key;
}

static void recallExperiment(Run &run, const ExperimentT &experiment, int32_t ordinal,
                             const Remembered &known) {
  run.outcomes[ordinal] = known.outcome;
  if (known.variant < 0 || known.variant >= int32_t(experiment.variants.size()))
    return;
  run.chosen[ordinal] = known.variant;
  size_t next = 0;
  for (int32_t v : indices(experiment.variables))
    if (experiment.variables[v].slot >= 0 && next < known.values.size())
      run.engine.scalars[size_t(experiment.variables[v].slot)] = known.values[next++];
  if (known.fold >= 0 && experiment.data >= 0)
    run.folds[experiment.data] = known.fold;
}

Status recall(Run &run, const Memory &memory, const int64_t *numbers) {
  int32_t experiments = 0;
  for (int32_t i = 0; i < run.earlier; ++i) {
    const StatementT &statement = run.program.statements[i];
    const int32_t ordinal = experiments;
    experiments += statement.body.type == NN_STMT_EXPERIMENT;
    auto found = memory.find(numbers[i]);
    if (found == memory.end())
      continue;
    const Remembered &known = found->second;
    if (statement.body.type == NN_STMT_EXPERIMENT)
      recallExperiment(run, as<ExperimentT>(statement), ordinal, known);
    if (const StatementT *made = actual(run, statement))
      if (const int32_t model = madeBy(*made, known.variant); model >= 0) {
        const nn_range range = run.program.models[model].tensors;
        for (int32_t t = 0; t < range.count && size_t(t) < known.weights.size(); ++t)
          if (known.weights[size_t(t)].size() == size_t(run.engine.arena.bytes(range.first + t))) {
            run.engine.arena.importTensor(range.first + t, known.weights[size_t(t)].data(),
                                          run.engine.arena.tensor(range.first + t));
            run.drawn[size_t(range.first + t)] = 0;
          }
      }
    for (size_t r = 0; r < known.trained.size(); ++r)
      if (const TrainT *train = findTrain(run, numbers, known.keys[r])) {
        run.trained.push_back(known.trained[r]);
        run.trained.back().statement = train;
      }
    run.evaluated.insert(run.evaluated.end(), known.evaluated.begin(), known.evaluated.end());
    run.searched.insert(run.searched.end(), known.searched.begin(), known.searched.end());
  }
  return run.engine.updateSettings();
}

void remember(Run &run, Memory &memory, const int64_t *numbers) {
  if (run.earlier >= int32_t(run.program.statements.size()))
    return;
  const StatementT &statement = run.program.statements[run.earlier];
  Remembered known;
  // Recalled records are first in the run's lists.
  for (size_t r = run.recalledTrained; r < run.trained.size(); ++r) {
    known.keys.push_back(keyOf(run, numbers, run.trained[r].statement));
    known.trained.push_back(run.trained[r]);
    known.trained.back().statement = nullptr;
  }
  known.evaluated.assign(run.evaluated.begin() + long(run.recalledEvaluated), run.evaluated.end());
  known.searched.assign(run.searched.begin() + long(run.recalledSearched), run.searched.end());
  known.isTrain = statement.body.type == NN_STMT_TRAIN;
  if (statement.body.type == NN_STMT_EXPERIMENT) {
    const ExperimentT &experiment = as<ExperimentT>(statement);
    int32_t ordinal = 0;
    for (int32_t i = 0; i < run.earlier; ++i)
      ordinal += run.program.statements[i].body.type == NN_STMT_EXPERIMENT;
    known.outcome = run.outcomes[ordinal];
    if (auto chosen = run.chosen.find(ordinal); chosen != run.chosen.end())
      known.variant = chosen->second;
    for (int32_t v : indices(experiment.variables))
      if (experiment.variables[v].slot >= 0)
        known.values.push_back(run.engine.scalars[size_t(experiment.variables[v].slot)]);
    if (auto fold = run.folds.find(experiment.data); fold != run.folds.end())
      known.fold = fold->second;
  }
  if (known.isEmpty())
    return;
  if (const StatementT *made = actual(run, statement))
    if (const int32_t model = madeBy(*made, known.variant); model >= 0) {
      const nn_range range = run.program.models[model].tensors;
      for (int32_t t = range.first; t < range.first + range.count; ++t) {
        known.weights.emplace_back(size_t(run.engine.arena.bytes(t)));
        run.engine.arena.exportTensor(t, run.engine.arena.tensor(t), known.weights.back().data());
      }
    }
  memory[numbers[run.earlier]] = std::move(known);
}

} // namespace nnrt
