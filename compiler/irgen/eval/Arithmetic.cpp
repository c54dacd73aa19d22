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
  return DrawnUse::drawnAs(fn->emit.elementwise<nn::NegOp>(a, at, at), -a.number, &a);
}

/// x - y ⌊x / y⌋ without rounding, like nn.rem: it has the sign of y.
static double exactRemainder(double x, double y) {
  const double rest = std::fmod(x, y);
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

/// The number that `op` computes. Nothing for a division by zero, and for `@`.
static std::optional<double> folded(ast::BinaryOp op, double x, double y) {
  using Op = ast::BinaryOp;
  switch (op) {
  case Op::Add:
    return x + y;
  case Op::Sub:
    return x - y;
  case Op::Mul:
    return x * y;
  case Op::Div:
    return y == 0 ? std::nullopt : std::optional(x / y);
  case Op::Mod:
    return y == 0 ? std::nullopt : std::optional(exactRemainder(x, y));
  case Op::Pow:
    return std::pow(x, y);
  case Op::Eq:
    return x == y;
  case Op::Ne:
    return x != y;
  case Op::Lt:
    return x < y;
  case Op::Le:
    return x <= y;
  case Op::Gt:
    return x > y;
  case Op::Ge:
    return x >= y;
  case Op::And:
    return x != 0 && y != 0;
  case Op::Or:
    return x != 0 || y != 0;
  case Op::MatMul:
    break;
  }
  return std::nullopt;
}

static Value foldNumbers(Diagnostics &diags, ast::BinaryOp op, const Value &a, const Value &b,
                         Range at) {
  const std::optional<double> number = folded(op, a.number, b.number);
  if (!number) {
    diags.error(at, op == ast::BinaryOp::MatMul ? "`@` needs tensors, not numbers"
                                                : "a division of numbers by zero");
    return Value::error();
  }
  Value::Unit unit = a.unit != Value::Unit::None ? a.unit : b.unit;
  using Op = ast::BinaryOp;
  switch (op) {
  case Op::Div:
    if (a.unit != Value::Unit::None && b.unit != Value::Unit::None)
      unit = Value::Unit::None;
    [[fallthrough]];
  case Op::Add:
  case Op::Sub:
  case Op::Mul:
  case Op::Mod:
    return Value::of(*number, unit);
  case Op::Pow:
    return Value::of(*number);
  default:
    return Value::ofBool(*number != 0);
  }
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

Value Arithmetic::binary(ast::BinaryOp op, const Value &a, const Value &b, Range at, Range rangeA,
                         Range rangeB) {
  Value result = computed(op, a, b, at, rangeA, rangeB);
  if (!elab.findsDrawn || !a.mayBeKnown() || !b.mayBeKnown())
    return result;
  if (op == ast::BinaryOp::MatMul)
    return result;
  // Where the first values give no number (8 / 0), it is still known where the result comes from.
  const double number = folded(op, a.number, b.number).value_or(std::nan(""));
  return DrawnUse::drawnAs(result, number, {&a, &b});
}

/// Whether a value is the word `none` or `all`: `mask == none`, `top != all`. Nothing if neither
/// side is such a word.
static std::optional<Value> comparedWords(ast::BinaryOp op, const Value &a, const Value &b) {
  auto isWord = [](const Value &v) {
    return v.kind == Value::Kind::None || v.kind == Value::Kind::All;
  };
  if ((op != ast::BinaryOp::Eq && op != ast::BinaryOp::Ne) || (!isWord(a) && !isWord(b)))
    return std::nullopt;
  return Value::ofBool((a.kind == b.kind) == (op == ast::BinaryOp::Eq));
}

/// Whether `v` is a number that is known before the run, or a list of them.
static bool isOfNumbers(const Value &v) {
  return v.kind == Value::Kind::List
             ? !v.items.empty() &&
                   llvm::all_of(v.items, [](const Value &x) { return isOfNumbers(x); })
             : v.mayBeKnown() && v.unit == Value::Unit::None;
}

static bool hasZero(const Value &v) {
  return v.kind == Value::Kind::List ? llvm::any_of(v.items, hasZero) : v.number == 0;
}

/// Whether an operation on two values gives a list of known numbers. As a tensor, such a list has
/// the same numbers; but sizes, strides and the like must be known.
static bool givesList(ast::BinaryOp op, const Value &a, const Value &b) {
  using Op = ast::BinaryOp;
  const bool aList = a.kind == Value::Kind::List, bList = b.kind == Value::Kind::List;
  if ((!aList && !bList) || op == Op::MatMul || !isOfNumbers(a) || !isOfNumbers(b) ||
      (aList && bList && a.items.size() != b.items.size()))
    return false;
  if ((op == Op::Div || op == Op::Mod) && hasZero(b))
    return false; // infinite or NaN, which only a tensor holds
  for (size_t i = 0; aList && bList && i < a.items.size(); ++i)
    if ((a.items[i].kind == Value::Kind::List) != (b.items[i].kind == Value::Kind::List))
      return false;
  return true;
}

Value Arithmetic::ofLists(ast::BinaryOp op, const Value &a, const Value &b, Range at, Range rangeA,
                          Range rangeB) {
  Value result = Value::ofKind(Value::Kind::List);
  const bool aList = a.kind == Value::Kind::List, bList = b.kind == Value::Kind::List;
  for (size_t i = 0; i < (aList ? a : b).items.size(); ++i)
    result.items.push_back(
        binary(op, aList ? a.items[i] : a, bList ? b.items[i] : b, at, rangeA, rangeB));
  return result;
}

Value Arithmetic::computed(ast::BinaryOp op, const Value &a0, const Value &b0, Range at,
                           Range rangeA, Range rangeB) {
  if (a0.isError() || b0.isError())
    return Value::error();
  if (a0.isUnavailable() || b0.isUnavailable())
    return Value::ofKind(Value::Kind::Unavailable);
  if (std::optional<Value> word = comparedWords(op, a0, b0))
    return *word;
  if (a0.isKnown() && b0.isKnown())
    return foldNumbers(diags, op, a0, b0, at);
  if (givesList(op, a0, b0))
    return ofLists(op, a0, b0, at, rangeA, rangeB);
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
