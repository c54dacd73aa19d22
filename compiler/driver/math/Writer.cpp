// Converts ops to formulas.
#include "compiler/driver/math/Writer.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;

namespace nnc::math {

using nn::Form;

static nn::Notation notationOf(Operation *op) {
  if (auto notation = dyn_cast<nn::NotationOp>(op))
    return notation.getNotation();
  return {Form::Function, "", ""};
}

static bool isConstant(Value v) { return matchPattern(v, m_Constant()); }

/// The value that a formula shows in place of `v`; null if it shows v itself.
static Value shownFor(Value v) {
  if (Operation *op = v.getDefiningOp())
    return notationOf(op).form == Form::Same && op->getNumOperands() > 0 ? op->getOperand(0)
                                                                         : Value();
  return nn::invariantOf(v);
}

Value visible(Value v) {
  while (Value shown = shownFor(v))
    v = shown;
  return v;
}

SmallVector<BlockArgument> statesOf(nn::LoopOp loop) {
  SmallVector<BlockArgument> states;
  for (BlockArgument argument : loop.getBlock().getArguments())
    if (loop.getStart(argument.getArgNumber()))
      states.push_back(argument);
  return states;
}

BlockArgument stateOf(Value v) {
  auto loop = v.getDefiningOp<nn::LoopOp>();
  if (!loop)
    return {};
  const unsigned i = cast<OpResult>(v).getResultNumber();
  SmallVector<BlockArgument> states = statesOf(loop);
  return i < states.size() ? states[i] : BlockArgument();
}

bool isTimed(nn::LoopOp loop) {
  const unsigned arguments = loop.getBlock().getNumArguments();
  return loop->getNumResults() > statesOf(loop).size() ||
         llvm::any_of(llvm::seq(0u, arguments),
                      [&](unsigned i) { return loop.getElementOf(i).has_value(); });
}

std::string timeOf(nn::LoopOp loop) {
  static const char *const letters[] = {"t", "r", "s", "p"};
  unsigned depth = 0;
  for (auto outer = loop->getParentOfType<nn::LoopOp>(); outer;
       outer = outer->getParentOfType<nn::LoopOp>())
    depth += isTimed(outer) ? 1 : 0;
  return letters[std::min<unsigned>(depth, std::size(letters) - 1)];
}

Value summandOf(nn::LoopOp loop, unsigned i) {
  BlockArgument state = statesOf(loop)[i];
  Value next = loop.getBlock().getTerminator()->getOperand(i);
  Operation *op = next.getDefiningOp();
  if (!isTimed(loop) || !op || notationOf(op).form != Form::Sum || !next.hasOneUse() ||
      !state.hasOneUse() ||
      nn::getSplatConstant(loop->getOperand(*loop.getStart(state.getArgNumber()))) != 0.0)
    return {};
  if (op->getOperand(0) == state)
    return op->getOperand(1);
  return op->getOperand(1) == state ? op->getOperand(0) : Value();
}

/// Whether v is one number for the whole formula. Then a product with it is not written with ⊙.
static bool isNumber(Value v) {
  v = visible(v);
  return cast<RankedTensorType>(v.getType()).getRank() == 0 || nn::getSplatConstant(v);
}

std::string indexLetters(Value tensor, ArrayRef<int64_t> dims) {
  const bool batched = nn::isBatched(tensor.getType());
  std::string letters;
  for (int64_t d : dims)
    letters += batched && d == 0 ? 'i' : char('j' + d - batched);
  return letters;
}

Value Writer::seen(Value v) const {
  while (!names.count(v)) {
    Value shown = shownFor(v);
    if (!shown)
      break;
    v = shown;
  }
  return v;
}

Formula Writer::use(Value v) const {
  v = seen(v);
  auto found = names.find(v);
  return found != names.end() ? found->second : define(v);
}

std::string Writer::notShown(Operation *op) const {
  std::string text;
  auto low = op->getAttr(nn::lowName), high = op->getAttr(nn::highName);
  for (NamedAttribute attribute : op->getAttrs())
    if (auto list = dyn_cast<DenseI64ArrayAttr>(attribute.getValue())) {
      StringRef name = attribute.getName();
      if (!llvm::is_contained(nn::shownAttributes, name))
        continue;
      if (llvm::all_of(list.asArrayRef(), [](int64_t n) { return n == 0; }) ||
          (name == nn::highName && low == high))
        continue;
      text += text.empty() ? "" : ", ";
      text += name == nn::lowName && low == high ? "by " : name.str() + " ";
      for (auto [i, n] : llvm::enumerate(list.asArrayRef()))
        text += (i ? (type.script.latex ? "$\\times$" : "×") : "") +
                (n < 0 ? std::string("n") : std::to_string(n));
    }
  return type.script.latex && !text.empty() ? "\\text{" + text + "}" : text;
}

std::optional<Formula> Writer::part(Operation *op) const {
  auto starts = op->getAttrOfType<DenseI64ArrayAttr>("start"),
       limits = op->getAttrOfType<DenseI64ArrayAttr>("limit"),
       strides = op->getAttrOfType<DenseI64ArrayAttr>("stride");
  if (!starts || !limits || !strides)
    return std::nullopt;
  auto type = cast<RankedTensorType>(op->getOperand(0).getType());
  Formula x = use(op->getOperand(0));
  int64_t first = nn::isBatched(type) ? 1 : 0;
  Value stack = seen(op->getOperand(0));
  if (auto loop = stack.getDefiningOp<nn::LoopOp>(); loop && isTimed(loop) && !stateOf(stack) &&
                                                     stack.getType() == type &&
                                                     limits[first] == starts[first] + 1) {
    x = at(this->type, x, std::to_string(limits[first]));
    ++first;
  }
  std::string text, gap; // the gap holds whole dims, which are shown only before others
  for (int64_t d = first; d < type.getRank(); ++d) {
    const int64_t start = starts[d], limit = limits[d], stride = strides[d];
    const std::string separator = text.empty() && gap.empty() ? "" : ", ";
    if (start == 0 && limit == type.getDimSize(d) && stride == 1) {
      gap += separator + ":";
      continue;
    }
    text += gap + separator + std::to_string(start);
    gap.clear();
    if (limit - start > stride)
      text += ":" + std::to_string(limit) + (stride > 1 ? ":" + std::to_string(stride) : "");
  }
  return text.empty() ? x : this->type.element(x, {text, Formula::Atom});
}

bool Writer::isRandom(Value v) const {
  Operation *op = v.getDefiningOp();
  if (!op)
    return false;
  if (notationOf(op).form == Form::Symbol)
    return op->getNumOperands() > 0; // it reads the seed and the step
  return llvm::any_of(parts(v), [&](Value part) { return !names.count(part) && isRandom(part); });
}

Formula Writer::define(Value v) const {
  Operation *op = v.getDefiningOp();
  if (!op)
    return type.name("?");
  if (isConstant(v))
    return constant(v);
  if (BlockArgument state = stateOf(v)) {
    auto loop = cast<nn::LoopOp>(op);
    if (Value summand = summandOf(loop, cast<OpResult>(v).getResultNumber()))
      return type.big(type.script.latex ? "\\sum" : "Σ", timeOf(loop), use(summand), true);
    auto last = lastValues.find(v);
    return last != lastValues.end() ? last->second : use(state);
  }
  const nn::Notation notation = notationOf(op);
  const char *symbol = type.script.latex ? notation.latex : notation.text;
  auto operand = [&](unsigned i) { return use(op->getOperand(i)); };
  switch (notation.form) {
  case Form::Same:
    return operand(0);
  case Form::Sum:
    return sum(op);
  case Form::Difference:
    return type.difference(operand(0), operand(1));
  case Form::Negative:
    return -operand(0);
  case Form::Product:
    return product(op);
  case Form::Quotient:
    if (auto m = mean(op->getOperand(0), op->getOperand(1), false))
      return *m;
    return type.quotient(operand(0), operand(1));
  case Form::Power:
    return type.power(operand(0), operand(1));
  case Form::Root:
    return type.root(operand(0));
  case Form::Enclosed: {
    auto [left, right] = llvm::StringRef(symbol).split(' ');
    return type.enclosed(left, operand(0), right);
  }
  case Form::Relation:
    return type.relation(symbol, operand(0), operand(1));
  case Form::Cases:
    return cases(op);
  case Form::Transposed:
    return type.transposed(operand(0));
  case Form::Element:
    return type.element(operand(0), operand(1));
  case Form::SumOver:
    return reduction(op, true);
  case Form::Over:
    return reduction(op, false);
  case Form::Contraction:
    return contraction(op);
  case Form::Symbol:
    return {symbol, Formula::Atom};
  case Form::Index: {
    auto dims = op->getAttrOfType<DenseI64ArrayAttr>("dims");
    return {indexLetters(v, dims ? dims.asArrayRef() : ArrayRef<int64_t>()), Formula::Atom};
  }
  case Form::Function: {
    if (auto f = part(op))
      return *f;
    SmallVector<Formula> operands;
    for (Value o : op->getOperands())
      operands.push_back(use(o));
    if (std::string more = notShown(op); !more.empty())
      operands.push_back({more, Formula::Atom});
    // A call of a function of the program has its symbol as an attribute.
    if (auto name = op->getAttrOfType<StringAttr>("symbol"))
      return type.function(type.name(name.getValue()).text, operands);
    return type.function(symbol, operands);
  }
  }
  return type.name("?");
}

/// The product of `n` and v, where v may have a numeric factor: 2 · 0.5 w is w, 2 · (1/n) x is
/// (2/n) x.
Formula Writer::times(double n, Value v) const {
  Operation *op = names.count(v) ? nullptr : v.getDefiningOp();
  if (op && notationOf(op).form == Form::Product &&
      seen(op->getOperand(0)) != seen(op->getOperand(1)))
    for (unsigned i : {0, 1}) {
      Value factor = seen(op->getOperand(i)), rest = op->getOperand(1 - i);
      if (std::optional<double> c = nn::getSplatConstant(factor))
        return *c * n == 1 ? use(rest) : type.product(type.number(n * *c), use(rest), false);
      Operation *quotient = names.count(factor) ? nullptr : factor.getDefiningOp();
      if (quotient && notationOf(quotient).form == Form::Quotient && isNumber(factor) &&
          nn::getSplatConstant(visible(quotient->getOperand(0))) == 1.0)
        return type.product(type.quotient(type.number(n), use(quotient->getOperand(1))), use(rest),
                            false);
    }
  return type.product(type.number(n), use(v), false);
}

/// a + b + …, where a term may occur several times.
Formula Writer::sum(Operation *op) const {
  llvm::MapVector<Value, unsigned> terms;
  SmallVector<Value> work{op->getOperand(1), op->getOperand(0)};
  while (!work.empty()) {
    Value term = seen(work.pop_back_val());
    Operation *inner = names.count(term) ? nullptr : term.getDefiningOp();
    if (inner && !isConstant(term) && notationOf(inner).form == Form::Sum)
      work.append({inner->getOperand(1), inner->getOperand(0)});
    else
      ++terms[term];
  }
  std::optional<Formula> total;
  for (auto [term, n] : terms) {
    Formula f = n == 1 ? use(term) : times(n, term);
    total = total ? type.sum(*total, f) : f;
  }
  return *total;
}

Formula Writer::product(Operation *op) const {
  Value a = op->getOperand(0), b = op->getOperand(1);
  if (seen(a) == seen(b))
    return type.power(use(a), type.number(2));
  if (auto m = mean(a, b, true))
    return *m;
  auto isKnown = [](Value v) { return nn::getSplatConstant(v).has_value(); };
  if ((isNumber(b) && !isNumber(a)) || (isKnown(b) && !isKnown(a))) // 0.1 g, not g 0.1
    std::swap(a, b);
  if (std::optional<double> c = nn::getSplatConstant(a)) // 0.5 (0.2 x) is 0.1 x
    return times(*c, seen(b));
  // (p / q) b is written p b / q, but 1/n remains a factor.
  Operation *quotient = names.count(seen(a)) ? nullptr : seen(a).getDefiningOp();
  if (quotient && notationOf(quotient).form == Form::Quotient) {
    Value p = quotient->getOperand(0), q = quotient->getOperand(1);
    const bool isOne = nn::getSplatConstant(visible(p)) == 1.0;
    if (!isOne || !isNumber(q) || use(q).level != Formula::Atom)
      return type.quotient(
          isOne ? use(b) : type.product(use(p), use(b), !isNumber(p) && !isNumber(b)), use(q));
  }
  return type.product(use(a), use(b), !isNumber(a) && !isNumber(b));
}

Formula Writer::constant(Value v) const {
  if (std::optional<double> splat = nn::getSplatConstant(v))
    return type.number(*splat);
  DenseFPElementsAttr elements;
  if (!matchPattern(v, m_Constant(&elements)) || elements.getNumElements() > 8)
    return {type.script.word("constant"), Formula::Atom};
  SmallVector<Formula> list;
  for (APFloat f : elements.getValues<APFloat>()) {
    bool lost;
    f.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &lost);
    list.push_back(type.number(f.convertToDouble()));
  }
  return type.list(list);
}

