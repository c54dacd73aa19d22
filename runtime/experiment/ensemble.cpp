// Executes ensemble statements: members are trained in parallel, each from its own seed.
#include "runtime/experiment/side_runs.h"
#include "runtime/program/settings.h"
#include "runtime/program/statements.h"
#include "runtime/support/indices.h"
#include "runtime/weights/weights.h"

#include <map>

namespace nnrt {

/// Whether a statement changes tensors of that model, which may be those of another model that
/// shares them.
static bool changes(const ProgramT &program, const StatementT &statement, const ModelT &of) {
  if (statement.body.type == NN_STMT_LOAD)
    return shareTensors(program, program.models[as<LoadT>(statement).model], of);
  if (statement.body.type != NN_STMT_TRAIN)
    return false;
  const TrainT &train = as<TrainT>(statement);
  for (int32_t i : indices(train.trained))
    for (int32_t t = of.tensors.first; t < of.tensors.first + of.tensors.count; ++t)
      if (program.tensors[t].offset == program.tensors[train.trained[i]].offset)
        return true;
  return false;
}

/// Adds the statements before `ensemble` that determine the model `of`: loads and trainings; for a
/// search, those of its best trial. A comparison leaves the model as it was. Returns false at
/// `ensemble`.
static bool addRecipe(const Run &run, StatementRange statements, const EnsembleT &ensemble,
                      std::vector<const StatementT *> &recipe) {
  int32_t experiments = 0;
  for (const StatementT &statement : statements) {
    if (statement.body.value == &ensemble)
      return false;
    if (changes(run.program, statement, run.program.models[ensemble.of]))
      recipe.push_back(&statement);
    if (statement.body.type == NN_STMT_EXPERIMENT) {
      const auto best = run.chosen.find(experiments++);
      if (best == run.chosen.end())
        continue;
      const VariantT &variant = as<ExperimentT>(statement).variants[best->second];
      if (variant.model == ensemble.of)
        addRecipe(run, variant.statements, ensemble, recipe);
    }
    if (statement.body.type == NN_STMT_CHOSEN) {
      const ChosenT &chosen = as<ChosenT>(statement);
      if (!addRecipe(run, StatementRange(chosen.bodies[size_t(run.chosen.at(chosen.experiment))]),
                     ensemble, recipe))
        return false;
    }
  }
  return true;
}

static Status runEnsemble(Run &run, const StatementT &statement, Counts &counts) {
  const EnsembleT &ensemble = as<EnsembleT>(statement);
  const ProgramT &program = run.program;
  std::vector<const StatementT *> recipe;
  addRecipe(run, program.statements, ensemble, recipe);
  const nn_range from = program.models[ensemble.of].tensors,
                 to = program.models[ensemble.model].tensors;
  std::map<std::string, int32_t> members; // the ensemble's tensors by key: "member1.dense1.w"
  for (int32_t t = to.first; t < to.first + to.count; ++t)
    members[program.tensors[t].key] = t;
  for (const StatementT *part : recipe)
    if (part->body.type == NN_STMT_TRAIN && !program.data[as<TrainT>(*part).data].hidden)
      NN_TRY(checkData(run, *part));
  std::vector<Status> results(ensemble.members);
  std::vector<std::vector<TrainRecord>> records(ensemble.members);
  std::vector<std::vector<unsigned char>> learned(
      ensemble.members); // row-major, tensor after tensor
  uint64_t seed = 0;
  NN_TRY(seedOf(run.engine, ensemble.seed, "`seed`", seed).at(ensemble.where));
  SideRuns side(run);
  auto train = [&](Run &sub, int32_t member) -> Status {
    sub.group = "ensemble " + ensemble.name;
    sub.groupPlace = ensemble.where;
    sub.variant = format("member %d", member + 1);
    sub.trial = "all members";
    sub.repeated = true;
    sub.engine.setSeed(run.engine.seed() + seed + 1 + uint64_t(member));
    NN_TRY(sub.engine.updateSettings());
    for (int32_t m : indices(program.models))
      if (m == ensemble.of || shareTensors(program, program.models[m], program.models[ensemble.of]))
        NN_TRY(initialiseModels(sub, {m, 1}));
    Counts own{counts.trains, 0};
    std::string unseen;
    sub.output = &unseen;
    for (const StatementT *part : recipe)
      NN_TRY(runStatements(sub, StatementRange(*part), own));
    // Not yet into the run's arena: other members start with a copy of that.
    RowMajor rowMajor(sub.engine.arena);
    for (int32_t t = from.first; t < from.first + from.count; ++t) {
      const unsigned char *values = rowMajor.of(t, sub.engine.arena.tensor(t));
      learned[size_t(member)].insert(learned[size_t(member)].end(), values,
                                     values + sub.engine.arena.bytes(t));
    }
    records[member] = std::move(sub.trained);
    return Status();
  };
  NN_TRY(side.each(ensemble.members,
                   [&](Run &sub, int64_t i) { results[size_t(i)] = train(sub, int32_t(i)); }));
  for (Status &status : results)
    NN_TRY(std::move(status));
  if (run.signal)
    return Status();
  for (int32_t m = 0; m < ensemble.members; ++m) { // their layouts may differ
    const unsigned char *values = learned[size_t(m)].data();
    for (int32_t t = from.first; t < from.first + from.count; ++t) {
      const int32_t own = members.at(format("member%d.", m + 1) + program.tensors[t].key);
      run.engine.arena.importTensor(own, values, run.engine.arena.tensor(own));
      values += run.engine.arena.bytes(own);
    }
  }
  for (int32_t m = 0; m < ensemble.members; ++m)
    for (TrainRecord &record : records[m]) {
      run.progress.note(format("ensemble %s: member %d of %d:%s  %s", ensemble.name.c_str(), m + 1,
                               ensemble.members, Progress::values(record, record.last).c_str(),
                               duration(record.seconds).c_str()));
      run.trained.push_back(std::move(record));
    }
  return Status();
}
NN_EXECUTES(NN_STMT_ENSEMBLE, runEnsemble);

} // namespace nnrt
