// Checks plot statements: curves of the last training above them, and values.
#include "compiler/sema/runs/Plots.h"

#include "compiler/sema/Text.h"
#include "compiler/sema/data/Data.h"
#include "compiler/sema/data/Splits.h"
#include "compiler/sema/runs/Paths.h"
#include "compiler/sema/runs/Runs.h"
#include "compiler/sema/runs/TrainSettings.h"

#include "llvm/ADT/STLExtras.h"

using llvm::dyn_cast;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

llvm::SmallVector<StringRef> metricNames(const TrainStmt *train) {
  llvm::SmallVector<StringRef> names;
  if (train)
    for (const Entry *e : train->entries)
      if (auto *metric = dyn_cast<MetricEntry>(e))
        if (Ident name = metric->name())
          names.push_back(name.text);
  return names;
}

std::optional<CurveName> curveName(const Expr *e, const TrainStmt *train, const Symbols &symbols) {
  if (auto *field = llvm::dyn_cast_or_null<FieldExpr>(e)) {
    // `val.accuracy`, `critic.loss`, `val.critic.loss`
    std::string rest = field->field.text.str();
    const Expr *base = field->base;
    for (; auto *outer = dyn_cast<FieldExpr>(base); base = outer->base)
      rest = (outer->field.text + "." + rest).str();
    auto *first = dyn_cast<NameExpr>(base);
    if (!first)
      return std::nullopt;
    if (const std::string whole = (first->name.text + "." + rest).str();
        train && llvm::is_contained(lossNames(*train), whole))
      return CurveName{whole, 3, false, field->range};
    const std::optional<program::split> known = findSplit(first->name.text);
    if (!known || symbols.user.count(first->name.text))
      return std::nullopt;
    const unsigned splits = 1u << *known;
    return CurveName{rest, splits & 3, splits == 4, field->field.range};
  }
  auto *name = llvm::dyn_cast_or_null<NameExpr>(e);
  if (!name || !((name->name.text == nnrt::lossName && !symbols.user.count(nnrt::lossName)) ||
                 llvm::is_contained(metricNames(train), name->name.text)))
    return std::nullopt;
  return CurveName{name->name.text.str(), 3, false, name->range};
}

void RunChecker::checkPlot(const PlotStmt &stmt, const Scope &scope) {
  for (const Expr *e : stmt.values) {
    if (std::optional<CurveName> curve = curveName(e, shared.lastTrain, symbols))
      checkCurve(*curve, e->range);
    else
      checkExpr(e, scope);
  }
  if (!stmt.file)
    return;
  PathChecker(shared).checkFile(stmt.file);
  if (auto *text = dyn_cast<StringExpr>(stmt.file);
      text && !text->value.empty() && !StringRef(text->value).ends_with(".svg"))
    diags.error(stmt.file->range, "a plot is written as SVG: the file's name ends with `.svg`");
}

void RunChecker::checkCurve(const CurveName &curve, Range where) {
  const TrainStmt *train = shared.lastTrain;
  if (!train) {
    diags.error(where, "nothing is trained above this line, so that there is no " +
                           quoted(curve.name) + " to plot");
    return;
  }
  if (curve.test) {
    diags.error(where, "training never sees the test split: there are curves of `train` and `val`");
    return;
  }
  llvm::SmallVector<StringRef> names = metricNames(train);
  const std::vector<std::string> losses = lossNames(*train);
  names.insert(names.begin(), losses.begin(), losses.end());
  if (!llvm::is_contained(names, curve.name)) {
    auto report = diags.error(curve.range, "the training above has no " + quoted(curve.name))
                      .suggest(curve.name, names);
    if (didYouMean(curve.name, names).empty())
      report.note(train->range, "it has " + listed(names));
    return;
  }
  auto *data =
      train->data.empty()
          ? nullptr
          : llvm::dyn_cast_or_null<DataDecl>(symbols.user.lookup(train->data.front().text));
  if (curve.splits != 2 || !data)
    return;
  if (const DataInfo &info = DataChecker(shared).infoOf(*data, nullptr); info.sound && !info.hasVal)
    diags.error(where, quoted(data->name.text) + " has no validation split")
        .note(data->name.range, "a `split` entry with `val = 10%` makes one");
}

} // namespace nnc::sema
