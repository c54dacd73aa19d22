// Checks plot statements: curves of the last training above them, and values.
#include "compiler/sema/runs/Plots.h"
#include "compiler/sema/Analyzer.h"

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
    auto *split = dyn_cast<NameExpr>(field->base);
    if (!split || symbols.user.count(split->name.text))
      return std::nullopt;
    unsigned splits = llvm::StringSwitch<unsigned>(split->name.text)
                          .Case("train", 1)
                          .Case("val", 2)
                          .Case("test", 4)
                          .Default(0);
    if (!splits)
      return std::nullopt;
    return CurveName{field->field.text, splits & 3, splits == 4, field->field.range};
  }
  auto *name = llvm::dyn_cast_or_null<NameExpr>(e);
  if (!name || !((name->name.text == "loss" && !symbols.user.count("loss")) ||
                 llvm::is_contained(metricNames(train), name->name.text)))
    return std::nullopt;
  return CurveName{name->name.text, 3, false, name->range};
}

void Analyzer::checkPlot(const PlotStmt &stmt, const Scope &scope) {
  for (const Expr *e : stmt.values) {
    std::optional<CurveName> curve = curveName(e, lastTrain, symbols);
    if (!curve) {
      checkExpr(e, scope);
      continue;
    }
    if (!lastTrain) {
      diags.error(e->range, "nothing is trained above this line, so that there is no " +
                                quoted(curve->name) + " to plot");
      continue;
    }
    if (curve->test) {
      diags.error(e->range,
                  "training never sees the test split: there are curves of `train` and `val`");
      continue;
    }
    llvm::SmallVector<StringRef> names = metricNames(lastTrain);
    names.insert(names.begin(), "loss");
    if (!llvm::is_contained(names, curve->name)) {
      auto report = diags.error(curve->range, "the training above has no " + quoted(curve->name))
                        .suggest(curve->name, names);
      if (didYouMean(curve->name, names).empty())
        report.note(lastTrain->range, "it has " + listed(names));
      continue;
    }
    auto *data =
        lastTrain->data.empty()
            ? nullptr
            : llvm::dyn_cast_or_null<DataDecl>(symbols.user.lookup(lastTrain->data.front().text));
    if (curve->splits == 2 && data && dataInfo(*data, nullptr).sound &&
        !dataInfo(*data, nullptr).hasVal)
      diags.error(e->range, quoted(data->name.text) + " has no validation split")
          .note(data->name.range, "a `split` entry with `val = 10%` makes one");
  }
  if (!stmt.file)
    return;
  checkText(stmt.file, "the name of a file", scope);
  if (auto *text = dyn_cast<StringExpr>(stmt.file);
      text && !text->value.empty() && !StringRef(text->value).ends_with(".svg"))
    diags.error(stmt.file->range, "a plot is written as SVG: the file's name ends with `.svg`");
}

} // namespace nnc::sema
