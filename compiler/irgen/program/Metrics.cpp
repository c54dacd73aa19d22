// Generates metrics. Their totals over a batch become results of the batch functions, and a small
// f64 function computes the displayed value from the totals of a whole split. The metric is
// elaborated once for each: see TotalMode.
#include "compiler/irgen/program/Metrics.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

Value Elaborator::metricValue(const Applicable &metric, llvm::ArrayRef<Arg> given, Range at) {
  auto *decl = llvm::cast<ast::MetricDecl>(metric.decl);
  std::vector<Arg> args = given;
  if (totalMode == TotalMode::Collect)
    noteCompared(decl, decl->params, args, /*replace=*/true, at);
  CallSite site(*this, metric.prelude, at);
  Scope inner;
  inner.prelude = metric.prelude;
  if (!calls.bind(decl->params, args, inner, at, metric.name))
    return Value::error();
  const bool reads = totalMode == TotalMode::Read;
  const ast::MetricDecl *form =
      reads ? formsRead < forms.size() ? forms[formsRead++] : nullptr : formFor(decl, inner);
  if (!reads)
    forms.push_back(form);
  if (form)
    return metricValue(*declared(form, metric.prelude).target, args, at);
  IgnoreGuard ignores(*this, decl, inner);
  if (!noteTarget(decl, inner, at))
    return Value::error();
  if (metricUses && totalMode == TotalMode::Collect) {
    Application use;
    use.decl = decl;
    use.prelude = metric.prelude;
    use.name = metric.name;
    use.named = metric.written.isValid() ? metric.written : at;
    use.at = at;
    for (const Arg &a : args)
      use.args.emplace_back(a.name, a.value.isTensor() ? a.value.tensor : mlir::Value());
    metricUses->push_back(std::move(use));
  }
  return evaluate(decl->body, inner);
}

Value Elaborator::callMetric(const Applicable &metric, llvm::ArrayRef<Arg> args, Range at) {
  if (totalMode == TotalMode::None) {
    diags.error(at, "the metric `" + metric.name +
                        "` is computed over a whole split: it belongs in `metric` lines");
    return Value::error();
  }
  for (const Arg &a : args)
    if (a.value.isError())
      return Value::error();
  const size_t before = totalMode == TotalMode::Collect ? totals.size() : totalsRead;
  Value v = metricValue(metric, args, at);
  if (v.isError() || (totalMode == TotalMode::Collect ? totals.size() : totalsRead) != before)
    return v;
  // A value for each example. Continue with its mean over the split.
  if (totalMode == TotalMode::Collect) {
    v = fn->emit.toTensor(v, at);
    double count = 1;
    for (int64_t size : v.isTensor() ? exampleShape(v.tensor) : llvm::ArrayRef<int64_t>())
      count *= double(size);
    const Arg elements{"", v, at};
    v = v.isTensor() ? buildSum(*this, {elements, at}) : v;
    v = v.isTensor() ? binary(ast::BinaryOp::Div, v, Value::of(count), at, at, at) : v;
    if (!v.isTensor())
      return v;
  }
  const Arg each{"", v, at}, one{"", Value::of(1), at};
  const Value sum = buildTotal(*this, {each, at}), n = buildTotal(*this, {one, at});
  return sum.isTensor() && n.isTensor() ? binary(ast::BinaryOp::Div, sum, n, at, at, at) : n;
}

/// The metric, if the whole value of an entry is one call of a metric. Otherwise null, also if a
/// local name hides it.
static std::shared_ptr<Applicable> metricOf(const ast::CallExpr *call, const Scope &scope,
                                            Elaborator &elab) {
  auto *callee = call ? llvm::dyn_cast<ast::NameExpr>(call->callee) : nullptr;
  if (!callee || scope.find(callee->name.text))
    return nullptr;
  const bool prelude = !elab.symbols.user.lookup(callee->name.text);
  auto *decl =
      llvm::dyn_cast_or_null<ast::MetricDecl>(elab.symbols.find(callee->name.text, prelude));
  if (!decl)
    return nullptr;
  std::shared_ptr<Applicable> metric = elab.declared(decl, prelude).target;
  metric->written = callee->range;
  return metric;
}

