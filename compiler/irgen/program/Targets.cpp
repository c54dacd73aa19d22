// Conditions on the numbers that losses and metrics compare with, from the facts that they state.
// The runtime checks them on the data before the run.
//
//   @target PARAMETER 0 .. 1      numbers in that range
//   @target PARAMETER -1 or 1     one of two numbers
//   @target PARAMETER of OTHER    class numbers below OTHER, or below the size of its last axis
//   @shaped PARAMETER OTHER       as many elements as OTHER has
//   @ignores PARAMETER            class numbers equal to that argument are skipped
//   @classes PARAMETER NAME       its last axis has an element for each class, and more than one;
//                                 NAME is the function for a single output, and takes the place of
//                                 a metric that gets one (unless it needs a probability)
#include "compiler/irgen/program/Targets.h"

#include "compiler/ast/Facts.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/support/Numbers.h"

#include "mlir/IR/BuiltinTypes.h"

#include <cmath>

using namespace nnc;

mlir::Value Elaborator::beforeMoving(mlir::Value value) {
  auto elements = [](mlir::Value v) {
    int64_t n = 1;
    for (int64_t size : llvm::cast<mlir::RankedTensorType>(v.getType()).getShape())
      n *= mlir::ShapedType::isDynamic(size) ? 1 : size;
    return n;
  };
  mlir::Operation *op = value.getDefiningOp();
  mlir::Value from = op ? nn::movedBy(op) : mlir::Value();
  const bool isWhole = from && (llvm::isa<nn::AutodiffMarkerOp>(op) || op->getNumOperands() == 1);
  return isWhole && elements(from) <= elements(value) ? from : mlir::Value();
}

void Elaborator::noteBound(mlir::Value value, BoundT row, Range at) {
  // Look through operations that only move numbers. A part of a field does not determine the rest,
  // so it counts as computed.
  while (mlir::Value before = beforeMoving(value) ? beforeMoving(value) : scans.sequenceOf(value))
    value = before;
  row.ignored = ignored;
  bounds.push_back({value, std::move(row), diags.callSite.isValid() ? diags.callSite : at});
}

Elaborator::IgnoreGuard::IgnoreGuard(Elaborator &e, const ast::Decl *decl, const Scope &scope)
    : e(e), outer(e.ignored) {
  if (auto fact = ast::factOf(decl, "ignores"))
    if (const Value *value = scope.find(*fact);
        value && value->isKnown() && value->number == std::floor(value->number))
      e.ignored = value->number; // a number that cannot be a label means none
}

/// The number of classes that a parameter determines: its value, or the size of its last axis. 0 if
/// unknown.
static int64_t classesBy(const Value *v) {
  if (v && v->isNumber())
    return int64_t(v->number);
  if (!v || !v->isTensor())
    return 0;
  auto shape = exampleShape(v->tensor);
  return shape.empty() ? 1 : shape.back();
}

/// The number of elements in an example of `v`, with or without its last axis.
static int64_t elementsOf(const Value &v, bool lastAxis) {
  llvm::ArrayRef<int64_t> shape = exampleShape(v.tensor);
  int64_t n = 1;
  for (int64_t size : shape.drop_back(!lastAxis && !shape.empty()))
    n *= size;
  return n;
}

/// Whether a value is what a function that `@gives probabilities` gave.
static bool isProbability(const Function &fn, mlir::Value value) {
  for (; value; value = nn::movedBy(value.getDefiningOp()))
    if (fn.probabilities.contains(value))
      return true;
  return false;
}

const ast::MetricDecl *Elaborator::formFor(const ast::MetricDecl *decl, const Scope &scope) {
  auto fact = ast::factOf(decl, "classes");
  if (!fact)
    return nullptr;
  auto [parameter, other] = fact->split(' ');
  const Value *scores = scope.find(parameter);
  if (!scores || !scores->isTensor() || classesBy(scores) != 1)
    return nullptr;
  auto *form = llvm::dyn_cast_or_null<ast::MetricDecl>(symbols.find(other.trim(), scope.prelude));
  if (!form)
    return nullptr;
  auto takes = ast::factOf(form, "takes");
  return !takes || *takes != "probabilities" || isProbability(*fn, scores->tensor) ? form : nullptr;
}

bool Elaborator::noteTarget(const ast::Decl *decl, const Scope &scope, Range at) {
  const std::string name = decl->name.text.str();
  if (auto fact = ast::factOf(decl, "classes")) {
    auto [parameter, other] = fact->split(' ');
    if (const Value *scores = scope.find(parameter);
        scores && scores->isTensor() && classesBy(scores) == 1) {
      diags
          .error(diags.callSite.isValid() ? diags.callSite : at,
                 "`" + name + "` takes a number for each class, and this is one: " +
                     shapeText(exampleShape(scores->tensor)))
          .note("for the classes 0 and 1 of a single output there is `" + other.trim() + "`");
      return false;
    }
  }
  auto differs = [&](const Value &one, const Value &other, llvm::StringRef wants) {
    auto report = diags.error(diags.callSite.isValid() ? diags.callSite : at,
                              "the shapes of the arguments of `" + name +
                                  "` do not go together: " + shapeText(exampleShape(other.tensor)) +
                                  " and " + shapeText(exampleShape(one.tensor)));
    report.note(wants);
    return false;
  };
  if (auto fact = ast::factOf(decl, "shaped")) {
    auto [parameter, other] = fact->split(' ');
    const Value *one = scope.find(parameter), *as = scope.find(other.trim());
    if (one && as && one->isTensor() && as->isTensor() &&
        elementsOf(*one, true) != elementsOf(*as, true))
      return differs(*one, *as, "it needs a target for each output");
  }
  auto fact = ast::factOf(decl, "target");
  if (!fact)
    return true;
  auto [parameter, range] = fact->split(' ');
  const Value *given = scope.find(parameter);
  if (!given)
    return true;
  const Value target = given->kind == Value::Kind::List ? fn->emit.toTensor(*given, at) : *given;
  if (!target.isTensor())
    return !target.isError();
  BoundT row;
  row.reader = name;
  range = range.trim();
  if (range.consume_front("of ")) {
    const Value *scores = scope.find(range.trim());
    row.limit = classesBy(scores);
    if (row.limit < 1)
      return true;
    if (scores->isTensor() && elementsOf(target, true) != elementsOf(*scores, false))
      return differs(target, *scores,
                     "it needs one class number for the numbers along the last axis of the other");
  } else {
    row.kind = range.contains("..") ? NN_WITHIN : NN_EITHER;
    auto [low, high] = range.split(row.kind == NN_WITHIN ? ".." : "or");
    if (!readNumber(low.trim(), row.low) || !readNumber(high.trim(), row.high))
      return true;
  }
  noteBound(target.tensor, std::move(row), at);
  return true;
}

std::vector<BoundT> nnc::boundsOf(ProgramContext &ctx, llvm::ArrayRef<mlir::Value> fields) {
  std::vector<BoundT> rows;
  for (const Elaborator::Bound &b : ctx.elab.bounds)
    for (auto [i, field] : llvm::enumerate(fields)) {
      auto isSaid = [&, number = int32_t(i)](const BoundT &other) {
        return other.field == number && other.kind == b.row.kind && other.low == b.row.low &&
               other.high == b.row.high && other.limit <= b.row.limit;
      };
      if (field != b.value || llvm::any_of(rows, isSaid))
        continue;
      BoundT row = b.row;
      row.field = int32_t(i);
      row.where = ctx.where(b.range);
      rows.push_back(std::move(row));
    }
  return rows;
}
