// A model whose input has an axis without a size, `x: [t]`, takes it from the first value to which
// the program applies the model. Only the argument is evaluated for that, in a function that is
// dropped: the model itself cannot be applied before its tensors exist.
#include "compiler/irgen/program/ModelInputs.h"

#include "runtime/program/statements.h"

#include "llvm/ADT/ScopeExit.h"

using namespace nnc;

bool ModelInputs::isOpen(const ast::Expr *dim) const {
  auto *name = llvm::dyn_cast<ast::NameExpr>(dim);
  return name && !llvm::isa_and_nonnull<ast::LetDecl, ast::OptionDecl>(
                     ctx.symbols.user.lookup(name->name.text));
}

bool ModelInputs::shapeOf(const ast::ModelDecl *model, std::vector<int64_t> &shape) {
  const ast::Shape &declared = *model->inputs[0].shape;
  Scope sizes;
  std::vector<std::string> axes;
  if (llvm::none_of(declared.dims, [&](const ast::Expr *dim) { return isOpen(dim); }))
    return ctx.elab.evaluateShape(declared, sizes, shape, axes);
  Function *outer = ctx.elab.fn;
  open.insert(model);
  const Shape given = applied(model);
  open.erase(model);
  ctx.elab.fn = outer;
  if (!given) {
    const ast::Expr *dim =
        *llvm::find_if(declared.dims, [&](const ast::Expr *d) { return isOpen(d); });
    const llvm::StringRef name = llvm::cast<ast::NameExpr>(dim)->name.text;
    ctx.diags
        .error(dim->range, "the size of `" + name +
                               "` is not known: it is that of the first value "
                               "to which the program applies `" +
                               model->name.text + "` in a run, and there is none")
        .note("a size can be written here: `" + model->inputs[0].name.text +
              ": [64]`; so can the name of a constant, `let " + name + " = 64`");
    return false;
  }
  if (given->size() != declared.dims.size()) {
    ctx.diags.error(declared.range, "`" + model->name.text + "` declares an input of " +
                                        llvm::Twine(declared.dims.size()) +
                                        " axes, and is first applied to " + shapeText(*given));
    return false;
  }
  for (auto [dim, size] : llvm::zip(declared.dims, *given))
    if (isOpen(dim)) // of two axes of one name matchShape compares the sizes
      sizes.names.emplace(llvm::cast<ast::NameExpr>(dim)->name.text.str(), Value::of(double(size)));
  return ctx.elab.evaluateShape(declared, sizes, shape, axes);
}

ModelInputs::Shape ModelInputs::applied(const ast::ModelDecl *model) {
  if (Shape shape = appliedIn(ctx.program.statements, model))
    return shape;
  // An ensemble takes what the model of its members takes.
  for (const auto &[other, shape] : ctx.elab.inputShapes)
    if (llvm::cast<ast::ModelDecl>(other)->inputs.data() == model->inputs.data())
      return shape;
  // In another model: to its input, or to what is computed from it.
  for (const auto &entry : ctx.symbols.user) {
    auto *other = llvm::dyn_cast<ast::ModelDecl>(entry.second);
    if (!other || open.count(other) || other->inputs.size() != 1 || !other->inputs[0].shape)
      continue;
    const ast::Expr *x = argument(other->body, model);
    auto *name = llvm::dyn_cast_or_null<ast::NameExpr>(x);
    const bool passedOn = name && name->name.text == other->inputs[0].name.text;
    std::vector<int64_t> shape;
    const Diagnostics::Mark mark = ctx.diags.mark();
    if (passedOn && shapeOf(other, shape))
      return shape;
    ctx.diags.rewind(mark); // it is reported where that model is generated
  }
  return std::nullopt;
}

ModelInputs::Shape ModelInputs::appliedIn(llvm::ArrayRef<ast::Stmt *> statements,
                                          const ast::ModelDecl *model) {
  for (const ast::Stmt *s : statements) {
    Shape shape = appliedBy(s, model);
    if (!shape && llvm::isa<ast::SearchStmt, ast::CompareStmt>(s))
      shape = appliedIn(ast::blockOf(s), model);
    if (shape)
      return shape;
  }
  return std::nullopt;
}

/// The expressions in which a run with these entries may apply a model.
static std::vector<const ast::Expr *> expressionsOf(llvm::ArrayRef<ast::Entry *> entries) {
  std::vector<const ast::Expr *> all;
  for (const ast::Entry *e : entries) {
    if (auto *setting = llvm::dyn_cast<ast::SettingEntry>(e))
      all.push_back(setting->value);
    else if (auto *metric = llvm::dyn_cast<ast::MetricEntry>(e))
      all.push_back(metric->expr);
  }
  return all;
}