Formula Writer::cases(Operation *op) const {
  Value condition = op->getOperand(0), a = op->getOperand(1), b = op->getOperand(2);
  Formula c = use(condition);
  std::optional<double> yes = nn::getSplatConstant(visible(a)),
                        no = nn::getSplatConstant(visible(b));
  if (no == 0.0)
    return yes == 1.0 ? c : type.product(use(a), c, !isNumber(a));
  if (yes == 0.0)
    return type.product(use(b), type.difference(type.number(1), c), !isNumber(b));
  return type.cases(c, use(a), use(b));
}

/// If Σ x over N elements is divided by N (or, `inverse`, multiplied by 1/N): their mean.
std::optional<Formula> Writer::mean(Value total, Value divisor, bool inverse) const {
  std::optional<double> n = nn::getSplatConstant(visible(divisor));
  Operation *op = visible(total).getDefiningOp();
  if (!n || !op || names.count(seen(total)) || notationOf(op).form != Form::SumOver)
    return std::nullopt;
  auto reduction = cast<nn::ReductionOp>(op);
  auto shape = cast<RankedTensorType>(op->getOperand(0).getType()).getShape();
  int64_t count = 1;
  for (int64_t d : reduction.getReducedDims())
    count = shape[d] < 0 ? -1 : count * shape[d];
  if (count < 2 || std::abs((inverse ? *n * count : *n / count) - 1) > 1e-5)
    return std::nullopt;
  return type.big(type.script.latex ? "\\operatorname{mean}" : "mean",
                  indexLetters(op->getOperand(0), reduction.getReducedDims()),
                  use(op->getOperand(0)), true);
}

