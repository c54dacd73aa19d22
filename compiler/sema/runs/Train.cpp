// Checks train blocks: their settings, and the rule that training never sees the test split.
#include "compiler/sema/runs/Train.h"

#include "compiler/sema/Entries.h"
#include "compiler/sema/Text.h"
#include "compiler/sema/data/Data.h"
#include "compiler/sema/data/Fields.h"
#include "compiler/sema/data/Splits.h"
#include "compiler/sema/expressions/Calls.h"
#include "compiler/sema/runs/Paths.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using llvm::dyn_cast;
using llvm::isa;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

/// The other entries of a train block, for suggestions: `metrics = …` means `metric …`.
static const StringRef otherEntries[] = {"metric", "clip", "constrain",
                                         "stop",   "keep", "checkpoint"};

void TrainChecker::check(const TrainStmt &stmt, const Scope &scope) {
  PathChecker(shared).checkModel(stmt.target, scope, "train", true);
  bool part = stmt.target.parts.size() > 1;
  const DataDecl *decl = PathChecker(shared).checkData(stmt.data, scope);
  const DataInfo *info = decl ? &DataChecker(shared).infoOf(*decl, &scope) : nullptr;
  if (decl && stmt.data.parts.size() > 1 && findSplit(stmt.data.parts[1].text) != NN_SPLIT_TRAIN) {
    const Ident &split = stmt.data.parts[1];
    const bool isTest = findSplit(split.text) == NN_SPLIT_TEST;
    auto e = diags.error(split.range, isTest ? llvm::Twine("training never sees the test split")
                                             : llvm::Twine("training is on the training split"));
    if (isTest)
      e.note("what is trained on the test split cannot be judged by it; `evaluate … on " +
             decl->name.text + ".test` does that");
    e.note("write `on " + decl->name.text + "`");
  }

  Context context = shared.topContext;
  context.at = part ? AtPart : AtTrain;
  context.data = info;
  context.open = !info || !info->sound;
  Scope fields(&scope, context);
  addFields(info, fields);
  Context plainContext =
      shared.topContext; // batch, epochs, the optimizer: schedules, but no fields
  plainContext.at = AtTrain;
  Scope plain(&scope, plainContext);

  for (const Entry *e : stmt.entries)
    if (auto *setting = dyn_cast<SettingEntry>(e))
      checkSetting(*setting, fields, plain);
    else if (auto *metric = dyn_cast<MetricEntry>(e))
      metrics.check(*metric, fields);
  checkEntries(stmt, info, scope, plain);
  if (!shared.syntaxErrors) // otherwise the entry may be one that could not be parsed
    checkMissing(stmt);
}

/// Checks the entries that are neither settings nor metrics.
void TrainChecker::checkEntries(const TrainStmt &stmt, const DataInfo *info, const Scope &scope,
                                const Scope &plain) {
  for (const Entry *e : stmt.entries) {
    if (auto *clip = dyn_cast<ClipEntry>(e)) {
      once(seen, "clip", clip->range);
      checkExpr(clip->limit, plain);
    } else if (auto *constrain = dyn_cast<ConstrainEntry>(e)) {
      checkConstrain(*constrain, stmt.target, scope);
    } else if (auto *stop = dyn_cast<StopEntry>(e)) {
      once(seen, "stop", stop->range);
      metrics.checkQuantity(stop->quantity, info, "stop", nullptr);
      checkExpr(stop->patience, plain);
    } else if (auto *keep = dyn_cast<KeepEntry>(e)) {
      once(seen, "keep", keep->range);
      metrics.checkQuantity(keep->quantity, info, "keep", keep);
    } else if (auto *checkpoint = dyn_cast<CheckpointEntry>(e)) {
      once(seen, "checkpoint", checkpoint->range);
      PathChecker(shared).checkFile(checkpoint->file);
      checkExpr(checkpoint->every, plain);
    } else if (!isa<SettingEntry, MetricEntry>(e)) {
      misplacedEntry(diags, *e, "train");
    }
  }
}

