// Generates ensemble statements. An ensemble is a model whose value is the mean of the values of
// its members. Its tensors are those of the members, at `five.member1.…`.
#include "compiler/irgen/experiments/Ensembles.h"

#include "compiler/sema/runs/Experiments.h"

using namespace nnc;

bool EnsembleGenerator::canRepeatTraining(const ast::EnsembleStmt *s, const ast::ModelDecl *of) {
  auto found = trained.byModel.find(of);
  if (found == trained.byModel.end()) {
    ctx.diags.error(
        s->of.range,
        "`" + s->of.text() +
            "` has not been trained: members are trained as the `train` statements above do");
    return false;
  }
  if (found->second->targets.size() > 1) {
    ctx.diags
        .error(s->of.range,
               "`" + s->of.text() +
                   "` is trained together with others, and a member would need its own "
                   "of all of them")
        .note(found->second->target.range, "here");
    return false;
  }
  if (found->second->data.front().text != s->data.front().text) {
    ctx.diags
        .error(s->data.range, "`" + s->of.text() + "` is trained on `" +
                                  found->second->data.front().text + "`, and its members are too")
        .note(found->second->data.range, "here");
    return false;
  }
  // Each member repeats the statements that train its tensors, including those of its parts.
  auto places = [&](const ast::Decl *model) {
    std::set<std::string> all{ctx.elab.placeOf(model)};
    for (const auto &[place, part] : ctx.elab.parts[model])
      all.insert(place);
    return all;
  };
  const std::set<std::string> own = places(of);
  for (const auto &[model, train] : trained.byModel)
    for (const ast::Entry *e : train->entries)
      if (llvm::isa<ast::CheckpointEntry>(e) &&
          llvm::any_of(places(model), [&](const std::string &p) { return own.count(p) > 0; })) {
        ctx.diags.error(s->range, "the members of an ensemble cannot all write the same checkpoint")
            .note(e->range, "this one");
        return false;
      }
  return true;
}

bool EnsembleGenerator::readEntries(const ast::EnsembleStmt *s, int64_t &members, nn_number &seed) {
  for (const ast::Entry *e : s->entries) {
    auto *setting = llvm::dyn_cast<ast::SettingEntry>(e);
    if (!setting)
      continue;
    settings.enter();
    if (sema::findRunSetting(setting->name.text) == sema::RunSetting::Seed)
      seed = settings.number(setting->value, "`seed`", 0, 1e9, /*whole=*/true);
    else if (!ctx.elab.evaluateInteger(setting->value, Scope(), members, "`members`"))
      return false;
    else if (members < 2 || members > 1000) {
      ctx.diags.error(setting->value->range,
                      "an ensemble has 2 to 1,000 members, not " + llvm::Twine(members));
      return false;
    }
  }
  if (members == 0) {
    ctx.diags.error(s->range, "an ensemble needs the number of its members: `members = 5`");
    return false;
  }
  return true;
}

ast::ModelDecl *EnsembleGenerator::makeModel(const ast::EnsembleStmt *s, const ast::ModelDecl *of,
                                             int64_t members) {
  const std::string name = s->name.text.str();
  ast::ModelDecl *model = results.nodes.copyOf(*of);
  model->name = s->name;
  Elaborator::ModelUse use;
  use.place = name;
  use.members = int(members);
  if (results.current) { // one ensemble for each variant of a search
    use.place += "#" + std::to_string(++results.variantCount);
    results.current->ensembles[name] = model;
  }
  results.ensembles[name] = results.current ? results.resultOfCurrent() : "";
  ctx.elab.modelUses[model] = use;
  return model;
}

void EnsembleGenerator::generate(const ast::EnsembleStmt *s) {
  const ast::ModelDecl *of = ctx.findModel(s->of);
  if (!of || !canRepeatTraining(s, of))
    return;
  int64_t members = 0;
  nn_number seed = constantNumber(0);
  if (!readEntries(s, members, seed))
    return;
  const std::string name = s->name.text.str();
  ast::ModelDecl *model = makeModel(s, of, members);
  const int32_t index = ctx.out.models.size();
  models.generate(model);
  ctx.out.models[index].data = ctx.out.models[models.indexOf(of)].data;
  EnsembleT row;
  row.where = ctx.where(s->range);
  row.name = name;
  row.model = index;
  row.of = models.indexOf(of);
  row.members = int32_t(members);
  row.seed = seed;
  ctx.add(std::move(row));
  if (!results.current)
    ctx.symbols.user[name] = model;
}