Formula Writer::reduction(Operation *op, bool isSum) const {
  Value x = op->getOperand(0);
  auto dims = cast<nn::ReductionOp>(op).getReducedDims();
  const int64_t rank = cast<RankedTensorType>(x.getType()).getRank();
  Operation *inner = visible(x).getDefiningOp();
  if (isSum && inner && int64_t(dims.size()) == rank && !names.count(seen(x)) &&
      notationOf(inner).form == Form::Product &&
      visible(inner->getOperand(0)) == visible(inner->getOperand(1)))
    return type.squaredNorm(use(inner->getOperand(0)));
  const nn::Notation notation = notationOf(op);
  return type.big(type.script.latex ? notation.latex : notation.text, indexLetters(x, dims), use(x),
                  isSum);
}

/// The letters of a tensor's dims, which are those of the loop dims.
static std::string lettersOf(AffineMap map) {
  std::string text;
  for (AffineExpr e : map.getResults()) {
    auto d = dyn_cast<AffineDimExpr>(e);
    text += d ? std::string(1, char('i' + d.getPosition())) : "·";
  }
  return text;
}

Formula Writer::contraction(Operation *op) const {
  auto contract = cast<nn::ContractionOp>(op);
  Formula a = use(contract.getLeft()), b = use(contract.getRight());
  AffineMap mapA = contract.getLeftMap(), mapB = contract.getRightMap(),
            mapOut = contract.getOutMap();
  if (!llvm::all_of(mapA.getResults(), [](AffineExpr e) { return isa<AffineDimExpr>(e); }))
    return type.convolution(a, b);
  const std::string x = lettersOf(mapA), y = lettersOf(mapB), out = lettersOf(mapOut);
  // For matrices and vectors: find the summed dim and whether an operand is transposed.
  if (x.size() <= 2 && y.size() <= 2) {
    std::string shared;
    for (char c : x)
      if (y.find(c) != std::string::npos && out.find(c) == std::string::npos)
        shared += c;
    if (shared.empty() && x.size() == 1 && y.size() == 1 && out.size() == 2)
      return out == x + y ? type.outerProduct(a, b) : type.outerProduct(b, a);
    if (shared.size() == 1 && x.size() + y.size() == out.size() + 2) {
      const char k = shared[0];
      const bool swapped = x.size() == 2 && y.size() == 2 && out[0] != x[x[0] == k ? 1 : 0];
      // The summed dim is the last of a left factor and the first of a right factor.
      auto left = [&](const Formula &f, llvm::StringRef d) {
        return d.size() == 2 && d[0] == k ? type.transposed(f) : f;
      };
      auto right = [&](const Formula &f, llvm::StringRef d) {
        return d.size() == 2 && d[1] == k ? type.transposed(f) : f;
      };
      if (swapped || (x.size() == 1 && y.size() == 2 && y[0] != k))
        return type.matrixProduct(left(b, y), right(a, x));
      return type.matrixProduct(left(a, x), right(b, y));
    }
  }
  return einsum(op);
}

