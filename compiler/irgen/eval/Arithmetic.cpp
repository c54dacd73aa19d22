// The arithmetic of the language on all kinds of values.
#include "compiler/irgen/eval/Elaborator.h"

#include <cmath>

using namespace nnc;

Value Arithmetic::mapWeights(const Value &a, const Value &b,
                             llvm::function_ref<Value(const Value &, const Value &)> f) {
  Value result = Value::ofKind(Value::Kind::Weights);
  const bool both = a.kind == Value::Kind::Weights && b.kind == Value::Kind::Weights;
  const std::vector<Value> &items = a.kind == Value::Kind::Weights ? a.items : b.items;
  if (both && a.items.size() != b.items.size()) {
    diags.error(fn->emit.range, "two models with different numbers of weights");
    return Value::error();
  }
  for (size_t i = 0; i < items.size(); ++i)
    result.items.push_back(f(a.kind == Value::Kind::Weights ? a.items[i] : a,
                             b.kind == Value::Kind::Weights ? b.items[i] : b));
  return result;
}

Value Arithmetic::negate(const Value &a, Range at) {
  if (a.isNumber())
    return Value::of(-a.number, a.unit);
  if (a.kind == Value::Kind::Weights)
    return mapWeights(a, Value::of(0),
                      [&](const Value &x, const Value &) { return negate(x, at); });
  return fn->emit.elementwise<nn::NegOp>(a, at, at);
}

/// x - y ⌊x / y⌋ without rounding, like nn.rem: it has the sign of y.
static double exactRemainder(double x, double y) {
  const double rest = std::fmod(x, y);
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static Value foldNumbers(Diagnostics &diags, ast::BinaryOp op, const Value &a, const Value &b,
                         Range at) {
  const double x = a.number, y = b.number;
  Value::Unit unit = a.unit != Value::Unit::None ? a.unit : b.unit;
  const bool bothUnits = a.unit != Value::Unit::None && b.unit != Value::Unit::None;
  using Op = ast::BinaryOp;
  switch (op) {
  case Op::Add:
    return Value::of(x + y, unit);
  case Op::Sub:
    return Value::of(x - y, unit);
  case Op::Mul:
    return Value::of(x * y, unit);
  case Op::Div:
  case Op::Mod:
    if (y == 0) {
      diags.error(at, "a division of numbers by zero");
      return Value::error();
    }
    return op == Op::Div ? Value::of(x / y, bothUnits ? Value::Unit::None : unit)
                         : Value::of(exactRemainder(x, y), unit);
  case Op::Pow:
    return Value::of(std::pow(x, y));
  case Op::Eq:
    return Value::ofBool(x == y);
  case Op::Ne:
    return Value::ofBool(x != y);
  case Op::Lt:
    return Value::ofBool(x < y);
  case Op::Le:
    return Value::ofBool(x <= y);
  case Op::Gt:
    return Value::ofBool(x > y);
  case Op::Ge:
    return Value::ofBool(x >= y);
  case Op::And:
    return Value::ofBool(x != 0 && y != 0);
  case Op::Or:
    return Value::ofBool(x != 0 || y != 0);
  case Op::MatMul:
    break;
  }
  diags.error(at, "`@` needs tensors, not numbers");
  return Value::error();
}

/// The elementwise op that computes `op`; for `and` and `or`, on operands that are 0 or 1.
static nn::ElementwiseOp elementwiseOf(ast::BinaryOp op) {
  using Op = ast::BinaryOp;
  switch (op) {
  case Op::Add:
    return nn::ElementwiseOp::of<nn::AddOp>();
  case Op::Sub:
    return nn::ElementwiseOp::of<nn::SubOp>();
  case Op::Mul:
  case Op::And:
    return nn::ElementwiseOp::of<nn::MulOp>();
  case Op::Div:
    return nn::ElementwiseOp::of<nn::DivOp>();
  case Op::Mod:
    return nn::ElementwiseOp::of<nn::RemOp>();
  case Op::Pow:
    return nn::ElementwiseOp::of<nn::PowOp>();
  case Op::Eq:
    return nn::ElementwiseOp::of<nn::EqOp>();
  case Op::Ne:
    return nn::ElementwiseOp::of<nn::NeOp>();
  case Op::Lt:
    return nn::ElementwiseOp::of<nn::LtOp>();
  case Op::Le:
    return nn::ElementwiseOp::of<nn::LeOp>();
  case Op::Gt:
    return nn::ElementwiseOp::of<nn::GtOp>();
  case Op::Ge:
    return nn::ElementwiseOp::of<nn::GeOp>();
  case Op::Or:
    return nn::ElementwiseOp::of<nn::MaxOp>();
  case Op::MatMul:
    break;
  }
  llvm_unreachable("`@` is not elementwise");
}

Value Arithmetic::binary(ast::BinaryOp op, const Value &a0, const Value &b0, Range at, Range rangeA,
                         Range rangeB) {
  if (a0.isError() || b0.isError())
    return Value::error();
  if (a0.isUnavailable() || b0.isUnavailable())
    return Value::ofKind(Value::Kind::Unavailable);
  if (a0.isKnown() && b0.isKnown())
    return foldNumbers(diags, op, a0, b0, at);
  Value a = inSteps(a0, rangeA), b = inSteps(b0, rangeB);
  for (Value *v : {&a, &b})
    if (v->kind == Value::Kind::Place)
      *v = elab.readPlace(*v, v == &a ? rangeA : rangeB);
  if (a.isError() || b.isError())
    return Value::error();
  if (a.kind == Value::Kind::Weights || b.kind == Value::Kind::Weights)
    return mapWeights(
        a, b, [&](const Value &x, const Value &y) { return binary(op, x, y, at, rangeA, rangeB); });
  using Op = ast::BinaryOp;
  if (op == Op::MatMul) {
    Value x = fn->emit.toTensor(a, rangeA), y = fn->emit.toTensor(b, rangeB);
    if (x.isError() || y.isError())
      return Value::error();
    return fn->emit.matmul(x, y, at, rangeA, rangeB);
  }
  if (op == Op::Ne && elab.inWhere) // a comparison with a missing value never holds
    return binary(Op::Or, binary(Op::Lt, a, b, at, rangeA, rangeB),
                  binary(Op::Gt, a, b, at, rangeA, rangeB), at, at, at);
  if (op == Op::And || op == Op::Or) { // operands become 0 or 1
    a = fn->emit.truth(a, rangeA);
    b = fn->emit.truth(b, rangeB);
  }
  return fn->emit.elementwise(elementwiseOf(op), {a, b}, {rangeA, rangeB}, at);
}

Value Arithmetic::choose(const Value &condition, const Value &a, const Value &b, Range at,
                         llvm::ArrayRef<Range> ranges) {
  return fn->emit.elementwise<nn::SelectOp>({condition, a, b}, ranges, at);
}

Value Arithmetic::inSteps(const Value &v, Range at) {
  if (!v.isNumber() || v.unit == Value::Unit::None)
    return v;
  if (v.unit == Value::Unit::Steps)
    return Value::of(v.number);
  if (!fn->hasClock && fn->placement)
    return Value::ofKind(Value::Kind::Unavailable); // like the clock itself: see clockValue
  if (!fn->hasClock) {
    diags.error(at, "a duration in epochs has a length in steps only while training");
    return Value::error();
  }
  return fn->emit.elementwise<nn::MulOp>(
      {Value::of(v.number),
       Value::ofHost(fn->scalar(sema::nameOf(sema::AmbientKind::StepsPerEpoch)))},
      {at, at}, at);
}
