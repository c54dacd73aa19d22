// Metrics: their totals over a batch become results of the batch functions, and a small f64 function turns the
// totals of a whole split into the value shown. Both come from one elaboration of the same code: see TotalMode.
#include "compiler/irgen/ProgramGenerator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

Value ProgramGenerator::evaluateMetric(const ast::Expr *e, const Scope &scope, std::string &name,
                                       ast::Direction &direction) {
  direction = ast::Direction::None;
  name = "metric";
  Elaborator::RangeGuard guard(elab, e->range);
  auto *call = llvm::dyn_cast<ast::CallExpr>(e);
  auto *callee = call ? llvm::dyn_cast<ast::NameExpr>(call->callee) : nullptr;
  if (callee)
    name = callee->name.text.str();
  const ast::MetricDecl *decl = nullptr;
  bool prelude = false;
  if (callee && !scope.find(callee->name.text)) {
    if (const ast::Decl *d = symbols.user.lookup(callee->name.text)) {
      decl = llvm::dyn_cast<ast::MetricDecl>(d);
    } else {
      decl = llvm::dyn_cast_or_null<ast::MetricDecl>(symbols.prelude.lookup(callee->name.text));
      prelude = decl;
    }
  }
  if (!decl)
    return elab.evaluate(e, scope);
  direction = decl->direction;
  std::vector<Elaborator::Arg> args;
  for (const ast::Argument &a : call->args)
    args.push_back({a.name.text.str(), elab.evaluate(a.value, scope), a.value->range});
  Elaborator::CallSite site(elab, prelude, e->range);
  Scope inner;
  inner.prelude = prelude;
  if (!elab.bindParameters(decl->params, args, inner, e->range, name))
    return Value::error();
  Elaborator::IgnoreGuard ignores(elab, decl, inner);
  if (!elab.noteTarget(decl, inner, e->range))
    return Value::error();
  if (metricUses && elab.totalMode == Elaborator::TotalMode::Collect) {
    Application use;
    use.decl = decl;
    use.prelude = prelude;
    use.name = name;
    use.named = callee->range;
    use.at = e->range;
    for (const Elaborator::Arg &a : args)
      use.args.emplace_back(a.name, a.value.isTensor() ? a.value.tensor : mlir::Value());
    metricUses->push_back(std::move(use));
  }
  return elab.evaluate(decl->body, inner);
}

bool ProgramGenerator::addMetrics(Function &fn, llvm::ArrayRef<const ast::MetricEntry *> entries, const Scope &scope,
                                  std::vector<nn_metric> *rows) {
  bool ok = true;
  fn.measuring = true;
  totalTypes.clear();
  std::map<std::string, int> names;
  for (auto [i, entry] : llvm::enumerate(entries)) {
    std::string name;
    ast::Direction direction;
    elab.totalMode = Elaborator::TotalMode::Collect;
    elab.totals.clear();
    elab.spreads.clear();
    // In f64: a square of a target far from zero has no room in f32 for what matters of it.
    Emitter::ElementGuard wide(fn.emit, mlir::Float64Type::get(&context));
    Value v = evaluateMetric(entry->expr, scope, name, direction);
    elab.totalMode = Elaborator::TotalMode::None;
    std::vector<mlir::Value> totals = elab.totals;
    if (v.isError()) {
      ok = false;
      totalTypes.emplace_back();
      if (rows)
        rows->push_back(nn_metric{});
      continue;
    }
    if (totals.empty()) {
      // A value for each example: its mean is the metric.
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
      sizes.push_back(type.getNumElements());
      types.push_back(type);
    }
    totalTypes.push_back(types);
    if (!rows)
      continue;
    nn_metric row{};
    if (const int n = ++names[name]; n > 1)
      name += std::to_string(n);
    row.name = text(name);
    row.total_sizes = tables.list<int64_t>(sizes);
    row.n_totals = sizes.size();
    std::vector<int32_t> spreads(elab.spreads.begin(), elab.spreads.end());
    row.spreads = tables.list<int32_t>(spreads);
    row.n_spreads = spreads.size();
    row.direction = direction == ast::Direction::Highest  ? NN_HIGHEST
                    : direction == ast::Direction::Lowest ? NN_LOWEST
                                                          : NN_NO_DIRECTION;
    rows->push_back(row);
  }
  fn.measuring = false;
  return ok;
}

nn_metric *ProgramGenerator::metricList(std::vector<nn_metric> &rows) { return tables.list<nn_metric>(rows); }

void ProgramGenerator::finishMetrics(llvm::StringRef prefix, llvm::ArrayRef<const ast::MetricEntry *> entries,
                                     const ast::DataDecl *data, llvm::MutableArrayRef<nn_metric> rows) {
  const std::vector<std::vector<mlir::RankedTensorType>> types = totalTypes;
  mlir::Type f64 = mlir::Float64Type::get(&context);
  for (auto [i, entry] : llvm::enumerate(entries)) {
    if (i >= rows.size() || i >= types.size() || types[i].empty())
      continue;
    Function fn(diags, module, (prefix + "_metric" + llvm::Twine(i) + "_finish").str(), f64);
    elab.fn = &fn;
    elab.totals.clear();
    elab.totalsRead = 0;
    for (auto [k, type] : llvm::enumerate(types[i]))
      elab.totals.push_back(fn.addField("total" + std::to_string(k), type.getShape(), /*batched=*/false).tensor);
    Scope scope;
    for (const Field &f : fieldsOf[data])
      scope.names[f.name] = Value::ofKind(Value::Kind::Unavailable);
    elab.totalMode = Elaborator::TotalMode::Read;
    std::string name;
    ast::Direction direction;
    Value v = evaluateMetric(entry->expr, scope, name, direction);
    elab.totalMode = Elaborator::TotalMode::None;
    if (!elab.totalsRead || v.isUnavailable() || !v.isTensor()) {
      // The mean over the examples, and over what axes an example's value has.
      Value sum = Value::of(elab.totals[0]), n = Value::of(elab.totals[1 < elab.totals.size() ? 1 : 0]);
      v = fn.emit.elementwise("div", {sum, n}, {entry->range, entry->range}, entry->range);
      double count = 1;
      for (int64_t size : exampleShape(v.tensor))
        count *= double(size);
      v = fn.emit.reduceAll("reduce_sum", v);
      if (count != 1)
        v = fn.emit.elementwise("div", {v, Value::of(count)}, {entry->range, entry->range}, entry->range);
    }
    fn.addResult("value", v.tensor);
    auto s = exampleShape(v.tensor);
    rows[i].shape = shape(s);
    rows[i].rank = s.size();
    finish(fn, &rows[i].finish);
  }
}
