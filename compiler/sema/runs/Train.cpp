// Checks train blocks: their settings, and the rule that training never sees the test split.
#include "compiler/sema/Analyzer.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>

using llvm::cast;
using llvm::dyn_cast;
using llvm::isa;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

namespace {
const StringRef settings[] = {"loss", "optimizer", "batch", "epochs", "steps"};
/// The other entries of a train block, for suggestions: `metrics = …` means `metric …`.
const StringRef otherEntries[] = {"metric", "clip", "constrain", "stop", "keep", "checkpoint"};
} // namespace

void Analyzer::checkTrain(const TrainStmt &stmt, const Scope &scope) {
  checkModelPath(stmt.target, scope, "train", true);
  bool part = stmt.target.parts.size() > 1;
  const DataDecl *decl = checkDataPath(stmt.data, scope);
  const DataInfo *info = decl ? &dataInfo(*decl, &scope) : nullptr;
  if (decl && stmt.data.parts.size() > 1 && stmt.data.parts[1].text != "train") {
    const Ident &split = stmt.data.parts[1];
    auto e = diags.error(split.range, split.text == "test"
                                          ? llvm::Twine("training never sees the test split")
                                          : llvm::Twine("training is on the training split"));
    if (split.text == "test")
      e.note("what is trained on the test split cannot be judged by it; `evaluate … on " +
             decl->name.text + ".test` does that");
    e.note("write `on " + decl->name.text + "`");
  }

  Context context = topContext;
  context.at = part ? AtPart : AtTrain;
  context.data = info;
  context.open = !info || !info->sound;
  Scope fields(&scope, context);
  addFields(info, fields);
  Context plainContext = topContext; // batch, epochs, the optimizer: schedules, but no fields
  plainContext.at = AtTrain;
  Scope plain(&scope, plainContext);

  std::map<StringRef, Range> seen;
  std::vector<MetricUse> metrics;
  for (const Entry *e : stmt.entries)
    if (auto *setting = dyn_cast<SettingEntry>(e))
      checkTrainSetting(*setting, fields, plain, seen);
    else if (auto *metric = dyn_cast<MetricEntry>(e))
      checkMetric(*metric, fields, metrics);

  auto once = [&](StringRef key, Range where) {
    auto [it, fresh] = seen.try_emplace(key, where);
    if (!fresh)
      diags.error(where, quoted(key) + " is given twice").note(it->second, "first given here");
  };
  for (const Entry *e : stmt.entries) {
    if (auto *clip = dyn_cast<ClipEntry>(e)) {
      once("clip", clip->range);
      checkExpr(clip->limit, plain);
    } else if (auto *constrain = dyn_cast<ConstrainEntry>(e)) {
      checkConstrain(*constrain, stmt.target, scope);
    } else if (auto *stop = dyn_cast<StopEntry>(e)) {
      once("stop", stop->range);
      checkQuantity(stop->quantity, info, metrics, "stop", nullptr);
      checkExpr(stop->patience, plain);
    } else if (auto *keep = dyn_cast<KeepEntry>(e)) {
      once("keep", keep->range);
      checkQuantity(keep->quantity, info, metrics, "keep", keep);
    } else if (auto *checkpoint = dyn_cast<CheckpointEntry>(e)) {
      once("checkpoint", checkpoint->range);
      checkText(checkpoint->file, "the name of a file", plain);
      checkExpr(checkpoint->every, plain);
    } else if (!isa<SettingEntry, MetricEntry>(e)) {
      misplacedEntry(*e, "train");
    }
  }

  StringRef target = stmt.target.empty() ? "" : stmt.target.front().text;
  if (syntaxErrors) // the entry may be one that could not be parsed
    return;
  if (!seen.count("loss"))
    diags.error(stmt.target.range, "training " + quoted(target) + " needs a loss")
        .note("such as `loss = cross_entropy(" + target + "(x), y)`");
  if (!seen.count("optimizer"))
    diags.error(stmt.target.range, "training " + quoted(target) + " needs an optimizer")
        .note("such as `optimizer = adam(lr = 1e-3)`");
  if (!seen.count("epochs") && !seen.count("steps"))
    diags.error(stmt.target.range, "training " + quoted(target) + " needs its length")
        .note("`epochs = 10` counts passes over the training split, `steps = 1000` counts batches");
}