void TrainChecker::checkMissing(const TrainStmt &stmt) {
  StringRef target = stmt.target.empty() ? "" : stmt.target.front().text;
  if (!isGiven(TrainSetting::Loss))
    diags.error(stmt.target.range, "training " + quoted(target) + " needs a loss")
        .note("such as `loss = cross_entropy(" + target + "(x), y)`");
  if (!isGiven(TrainSetting::Optimizer))
    diags.error(stmt.target.range, "training " + quoted(target) + " needs an optimizer")
        .note("such as `optimizer = adam(lr = 1e-3)`");
  if (!isGiven(TrainSetting::Epochs) && !isGiven(TrainSetting::Steps))
    diags.error(stmt.target.range, "training " + quoted(target) + " needs its length")
        .note("`epochs = 10` counts passes over the training split, `steps = 1000` counts batches");
}

bool TrainChecker::isGiven(TrainSetting setting) const {
  return seen.count(trainSettings()[size_t(setting)]);
}

void TrainChecker::unknownSetting(const Ident &name) {
  std::vector<StringRef> candidates = trainSettings().vec();
  llvm::append_range(candidates, otherEntries);
  auto e = diags.error(name.range, "`train` has no setting " + quoted(name.text))
               .suggest(name.text, candidates);
  StringRef near = didYouMean(name.text, candidates);
  if (near.empty())
    e.note("its settings are " + listed(trainSettings()));
  else if (!findTrainSetting(near))
    e.note(quoted(near) + " is written without `=`");
  // Do not also report `loss` as missing after a misspelt `los = …`.
  if (findTrainSetting(near))
    seen.try_emplace(near, name.range);
}

void TrainChecker::checkSetting(const SettingEntry &entry, const Scope &fields,
                                const Scope &plain) {
  const std::optional<TrainSetting> setting = findTrainSetting(entry.name.text);
  if (!setting)
    return unknownSetting(entry.name);
  if (!once(seen, entry.name.text, entry.name.range))
    return;
  StringRef rival;
  if (setting == TrainSetting::Epochs || setting == TrainSetting::Steps)
    rival = trainSettings()[size_t(setting == TrainSetting::Epochs ? TrainSetting::Steps
                                                                   : TrainSetting::Epochs)];
  if (!rival.empty() && seen.count(rival))
    diags.error(entry.name.range, "`epochs` and `steps` exclude each other")
        .note(seen[rival], quoted(rival) + " is given here");
  if (!entry.value)
    return;
  switch (*setting) {
  case TrainSetting::Loss:
    return checkExpr(entry.value, fields);
  case TrainSetting::Optimizer:
    return CallChecker(shared).checkKind(entry.value, plain, StmtKind::Optimizer);
  case TrainSetting::Batch:
  case TrainSetting::Epochs:
  case TrainSetting::Steps:
    return checkCount(*setting, entry, plain);
  }
}

void TrainChecker::checkCount(TrainSetting setting, const SettingEntry &entry, const Scope &plain) {
  const StringRef key = entry.name.text;
  auto *name = dyn_cast<NameExpr>(entry.value);
  if (name && name->name.text == nameOf(AmbientKind::All)) {
    if (setting != TrainSetting::Batch)
      diags.error(name->range, quoted(key) + " is a number");
    return;
  }
  checkExpr(entry.value, plain);
  auto v = constantValue(entry.value);
  if (v && !(*v > 0))
    diags.error(entry.value->range, quoted(key) + " is at least 1");
  else if (v && *v != std::floor(*v))
    diags.error(entry.value->range, quoted(key) + " is a whole number");
}

/// Checks that the parameters belong to the trained model. Whether they are trained is known when
/// the step is built.
void TrainChecker::checkConstrain(const ConstrainEntry &entry, const Path &trained,
                                  const Scope &outer) {
  const ModelDecl *model = PathChecker(shared).checkModel(entry.target, outer, "constrain", true);
  if (model && !trained.empty() && model->name.text != trained.front().text)
    diags
        .error(entry.target.range,
               "this block trains " + quoted(trained.text()) + ", and constrains a part of it")
        .note(trained.range, "trained here");
  Context context = shared.topContext;
  context.at = AtConstrain;
  checkExpr(entry.value, Scope(&outer, context));
}

} // namespace nnc::sema
