// Generates ensemble statements. An ensemble is a model whose value is the mean of the values of
// its members. Its tensors are those of the members, at `five.member1.…`.
#include "compiler/irgen/experiments/Experiment.h"

using namespace nnc;

void ProgramGenerator::genEnsemble(const ast::EnsembleStmt *s) {
  const ast::ModelDecl *of = findModel(s->of);
  if (!of)
    return;
  const std::string name = s->name.text.str();
  auto trained = trainedBy.find(of);
  if (trained == trainedBy.end()) {
    diags.error(
        s->of.range,
        "`" + s->of.text() +
            "` has not been trained: members are trained as the `train` statements above do");
    return;
  }
  if (trained->second->data.front().text != s->data.front().text) {
    diags
        .error(s->data.range, "`" + s->of.text() + "` is trained on `" +
                                  trained->second->data.front().text + "`, and its members are too")
        .note(trained->second->data.range, "here");
    return;
  }
  // Each member repeats the statements that train its tensors, including those of its parts.
  auto places = [&](const ast::Decl *model) {
    std::set<std::string> all{elab.placeOf(model)};
    for (const auto &[place, part] : elab.parts[model])
      all.insert(place);
    return all;
  };
  const std::set<std::string> own = places(of);
  for (const auto &[model, train] : trainedBy)
    for (const ast::Entry *e : train->entries)
      if (llvm::isa<ast::CheckpointEntry>(e) &&
          llvm::any_of(places(model), [&](const std::string &p) { return own.count(p) > 0; })) {
        diags.error(s->range, "the members of an ensemble cannot all write the same checkpoint")
            .note(e->range, "this one");
        return;
      }
  int64_t members = 0;
  nn_number seed = constantNumber(0);
  for (const ast::Entry *e : s->entries) {
    auto *setting = llvm::dyn_cast<ast::SettingEntry>(e);
    if (!setting)
      continue;
    elab.fn = settings.get();
    if (setting->name.text == "seed")
      seed = number(setting->value, "`seed`", 0, 1e9, /*whole=*/true);
    else if (!elab.evaluateInteger(setting->value, Scope(), members, "`members`"))
      return;
    else if (members < 2 || members > 1000) {
      diags.error(setting->value->range,
                  "an ensemble has 2 to 1,000 members, not " + llvm::Twine(members));
      return;
    }
  }
  if (members == 0) {
    diags.error(s->range, "an ensemble needs the number of its members: `members = 5`");
    return;
  }

  ast::ModelDecl *model = copyOf(*of);
  model->name = s->name;
  Elaborator::ModelUse use;
  use.place = name;
  use.members = int(members);
  if (current) { // one ensemble for each variant of a search
    use.place += "#" + std::to_string(++variantCount);
    current->ensembles[name] = model;
  }
  ensembles[name] = current ? resultOfCurrent() : "";
  elab.modelUses[model] = use;
  const int32_t index = out.models.size();
  genModel(model);
  out.models[index].data = out.models[modelIndex[of]].data;
  EnsembleT row;
  row.where = where(s->range);
  row.name = name;
  row.model = index;
  row.of = modelIndex[of];
  row.members = int32_t(members);
  row.seed = seed;
  addStatement(std::move(row));
  if (!current)
    symbols.user[name] = model;
}

std::string ProgramGenerator::resultOfCurrent() const {
  for (auto &[name, experiment] : experiments)
    for (const ExperimentVariant &variant : experiment->variants)
      if (&variant == current)
        return name;
  return "";
}