void Analyzer::checkTrainSetting(const SettingEntry &entry, const Scope &fields, const Scope &plain,
                                 std::map<StringRef, Range> &seen) {
  StringRef key = entry.name.text;
  if (!llvm::is_contained(settings, key)) {
    std::vector<StringRef> candidates(std::begin(settings), std::end(settings));
    llvm::append_range(candidates, otherEntries);
    auto e = diags.error(entry.name.range, "`train` has no setting " + quoted(key))
                 .suggest(key, candidates);
    StringRef near = didYouMean(key, candidates);
    if (near.empty())
      e.note("its settings are " + listed(settings));
    else if (!llvm::is_contained(settings, near))
      e.note(quoted(near) + " is written without `=`");
    // Do not also report `loss` as missing after a misspelt `los = …`.
    if (llvm::is_contained(settings, near))
      seen.try_emplace(near, entry.name.range);
    return;
  }
  auto [it, fresh] = seen.try_emplace(key, entry.name.range);
  if (!fresh) {
    diags.error(entry.name.range, quoted(key) + " is given twice")
        .note(it->second, "first given here");
    return;
  }
  StringRef rival = key == "epochs" ? "steps" : key == "steps" ? "epochs" : "";
  if (!rival.empty() && seen.count(rival))
    diags.error(entry.name.range, "`epochs` and `steps` exclude each other")
        .note(seen[rival], quoted(rival) + " is given here");
  if (!entry.value)
    return;
  if (key == "loss")
    return checkExpr(entry.value, fields);
  if (key == "optimizer")
    return checkKind(entry.value, plain, StmtKind::Optimizer);

  auto *name = dyn_cast<NameExpr>(entry.value);
  if (name && name->name.text == "all") {
    if (key != "batch")
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
void Analyzer::checkConstrain(const ConstrainEntry &entry, const Path &trained,
                              const Scope &outer) {
  const ModelDecl *model = checkModelPath(entry.target, outer, "constrain", true);
  if (model && !trained.empty() && model->name.text != trained.front().text)
    diags
        .error(entry.target.range,
               "this block trains " + quoted(trained.text()) + ", and constrains a part of it")
        .note(trained.range, "trained here");
  Context context = topContext;
  context.at = AtConstrain;
  checkExpr(entry.value, Scope(&outer, context));
}

/// A given name of a metric must not be that of another value of the block.
void Analyzer::checkMetricName(const Ident &name, llvm::ArrayRef<MetricUse> metrics) {
  if (name.text == "loss") {
    diags.error(
        name.range,
        "a metric cannot be called `loss`: curves, `keep` and `stop` know the loss by that name");
    return;
  }
  for (const MetricUse &other : metrics)
    if (other.given && other.name.text == name.text) {
      diags.error(name.range, "two metrics of this block are called " + quoted(name.text))
          .note(other.name.range, "the first");
      return;
    }
}

/// A metric without a name of its own takes that of its function, so it must be a call of one.
void Analyzer::checkMetric(const MetricEntry &entry, const Scope &scope,
                           std::vector<MetricUse> &metrics) {
  const CallExpr *call = entry.call();
  auto *name = call ? cast<NameExpr>(call->callee) : nullptr;
  const Target t = name ? resolve(name->name.text, scope, true) : Target();
  if (entry.given) {
    checkMetricName(entry.given, metrics);
    metrics.push_back({entry.given, t, entry.direction, true});
    inMetric = true;
    checkExpr(entry.expr, scope);
    inMetric = false;
    return;
  }
  if (!name) {
    if (entry.expr)
      diags.error(entry.expr->range, "a metric is called by its function, `metric accuracy(net(x), "
                                     "y)`, or by a name that it is given: "
                                     "`metric name = …`");
    return checkExpr(entry.expr, scope);
  }
  metrics.push_back({name->name, t});
  if (t.kind == Target::Unknown) {
    std::vector<StringRef> candidates = declaredNames(StmtKind::Metric, scope);
    for (StringRef function : declaredNames(StmtKind::Fn, scope))
      if (auto *fn = llvm::dyn_cast_or_null<FnDecl>(symbols.find(function));
          !fn || !isSchedule(*fn))
        candidates.push_back(function);
    if (firstReport(name->name, scope, candidates)) {
      auto e = diags.error(name->range, "unknown metric " + quoted(name->name.text))
                   .suggest(name->name.text, candidates);
      if (didYouMean(name->name.text, candidates).empty())
        e.note("there are " + listed(declaredNames(StmtKind::Metric, scope)) +
               ", and every function can be one");
    }
    return checkArgumentValues(call->args, scope, nullptr);
  }
  if (t.kind == Target::Declaration && !isa<MetricDecl, FnDecl, LetDecl>(t.decl)) {
    diags
        .error(name->range, quoted(name->name.text) + " is " + ast::inWords(t.decl->kind) +
                                "; a metric or a function is expected here")
        .note(t.decl->name.range, "declared here");
    return checkArgumentValues(call->args, scope, &t);
  }
  checkCall(*call, scope, 0);
}

void Analyzer::misplacedEntry(const Entry &entry, StringRef block) {
  StringRef what, home;
  switch (entry.kind) {
  case EntryKind::Setting:
    what = "a setting", home = "train";
    break;
  case EntryKind::Metric:
    what = "`metric`", home = "train or evaluate";
    break;
  case EntryKind::Clip:
    what = "`clip`", home = "train";
    break;
  case EntryKind::Constrain:
    what = "`constrain`", home = "train";
    break;
  case EntryKind::Stop:
    what = "`stop`", home = "train";
    break;
  case EntryKind::Keep:
    what = "`keep`", home = "train";
    break;
  case EntryKind::Checkpoint:
    what = "`checkpoint`", home = "train";
    break;
  case EntryKind::Split:
    what = "`split`", home = "data";
    break;
  case EntryKind::Normalize:
    what = "`normalize`", home = "data";
    break;
  case EntryKind::Balance:
    what = "`balance`", home = "data";
    break;
  case EntryKind::Augment:
    what = "`augment`", home = "data";
    break;
  case EntryKind::Where:
    what = "`where`", home = "data";
    break;
  case EntryKind::Drop:
    what = "`drop missing`", home = "data";
    break;
  case EntryKind::Fill:
    what = "`fill`", home = "data";
    break;
  case EntryKind::Row:
    what = "a row", home = "data";
    break;
  }
  diags.error(entry.range, what + " belongs in a block of " + home + ", not of " + block);
}

} // namespace nnc::sema
