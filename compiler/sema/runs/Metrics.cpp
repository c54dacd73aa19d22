// Checks metrics, and what `keep` and `stop` watch (`val.loss`, `train.accuracy`): the split, and a
// value of the train block.
#include "compiler/sema/runs/Metrics.h"

#include "compiler/sema/Text.h"
#include "compiler/sema/data/Splits.h"
#include "compiler/sema/expressions/Calls.h"
#include "compiler/sema/names/Suggestions.h"

using llvm::cast;
using llvm::isa;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

/// A metric without a name of its own takes that of its function, so it must be a call of one.
void MetricChecker::check(const MetricEntry &entry, const Scope &scope) {
  const CallExpr *call = entry.call();
  auto *name = call ? cast<NameExpr>(call->callee) : nullptr;
  const Target t = name ? resolve(name->name.text, scope, true) : Target();
  if (entry.given) {
    checkName(entry.given);
    metrics.push_back({entry.given, t, entry.direction, true});
    shared.inMetric = true;
    checkExpr(entry.expr, scope);
    shared.inMetric = false;
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
    std::vector<StringRef> candidates =
        NameSuggester(shared).declaredNames(StmtKind::Metric, scope);
    for (StringRef function : NameSuggester(shared).declaredNames(StmtKind::Fn, scope))
      if (auto *fn = llvm::dyn_cast_or_null<FnDecl>(symbols.find(function));
          !fn || !isSchedule(*fn))
        candidates.push_back(function);
    if (NameSuggester(shared).firstReport(name->name, scope, candidates)) {
      auto e = diags.error(name->range, "unknown metric " + quoted(name->name.text))
                   .suggest(name->name.text, candidates);
      if (didYouMean(name->name.text, candidates).empty())
        e.note("there are " + listed(NameSuggester(shared).declaredNames(StmtKind::Metric, scope)) +
               ", and every function can be one");
    }
    return CallChecker(shared).checkArgumentValues(call->args, scope, nullptr);
  }
  if (t.kind == Target::Declaration && !isa<MetricDecl, FnDecl, LetDecl>(t.decl)) {
    diags
        .error(name->range, quoted(name->name.text) + " is " + ast::inWords(t.decl->kind) +
                                "; a metric or a function is expected here")
        .note(t.decl->name.range, "declared here");
    return CallChecker(shared).checkArgumentValues(call->args, scope, &t);
  }
  CallChecker(shared).check(*call, scope, 0);
}

/// A given name of a metric must not be that of another value of the block.
void MetricChecker::checkName(const Ident &name) {
  if (name.text == nnrt::lossName) {
    diags.error(
        name.range,
        "a metric cannot be called `loss`: curves, `keep` and `stop` know the loss by that name");
    return;
  }
  for (const Use &other : metrics)
    if (other.given && other.name.text == name.text) {
      diags.error(name.range, "two metrics of this block are called " + quoted(name.text))
          .note(other.name.range, "the first");
      return;
    }
}

void MetricChecker::checkQuantity(const Path &quantity, const DataInfo *data, StringRef forWhat,
                                  const KeepEntry *keep) {
  if (quantity.empty())
    return;
  const llvm::ArrayRef<StringRef> splits = splitNames().drop_back(); // train and val
  const Ident &split = quantity.front();
  const std::optional<program::split> known = findSplit(split.text);
  if (known == NN_SPLIT_TEST) {
    diags
        .error(quantity.range, "training never sees the test split, and " + quoted(forWhat) +
                                   " is a part of training")
        .note("what is chosen by the test split cannot be judged by it; watch `val." +
              (quantity.parts.size() > 1 ? quantity.text(/*skip=*/1) : losses.front()) +
              "` instead");
    return;
  }
  const std::string value = quantity.parts.size() > 1 ? quantity.text(/*skip=*/1) : "";
  const bool isLoss = llvm::is_contained(losses, value);
  const bool isBareLoss = !known && llvm::is_contained(losses, quantity.text()); // no split before
  if (isBareLoss || (quantity.parts.size() != 2 && !isLoss)) {
    auto e =
        diags.error(quantity.range, quoted(forWhat) + " watches a value of a split, such as `val." +
                                        losses.front() + "`");
    if (isBareLoss || (quantity.parts.size() == 1 && !known))
      e.note("write `val." + quantity.text() + "`");
    return;
  }
  if (!known) {
    auto e =
        diags.error(split.range, "unknown split " + quoted(split.text)).suggest(split.text, splits);
    e.note(quoted(forWhat) + " watches `val` or `train`");
    return;
  }
  if (known == NN_SPLIT_VAL && data && data->sound && !data->hasVal)
    diags.error(split.range, quoted(data->decl->name.text) + " has no validation split to watch")
        .note(data->decl->name.range, "a `split` entry with `val = 10%` makes one");

  if (isLoss)
    return;
  const Ident &name = quantity.parts[1];
  std::vector<StringRef> names(losses.begin(), losses.end());
  const Use *metric = nullptr, *second = nullptr;
  for (const Use &m : metrics) {
    names.push_back(m.name.text);
    if (m.name.text == name.text)
      (metric ? second : metric) = &m;
  }
  if (!metric) {
    auto e = diags.error(name.range, "this block has no metric " + quoted(name.text))
                 .suggest(name.text, names);
    if (didYouMean(name.text, names).empty())
      e.note(metrics.empty() ? "it has no metrics; `metric accuracy(net(x), y)` adds one"
                             : "it has " + listed(names));
    return;
  }
  if (second && !(metric->given && second->given)) // otherwise it has been reported
    diags.error(name.range, "two metrics of this block are called " + quoted(name.text))
        .note(metric->name.range, "the first")
        .note(second->name.range, "the second");
  else if (!keep || keep->which == KeepKind::Best)
    checkDirection(*metric, quantity);
}

/// Reports a metric if neither its entry nor its declaration says whether higher or lower is
/// better.
void MetricChecker::checkDirection(const Use &metric, const Path &quantity) {
  const Decl *decl = metric.target.kind == Target::Declaration ? metric.target.decl : nullptr;
  auto *declared = llvm::dyn_cast_or_null<MetricDecl>(decl);
  if ((metric.target.kind == Target::Unknown && !metric.given) ||
      metric.target.kind == Target::Local || metric.direction != Direction::None ||
      (declared && declared->direction != Direction::None))
    return;
  StringRef name = metric.name.text, watched = quantity.front().text;
  auto e = diags.error(quantity.range,
                       "whether more or less of " + quoted(name) + " is better is not known");
  if (metric.given)
    e.note(metric.name.range,
           "`metric " + name + " highest = …` or `metric " + name + " lowest = …` says it");
  else if (decl)
    e.note(decl->name.range,
           declared ? "this metric says neither `highest` nor `lowest`"
                    : "it is a function; a `metric` declaration says `highest` or `lowest`");
  e.note("`keep highest " + watched + "." + name + "` or `keep lowest " + watched + "." + name +
         "` says it");
}

} // namespace nnc::sema
