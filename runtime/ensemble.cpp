// ensemble statements: members trained side by side, each from its own seed.
#include "runtime/settings.h"
#include "runtime/side_runs.h"
#include "runtime/statements.h"

namespace nnrt {

/// Adds the statements before `ensemble` that make the model `of` what it is: loads and training, of a search those of its best
/// trial. What a comparison does to a model is undone. Returns false at `ensemble`.
static bool addRecipe(const Run &run, const nn_statement *statements, int32_t count, const nn_ensemble &ensemble,
                      std::vector<nn_statement> &recipe) {
  int32_t experiments = 0;
  for (int32_t i = 0; i < count; ++i) {
    const nn_statement &statement = statements[i];
    if (statement.body == &ensemble)
      return false;
    if ((statement.kind == NN_STMT_TRAIN && static_cast<const nn_train *>(statement.body)->model == ensemble.of) ||
        (statement.kind == NN_STMT_LOAD && static_cast<const nn_load *>(statement.body)->model == ensemble.of))
      recipe.push_back(statement);
    if (statement.kind == NN_STMT_EXPERIMENT) {
      const auto best = run.chosen.find(experiments++);
      if (best == run.chosen.end())
        continue;
      const nn_variant &variant = static_cast<const nn_experiment *>(statement.body)->variants[best->second];
      if (variant.model == ensemble.of)
        addRecipe(run, variant.statements, variant.n_statements, ensemble, recipe);
    }
    if (statement.kind == NN_STMT_CHOSEN) {
      const nn_chosen &chosen = *static_cast<const nn_chosen *>(statement.body);
      if (!addRecipe(run, chosen.bodies + run.chosen.at(chosen.experiment), 1, ensemble, recipe))
        return false;
    }
  }
  return true;
}

Status runEnsemble(Run &run, const nn_ensemble &ensemble, int32_t trains) {
  const nn_program &program = run.program;
  std::vector<nn_statement> recipe;
  addRecipe(run, program.statements, program.n_statements, ensemble, recipe);
  const nn_range from = program.models[ensemble.of].tensors, to = program.models[ensemble.model].tensors;
  for (const nn_statement &statement : recipe)
    if (statement.kind == NN_STMT_TRAIN && !program.data[static_cast<const nn_train *>(statement.body)->data].hidden)
      NN_TRY(checkData(run, statement));
  std::vector<Status> results(ensemble.members);
  std::vector<std::vector<TrainRecord>> records(ensemble.members);
  uint64_t seed = 0;
  NN_TRY(seedOf(run.engine, ensemble.seed, "`seed`", seed).at(ensemble.where));
  SideRuns side(run);
  auto train = [&](Run &sub, int32_t member) -> Status {
    sub.group = std::string("ensemble ") + ensemble.name;
    sub.variant = format("member %d", member + 1);
    sub.engine.setSeed(run.engine.seed() + seed + 1 + uint64_t(member));
    NN_TRY(sub.engine.updateSettings());
    NN_TRY(initialiseModels(sub, {ensemble.of, 1}));
    int32_t ordinals = trains;
    std::string unseen;
    sub.output = &unseen;
    NN_TRY(runStatements(sub, recipe.data(), int32_t(recipe.size()), ordinals));
    // Every member writes its own part. The two may be laid out differently.
    RowMajor rowMajor(sub.engine);
    for (int32_t t = 0; t < from.count; ++t) {
      const int32_t into = to.first + member * from.count + t;
      run.engine.importTensor(into, rowMajor.of(from.first + t, sub.engine.tensor(from.first + t)), run.engine.tensor(into));
    }
    records[member] = std::move(sub.trained);
    return Status();
  };
  NN_TRY(side.each(ensemble.members, [&](Run &sub, int64_t i) { results[size_t(i)] = train(sub, int32_t(i)); }));
  for (Status &status : results)
    NN_TRY(std::move(status));
  if (run.signal)
    return Status();
  for (int32_t m = 0; m < ensemble.members; ++m)
    for (TrainRecord &record : records[m]) {
      run.progress.note(format("ensemble %s: member %d of %d:%s  %s", ensemble.name, m + 1, ensemble.members,
                               Progress::values(record, record.last).c_str(), duration(record.seconds).c_str()));
      run.trained.push_back(std::move(record));
    }
  return Status();
}

} // namespace nnrt