Value MetricGenerator::evaluate(const ast::MetricEntry &entry, const Scope &scope,
                                ast::Direction &direction) {
  const ast::Expr *e = entry.expr;
  Elaborator::RangeGuard guard(ctx.elab, e->range);
  direction = entry.direction;
  auto metric = metricOf(entry.call(), scope, ctx.elab);
  if (!metric)
    return ctx.elab.evaluate(e, scope);
  if (direction == ast::Direction::None)
    direction = llvm::cast<ast::MetricDecl>(metric->decl)->direction;
  std::vector<Elaborator::Arg> args;
  for (const ast::Argument &a : entry.call()->args)
    args.push_back({a.name.text.str(), ctx.elab.evaluate(a.value, scope), a.value->range});
  return ctx.elab.metricValue(*metric, args, e->range);
}

/// The row of the metric whose totals were just collected, but for its name and their sizes.
static MetricT rowOf(const MetricTotals &collected, ast::Direction direction) {
  MetricT row;
  row.spreads.assign(collected.spreads.begin(), collected.spreads.end());
  row.rows.assign(collected.keptRows.begin(), collected.keptRows.end());
  for (auto [first, columns] : collected.belows) {
    row.below.push_back(int32_t(first));
    row.below_columns.push_back(columns);
  }
  row.direction = direction == ast::Direction::Highest  ? NN_HIGHEST
                  : direction == ast::Direction::Lowest ? NN_LOWEST
                                                        : NN_NO_DIRECTION;
  return row;
}

bool MetricGenerator::addTotals(Function &fn, const Scope &scope, std::vector<MetricT> *rows) {
  bool ok = true;
  fn.measuring = true;
  // Numbers that were read in f32 are compared with known numbers rounded to f32: 0.1 is not exact
  // in f32.
  fn.emit.roundedTo = fn.element;
  totalTypes.clear();
  totalsStated.clear();
  forms.clear();
  std::map<std::string, int> names; // how often each occurs; names that the program gives are
                                    // reserved
  for (const ast::MetricEntry *entry : entries)
    if (entry->given)
      names[entry->given.text.str()] = 1;
  for (auto [i, entry] : llvm::enumerate(entries)) {
    ast::Direction direction;
    ctx.elab.totalMode = Elaborator::TotalMode::Collect;
    ctx.elab.totals.clear();
    ctx.elab.spreads.clear();
    ctx.elab.forms.clear();
    ctx.elab.keptRows.clear();
    ctx.elab.belows.clear();
    ctx.elab.unitsOfMetric.clear();
    // In f64: in f32, the square of a target far from zero would lose the relevant digits.
    Emitter::ElementGuard wide(fn.emit, mlir::Float64Type::get(ctx.module.getContext()));
    Value v = evaluate(*entry, scope, direction);
    ctx.elab.totalMode = Elaborator::TotalMode::None;
    forms.push_back(ctx.elab.forms);
    std::vector<mlir::Value> totals = ctx.elab.totals;
    if (v.isError()) {
      ok = false;
      totalTypes.emplace_back();
      totalsStated.push_back(false);
      if (rows)
        rows->emplace_back();
      continue;
    }
    totalsStated.push_back(!totals.empty());
    if (totals.empty()) {
      // A value for each example: the metric is its mean.
      Value t = fn.emit.toTensor(v, entry->expr->range);
      if (!t.isTensor()) {
        ok = false;
        totalTypes.emplace_back();
        continue;
      }
      for (mlir::Value one : {t.tensor, fn.emit.constant(1)}) {
        mlir::Value whole = fn.emit.batched(one);
        totals.push_back(fn.emit.batchSum(whole));
        fn.addsUp(totals.back(), whole);
      }
    }
    std::vector<int64_t> sizes;
    std::vector<mlir::RankedTensorType> types;
    for (auto [k, total] : llvm::enumerate(totals)) {
      fn.addResult("metric" + std::to_string(i) + "." + std::to_string(k), total);
      auto type = llvm::cast<mlir::RankedTensorType>(total.getType());
      int64_t size = 1;
      for (int64_t n : exampleShape(total))
        size *= n;
      sizes.push_back(size);
      types.push_back(type);
    }
    totalTypes.push_back(types);
    if (!rows)
      continue;
    std::string name = entry->name().text.str();
    for (int n = 1; !entry->given && names[name]++;)
      name = entry->name().text.str() + std::to_string(++n);
    rows->push_back(rowOf(ctx.elab, direction));
    rows->back().name = std::move(name);
    rows->back().total_sizes = std::move(sizes);
    rows->back().units = ctx.elab.unitsOfMetric;
  }
  fn.measuring = false;
  fn.emit.roundedTo = {};
  return ok;
}

