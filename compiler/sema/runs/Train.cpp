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
static const StringRef otherEntries[] = {"metric", "clip",       "constrain", "stop",
                                         "keep",   "checkpoint", "update"};

void TrainChecker::checkTargets(const TrainStmt &stmt, const Scope &scope) {
  std::map<StringRef, Range> models;
  for (const Path &target : stmt.targets) {
    PathChecker(shared).checkModel(target, scope, "train", true);
    if (target.empty())
      continue;
    auto [first, fresh] = models.try_emplace(target.front().text, target.range);
    if (!fresh)
      diags.error(target.range, quoted(target.front().text) + " is named twice")
          .note(first->second, "the first");
  }
}

void TrainChecker::check(const TrainStmt &stmt, const Scope &scope) {
  checkTargets(stmt, scope);
  trained = stmt.targets;
  hasUpdates = !updatesOf(stmt).empty();
  bool part = stmt.targets.size() == 1 && stmt.target.parts.size() > 1;
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
  const Scopes scopes{fields, plain, scope};

  for (const Entry *e : stmt.entries)
    if (auto *setting = dyn_cast<SettingEntry>(e))
      checkSetting(*setting, scopes);
    else if (auto *metric = dyn_cast<MetricEntry>(e))
      metrics.check(*metric, fields);
  metrics.losses = lossNames(stmt);
  checkEntries(stmt, info, scopes);
  if (!shared.syntaxErrors) // otherwise the entry may be one that could not be parsed
    checkMissing(stmt);
}

bool TrainChecker::checkCommon(const Entry &entry, const Scopes &scopes) {
  if (auto *clip = dyn_cast<ClipEntry>(&entry)) {
    once(seen, "clip", clip->range);
    checkExpr(clip->limit, scopes.plain);
  } else if (auto *constrain = dyn_cast<ConstrainEntry>(&entry)) {
    checkConstrain(*constrain, scopes.outer);
  } else if (auto *optimizer = dyn_cast<OptimizerEntry>(&entry)) {
    checkPart(*optimizer, scopes);
  } else {
    return false;
  }
  if (hasUpdates && !update)
    diags.error(entry.range, "this belongs in the block of an `update`, of which the statement has "
                             "some");
  return true;
}

/// Checks the entries that are neither settings nor metrics.
void TrainChecker::checkEntries(const TrainStmt &stmt, const DataInfo *info, const Scopes &scopes) {
  for (const Entry *e : stmt.entries) {
    if (checkCommon(*e, scopes))
      continue;
    if (auto *stop = dyn_cast<StopEntry>(e)) {
      once(seen, "stop", stop->range);
      metrics.checkQuantity(stop->quantity, info, "stop", nullptr);
      checkExpr(stop->patience, scopes.plain);
    } else if (auto *keep = dyn_cast<KeepEntry>(e)) {
      once(seen, "keep", keep->range);
      metrics.checkQuantity(keep->quantity, info, "keep", keep);
    } else if (auto *checkpoint = dyn_cast<CheckpointEntry>(e)) {
      once(seen, "checkpoint", checkpoint->range);
      PathChecker(shared).checkFile(checkpoint->file);
      checkExpr(checkpoint->every, scopes.plain);
    } else if (auto *one = dyn_cast<UpdateEntry>(e)) {
      TrainChecker inner(shared);
      inner.update = one;
      inner.hasUpdates = true;
      for (const Path &place : one->places) {
        PathChecker(shared).checkModel(place, scopes.outer, "update", true);
        checkTrained(place, "updates");
      }
      inner.trained = one->places;
      inner.checkUpdate(*one, scopes);
    } else if (!isa<SettingEntry, MetricEntry>(e)) {
      misplacedEntry(diags, *e, "train");
    }
  }
}

void TrainChecker::checkUpdate(const UpdateEntry &entry, const Scopes &scopes) {
  for (const Entry *e : entry.entries)
    if (auto *setting = dyn_cast<SettingEntry>(e))
      checkSetting(*setting, scopes);
    else if (!checkCommon(*e, scopes))
      misplacedEntry(diags, *e, "update");
  if (!shared.syntaxErrors && !entry.places.empty())
    checkMissing(entry.places.front().range,
                 "the update of " + quoted(entry.places.front().text()));
}

void TrainChecker::checkMissing(const TrainStmt &stmt) {
  const std::string what =
      "training " + quoted(stmt.target.empty() ? "" : stmt.target.front().text);
  if (!hasUpdates)
    checkMissing(stmt.target.range, what);
  if (!isGiven(TrainSetting::Epochs) && !isGiven(TrainSetting::Steps))
    diags.error(stmt.target.range, what + " needs its length")
        .note("`epochs = 10` counts passes over the training split, `steps = 1000` counts batches");
}