/// The sum of A[…] B[…] over the reduced dims, with an index letter for each loop dim.
Formula Writer::einsum(Operation *op) const {
  auto contract = cast<nn::ContractionOp>(op);
  std::string vanish;
  const std::string out = lettersOf(contract.getOutMap());
  for (int64_t d = 0, e = contract.getLoopSizes().size(); d < e; ++d)
    if (out.find(char('i' + d)) == std::string::npos)
      vanish += char('i' + d);
  Formula a =
      type.element(use(contract.getLeft()), {lettersOf(contract.getLeftMap()), Formula::Atom});
  Formula b =
      type.element(use(contract.getRight()), {lettersOf(contract.getRightMap()), Formula::Atom});
  Formula product = type.product(a, b, false);
  return vanish.empty() ? product
                        : type.big(type.script.latex ? "\\sum" : "Σ", vanish, product, true);
}

SmallVector<Value> Writer::parts(Value v) const {
  SmallVector<Value> result;
  Operation *op = v.getDefiningOp();
  if (op && !isConstant(v) && notationOf(op).form != Form::Symbol)
    for (Value o : op->getOperands())
      result.push_back(seen(o));
  return result;
}

void Writer::collectInlined(Value v, llvm::SetVector<Value> &inlined) const {
  for (Value part : parts(v))
    if (!names.count(part) && part.getDefiningOp() && !isConstant(part) && inlined.insert(part))
      collectInlined(part, inlined);
}

unsigned Writer::weight(Value v) const {
  unsigned total = 1;
  for (Value part : parts(v)) {
    total += names.count(part) ? 1 : weight(part);
    if (total > 1000)
      break;
  }
  return total;
}

} // namespace nnc::math