void MetricGenerator::finish(llvm::StringRef prefix, llvm::MutableArrayRef<MetricT> rows) {
  mlir::Type f64 = mlir::Float64Type::get(ctx.module.getContext());
  for (auto [i, entry] : llvm::enumerate(entries)) {
    if (i >= rows.size() || i >= totalTypes.size() || totalTypes[i].empty())
      continue;
    Function fn(ctx.diags, ctx.module, (prefix + "_metric" + llvm::Twine(i) + "_finish").str(),
                f64);
    ctx.elab.fn = &fn;
    ctx.elab.totals.clear();
    ctx.elab.totalsRead = 0;
    ctx.elab.forms = forms[i];
    ctx.elab.formsRead = 0;
    fn.batched = !rows[i].rows.empty(); // its batch is the whole split
    for (auto [k, type] : llvm::enumerate(totalTypes[i])) {
      const bool ofRows = llvm::is_contained(rows[i].rows, int32_t(k));
      ctx.elab.totals.push_back(
          fn.addField("total" + std::to_string(k), type.getShape().drop_front(ofRows), ofRows)
              .tensor);
    }
    Scope scope;
    for (const DataGenerator::Field &f : dataSets.fieldsOf(data))
      scope.names[f.name] = Value::ofKind(Value::Kind::Unavailable);
    ctx.elab.totalMode = Elaborator::TotalMode::Read;
    ast::Direction direction;
    Value v = evaluate(*entry, scope, direction);
    ctx.elab.totalMode = Elaborator::TotalMode::None;
    if (totalsStated[i] && v.isKnown())
      v = fn.emit.toTensor(v, entry->expr->range);
    if (totalsStated[i] && !v.isTensor()) {
      if (!v.isError() || !ctx.diags.hasErrors())
        ctx.diags
            .error(entry->expr->range, "this metric puts a value of the whole split together with "
                                       "values of single examples")
            .note("a metric's call and `total` are of the whole split; `total(e) / total(1)` is "
                  "the mean of e over it");
      continue;
    }
    if (totalsStated[i] && isBatched(v.tensor)) {
      ctx.diags.error(entry->expr->range, "this metric has a value for each example of the split")
          .note("`every` and `total_below` give one for each; reduce them: `sum(…, over = batch)`");
      continue;
    }
    if (!totalsStated[i]) {
      // The mean over the examples, and over the axes of the value of an example.
      Value sum = Value::of(ctx.elab.totals[0]),
            n = Value::of(ctx.elab.totals[1 < ctx.elab.totals.size() ? 1 : 0]);
      v = fn.emit.elementwise<nn::DivOp>({sum, n}, {entry->range, entry->range}, entry->range);
      double count = 1;
      for (int64_t size : exampleShape(v.tensor))
        count *= double(size);
      v = fn.emit.reduceAll<nn::ReduceSumOp>(v);
      if (count != 1)
        v = fn.emit.elementwise<nn::DivOp>({v, Value::of(count)}, {entry->range, entry->range},
                                           entry->range);
    }
    // A vector with one number becomes that number, as curves and `keep` need numbers.
    if (auto size = exampleShape(v.tensor); size.size() == 1 && size[0] == 1)
      v = fn.emit.reduceAll<nn::ReduceSumOp>(v);
    fn.addResult("value", v.tensor);
    rows[i].shape = exampleShape(v.tensor).vec();
    rows[i].finish = ctx.finish(fn);
  }
}