/// `what`: "training `net`".
void TrainChecker::checkMissing(Range where, StringRef what) {
  const StringRef model = trained.empty() ? "" : trained.front().front().text;
  if (!isGiven(TrainSetting::Loss))
    diags.error(where, what + " needs a loss")
        .note("such as `loss = cross_entropy(" + model + "(x), y)`");
  if (!isGiven(TrainSetting::Optimizer) && parts.empty())
    diags.error(where, what + " needs an optimizer").note("such as `optimizer = adam(lr = 1e-3)`");
}

bool TrainChecker::isGiven(TrainSetting setting) const {
  return seen.count(trainSettings()[size_t(setting)]);
}

void TrainChecker::unknownSetting(const Ident &name) {
  std::vector<StringRef> known, candidates;
  for (auto [i, setting] : llvm::enumerate(trainSettings()))
    if (update ? isOfUpdate(TrainSetting(i)) : TrainSetting(i) != TrainSetting::Times)
      known.push_back(setting);
  candidates = known;
  llvm::append_range(candidates, update ? llvm::ArrayRef(otherEntries).slice(1, 2)
                                        : llvm::ArrayRef(otherEntries));
  auto e = diags
               .error(name.range, (update ? "`update`" : "`train`") +
                                      std::string(" has no setting ") + quoted(name.text))
               .suggest(name.text, candidates);
  StringRef near = didYouMean(name.text, candidates);
  if (near.empty())
    e.note("its settings are " + listed(known));
  else if (!findTrainSetting(near))
    e.note(quoted(near) + " is written without `=`");
  // Do not also report `loss` as missing after a misspelt `los = …`.
  if (findTrainSetting(near))
    seen.try_emplace(near, name.range);
}

void TrainChecker::checkSetting(const SettingEntry &entry, const Scopes &scopes) {
  const std::optional<TrainSetting> setting = findTrainSetting(entry.name.text);
  if (!setting)
    return unknownSetting(entry.name);
  if (!once(seen, entry.name.text, entry.name.range))
    return;
  if (update && !isOfUpdate(*setting))
    diags.error(entry.name.range, quoted(entry.name.text) + " is of the whole step: it belongs in "
                                                            "the block of `train`");
  else if (!update && (hasUpdates ? isOfUpdate(*setting) : setting == TrainSetting::Times))
    diags.error(entry.name.range, quoted(entry.name.text) + " is of one update: it belongs in the "
                                                            "block of an `update`");
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
    return checkExpr(entry.value, scopes.fields);
  case TrainSetting::Optimizer:
    return CallChecker(shared).checkKind(entry.value, scopes.plain, StmtKind::Optimizer);
  case TrainSetting::Average:
    return checkExpr(entry.value, scopes.plain);
  case TrainSetting::Times:
  case TrainSetting::Batch:
  case TrainSetting::Epochs:
  case TrainSetting::Steps:
  case TrainSetting::Accumulate:
    return checkCount(*setting, entry, scopes.plain);
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

bool TrainChecker::checkTrained(const Path &place, StringRef does) {
  if (place.empty() || trained.empty())
    return true;
  for (const Path &one : trained)
    if (!one.empty() && one.front().text == place.front().text)
      return true;
  std::string all;
  for (const Path &one : trained)
    all += (all.empty() ? "" : ", ") + quoted(one.text());
  diags
      .error(place.range,
             "this block trains " + all + ", and " + does +
                 (place.parts.size() > 1 || does != "updates" ? " a part of another" : " another"))
      .note(trained.front().range, "trained here");
  return false;
}

/// Checks that the parameters belong to a trained model. Whether they are trained is known when the
/// step is built.
void TrainChecker::checkConstrain(const ConstrainEntry &entry, const Scope &outer) {
  if (PathChecker(shared).checkModel(entry.target, outer, "constrain", true))
    checkTrained(entry.target, "constrains");
  Context context = shared.topContext;
  context.at = AtConstrain;
  checkExpr(entry.value, Scope(&outer, context));
}

void TrainChecker::checkPart(const OptimizerEntry &entry, const Scopes &scopes) {
  if (PathChecker(shared).checkModel(entry.target, scopes.outer, "optimizer", true))
    checkTrained(entry.target, "optimizes");
  const std::string name = entry.target.text();
  for (const auto &[known, where] : parts)
    if (known == name)
      diags.error(entry.target.range, quoted(name) + " has an optimizer already")
          .note(where, "the first");
  parts.emplace_back(name, entry.target.range);
  CallChecker(shared).checkKind(entry.value, scopes.plain, StmtKind::Optimizer);
}

} // namespace nnc::sema