ModelInputs::Shape ModelInputs::appliedBy(const ast::Stmt *s, const ast::ModelDecl *model) {
  auto inRun = [&](const auto *run) {
    return argumentIn(expressionsOf(run->entries), dataNamed(run->data.front().text), model);
  };
  if (auto *train = llvm::dyn_cast<ast::TrainStmt>(s))
    return inRun(train);
  if (auto *evaluate = llvm::dyn_cast<ast::EvaluateStmt>(s))
    return inRun(evaluate);
  if (auto *print = llvm::dyn_cast<ast::PrintStmt>(s))
    return argumentIn(std::vector<const ast::Expr *>(print->values.begin(), print->values.end()),
                      nullptr, model);
  if (auto *expression = llvm::dyn_cast<ast::ExprStmt>(s))
    return argumentIn({expression->expr}, nullptr, model);
  auto *predict = llvm::dyn_cast<ast::PredictStmt>(s);
  if (!predict || !predict->data || ctx.symbols.user.lookup(predict->target.front().text) != model)
    return std::nullopt;
  auto *field = llvm::dyn_cast<ast::FieldExpr>(predict->data);
  auto *name = llvm::dyn_cast<ast::NameExpr>(field ? field->base : predict->data);
  const ast::DataDecl *data = name ? dataNamed(name->name.text) : nullptr;
  if (!data)
    return std::nullopt;
  dataSets.ensure(data);
  const DataT &row = ctx.out.data[dataSets.indexOf(data)];
  return row.fields.empty() ? Shape() : Shape(row.fields[nnrt::inputField(row)].shape);
}

const ast::DataDecl *ModelInputs::dataNamed(llvm::StringRef name) const {
  return llvm::dyn_cast_or_null<ast::DataDecl>(ctx.symbols.user.lookup(name));
}

ModelInputs::Shape ModelInputs::argumentIn(llvm::ArrayRef<const ast::Expr *> all,
                                           const ast::DataDecl *data, const ast::ModelDecl *model) {
  const ast::Expr *x = nullptr;
  for (const ast::Expr *e : all)
    x = x ? x : argument(e, model);
  if (!x)
    return std::nullopt;
  if (data)
    dataSets.ensure(data);
  Function probe(ctx.diags, ctx.module, "probe", ctx.element);
  auto end = llvm::make_scope_exit([&] { ProgramContext::drop(probe); });
  ctx.elab.fn = &probe;
  probe.batched = data != nullptr;
  probe.hasClock = true;
  const Diagnostics::Mark mark = ctx.diags.mark();
  std::vector<Elaborator::Bound> bounds = ctx.elab.bounds;
  Scope scope;
  Value v = Value::error();
  if (!data || dataSets.addFields(probe, data, scope, /*augment=*/false, nullptr))
    v = ctx.elab.evaluate(x, scope);
  if (!v.isError())
    v = probe.emit.toTensor(v, x->range);
  ctx.elab.bounds = std::move(bounds);
  ctx.diags.rewind(mark); // it is reported where the statement is generated
  return v.isTensor() ? Shape(exampleShape(v.tensor).vec()) : std::nullopt;
}

/// Calls `visit` for each expression directly in `e`.
static void forEachIn(const ast::Expr *e, llvm::function_ref<void(const ast::Expr *)> visit) {
  auto args = [&](llvm::ArrayRef<ast::Argument> all) {
    for (const ast::Argument &a : all)
      visit(a.value);
  };
  if (auto *list = llvm::dyn_cast<ast::ListExpr>(e)) {
    for (const ast::Expr *item : list->elements)
      visit(item);
  } else if (auto *unary = llvm::dyn_cast<ast::UnaryExpr>(e)) {
    visit(unary->operand);
  } else if (auto *binary = llvm::dyn_cast<ast::BinaryExpr>(e)) {
    visit(binary->lhs);
    visit(binary->rhs);
  } else if (auto *choice = llvm::dyn_cast<ast::IfExpr>(e)) {
    for (const ast::Expr *part : {choice->condition, choice->then, choice->otherwise})
      visit(part);
  } else if (auto *call = llvm::dyn_cast<ast::CallExpr>(e)) {
    visit(call->callee);
    args(call->args);
  } else if (auto *index = llvm::dyn_cast<ast::IndexExpr>(e)) {
    visit(index->base);
    for (const ast::Expr *i : index->indices)
      visit(i);
  } else if (auto *transpose = llvm::dyn_cast<ast::TransposeExpr>(e)) {
    visit(transpose->operand);
  } else if (auto *pipe = llvm::dyn_cast<ast::PipeExpr>(e)) {
    visit(pipe->lhs);
    visit(pipe->rhs);
  } else if (auto *scan = llvm::dyn_cast<ast::ScanExpr>(e)) {
    for (const ast::ScanSource &source : scan->sources)
      visit(source.value);
    visit(scan->body);
  } else if (auto *block = llvm::dyn_cast<ast::BlockExpr>(e)) {
    for (const ast::Stmt *s : block->statements)
      if (auto *let = llvm::dyn_cast<ast::LetDecl>(s))
        visit(let->value);
    visit(block->value);
  }
}

const ast::Expr *ModelInputs::argument(const ast::Expr *e, const ast::ModelDecl *model) const {
  if (!e)
    return nullptr;
  auto isModel = [&](const ast::Expr *callee) {
    auto *name = llvm::dyn_cast<ast::NameExpr>(callee);
    return name && ctx.symbols.user.lookup(name->name.text) == model;
  };
  if (auto *call = llvm::dyn_cast<ast::CallExpr>(e))
    if (isModel(call->callee) && call->args.size() == 1)
      return call->args[0].value;
  if (auto *pipe = llvm::dyn_cast<ast::PipeExpr>(e))
    if (isModel(pipe->rhs))
      return pipe->lhs;
  const ast::Expr *found = nullptr;
  forEachIn(e, [&](const ast::Expr *part) { found = found ? found : argument(part, model); });
  return found;
}
