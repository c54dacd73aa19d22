// Emits conversions and ops on the values of the language. Broadcast.cpp implements broadcasting,
// Products.cpp products.
#include "compiler/irgen/values/Emitter.h"

#include "compiler/dialect/LongSums.h"
#include "compiler/dialect/NnDialect.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

#include <limits>
#include <set>

using namespace nnc;

mlir::Value Emitter::toHost(const Value &v) {
  if (v.isHostScalar())
    return v.tensor;
  return hostConstant(v.number);
}

/// Collects the numbers of a nested list of uniform shape. Returns false if the list is ragged or
/// contains anything else.
static bool collectNumbers(const Value &v, std::vector<double> &numbers,
                           llvm::SmallVectorImpl<int64_t> &shape, size_t depth = 0) {
  if (v.isKnown()) {
    numbers.push_back(v.number);
    return depth == shape.size();
  }
  if (v.kind != Value::Kind::List)
    return false;
  if (depth == shape.size())
    if (numbers.empty())
      shape.push_back(v.items.size());
    else
      return false;
  else if (shape[depth] != int64_t(v.items.size()))
    return false;
  for (const Value &item : v.items)
    if (!collectNumbers(item, numbers, shape, depth + 1))
      return false;
  return true;
}

double Emitter::rounded(double number) const {
  return roundedTo && roundedTo.isF32() ? double(float(number)) : number;
}

std::vector<std::string> Emitter::commonAxes(llvm::ArrayRef<Value> parts) {
  std::vector<std::string> axes;
  for (size_t i = 0; i < exampleShape(parts[0].tensor).size(); ++i) {
    std::set<std::string> names;
    for (const Value &part : parts)
      if (const std::string name = part.axisAt(i); !name.empty())
        names.insert(name);
    axes.push_back(names.size() == 1 ? *names.begin() : "");
  }
  return axes;
}

Value Emitter::toTensor(const Value &v, Range at) {
  switch (v.kind) {
  case Value::Kind::Error:
  case Value::Kind::Unavailable:
  case Value::Kind::Tensor:
    return v;
  case Value::Kind::Number:
  case Value::Kind::Bool:
    return Value::of(constant(rounded(v.number)));
  case Value::Kind::HostScalar: {
    mlir::Value known = v.tensor;
    if (roundedTo && !roundedTo.isF64())
      known = make<nn::CastOp>(mlir::RankedTensorType::get({}, roundedTo), known);
    return Value::of(cast(known, element));
  }
  case Value::Kind::List: {
    std::vector<double> numbers;
    llvm::SmallVector<int64_t> shape;
    if (!v.items.empty() && collectNumbers(v, numbers, shape)) {
      for (double &number : numbers)
        number = rounded(number);
      return Value::of(constant(numbers, shape));
    }
    if (v.items.empty()) {
      diags.error(at, "an empty list is no tensor");
      return Value::error();
    }
    // Stack along a new first axis. All items must have the same shape.
    std::vector<Value> parts;
    bool anyBatched = false;
    for (const Value &item : v.items) {
      Value t = toTensor(item, at);
      if (t.isError() || t.isUnavailable())
        return t;
      parts.push_back(t);
      anyBatched |= isBatched(t.tensor);
    }
    llvm::SmallVector<int64_t> itemShape(exampleShape(parts[0].tensor));
    llvm::SmallVector<mlir::Value> slabs;
    llvm::SmallVector<int64_t> slabShape{1};
    slabShape.append(itemShape.begin(), itemShape.end());
    for (Value &t : parts) {
      if (exampleShape(t.tensor) != llvm::ArrayRef<int64_t>(itemShape)) {
        diags.error(at, "the elements of this list have different shapes: " + shapeText(itemShape) +
                            " and " + shapeText(exampleShape(t.tensor)));
        return Value::error();
      }
      mlir::Value whole = anyBatched ? batched(t.tensor) : t.tensor;
      slabs.push_back(make<nn::ReshapeOp>(typeOf(slabShape, anyBatched), whole));
    }
    std::vector<std::string> axes = commonAxes(parts);
    axes.insert(axes.begin(), "");
    if (slabs.size() == 1)
      return Value::of(slabs[0], axes);
    slabShape[0] = slabs.size();
    return Value::of(make<nn::ConcatOp>(typeOf(slabShape, anyBatched), slabs, anyBatched ? 1 : 0),
                     axes);
  }
  default: {
    auto e = diags.error(at, "expected a tensor or a number, this is " + v.describe());
    if (v.kind == Value::Kind::Applicable && v.target->kind == Applicable::Kind::Layer)
      e.note("a layer's value is one: `x |> " + v.target->name + "(…)`");
    else if (v.kind == Value::Kind::Applicable && v.target->kind == Applicable::Kind::Model)
      e.note("a model's value is one: `" + v.target->name + "(x)`");
    return Value::error();
  }
  }
}

Value Emitter::argument(const Value &v, Range at) {
  Value t = toTensor(v, at);
  if (!t.isTensor())
    return t;
  mlir::Value own = make<nn::ArgumentOp>(t.tensor.getType(), t.tensor, argumentCount++);
  callsOf[own] = calls;
  if (auto known = origin.find(t.tensor); known != origin.end())
    noteOrigin(own, known->second);
  return Value::of(own, t.axes);
}

Value Emitter::reshape(const Value &a, llvm::ArrayRef<int64_t> shape) {
  auto type = typeOf(shape, isBatched(a.tensor));
  if (type == a.tensor.getType())
    return Value::of(a.tensor);
  return Value::of(make<nn::ReshapeOp>(type, a.tensor));
}

Value Emitter::reduced(const Value &x, llvm::ArrayRef<int64_t> dims, bool keep,
                       llvm::function_ref<mlir::Value(mlir::Type)> make) {
  if (dims.empty())
    return x;
  auto type = llvm::cast<mlir::RankedTensorType>(x.tensor.getType());
  const int64_t lead = isBatched(x.tensor);
  llvm::SmallVector<int64_t> rest, kept;
  std::vector<std::string> axes;
  bool batchReduced = false;
  for (int64_t d = 0; d < type.getRank(); ++d) {
    const bool gone = llvm::is_contained(dims, d);
    batchReduced |= gone && d < lead;
    if (d < lead) {
      if (!gone)
        rest.push_back(type.getDimSize(d));
      continue;
    }
    const std::string name = d - lead < int64_t(x.axes.size()) ? x.axes[d - lead] : "";
    if (!gone)
      rest.push_back(type.getDimSize(d));
    if (!gone || keep) {
      kept.push_back(gone ? 1 : type.getDimSize(d));
      axes.push_back(name);
    }
  }
  auto resultType = mlir::RankedTensorType::get(rest, type.getElementType());
  mlir::Value r = make(resultType);
  if (x.axes.empty())
    axes.clear();
  if (keep) {
    auto keptType = typeOf(kept, lead && !batchReduced);
    if (keptType != r.getType())
      r = OpEmitter::make<nn::ReshapeOp>(keptType, r);
  }
  return Value::of(r, axes);
}

bool Emitter::canCount(double count, Range at, llvm::StringRef what) {
  if (element.isF64() || count <= nn::exactInF32)
    return true;
  diags
      .error(at, what + " counts " + llvm::Twine(int64_t(count)) +
                     " elements, and f32 holds every whole number only up to 16777216")
      .note("`--precision f64` counts further");
  return false;
}

Value Emitter::inElement(Value v) {
  if (v.isTensor())
    v.tensor = cast(v.tensor, element);
  for (Value &item : v.items)
    item = inElement(item);
  return v;
}

Value Emitter::norm(mlir::ValueRange tensors) {
  mlir::Type f64 = b.getF64Type();
  // Squares of f32 numbers fit f64. In f64, divide by the greatest element first.
  mlir::Value top, total;
  if (element.isF64()) {
    for (mlir::Value v : tensors) {
      mlir::Value most = reduceAll<nn::ReduceMaxOp>(Value::of(elementwise<nn::AbsOp>(v))).tensor;
      top = top ? elementwise<nn::MaxOp>({top, most}) : most;
    }
    mlir::Value zero = hostConstant(0), one = hostConstant(1),
                most = hostConstant(std::numeric_limits<double>::max());
    mlir::Value usable = elementwise<nn::MulOp>(
        {elementwise<nn::GtOp>({top, zero}), elementwise<nn::LeOp>({top, most})});
    top = elementwise<nn::SelectOp>({usable, top, one}); // if all are 0, infinite or NaN, divide by
                                                         // 1; the sum below shows it
  }
  for (mlir::Value v : tensors) {
    v = cast(v, f64);
    if (top)
      v = elementwise<nn::DivOp>(
          {v, broadcast(top, llvm::cast<mlir::RankedTensorType>(v.getType()), {})});
    mlir::Value squares =
        reduceAll<nn::ReduceSumOp>(Value::of(elementwise<nn::MulOp>({v, v}))).tensor;
    total = total ? elementwise<nn::AddOp>({total, squares}) : squares;
  }
  mlir::Value root = elementwise<nn::SqrtOp>(total);
  return Value::ofHost(top ? elementwise<nn::MulOp>({root, top}) : root);
}

/// Whether every element is 0 or 1: a comparison, or `and` or `or` of such values.
static bool isTruth(mlir::Value v) {
  mlir::Operation *op = v.getDefiningOp();
  if (!op)
    return false;
  if (llvm::isa<nn::EqOp, nn::NeOp, nn::LtOp, nn::LeOp, nn::GtOp, nn::GeOp>(op))
    return true;
  return llvm::isa<nn::MulOp, nn::MaxOp, nn::BroadcastOp, nn::ReshapeOp>(op) &&
         llvm::all_of(op->getOperands(), isTruth);
}

Value Emitter::truth(const Value &v, Range at) {
  if (v.isKnown())
    return Value::ofBool(v.number != 0);
  if (v.isTensorLike() && isTruth(v.tensor))
    return v;
  return elementwise<nn::NeOp>({v, Value::of(0)}, {at, at}, at);
}

Value Emitter::shapeError(Range at, const llvm::Twine &message, llvm::ArrayRef<Value> operands,
                          llvm::ArrayRef<Range> ranges) {
  auto report = diags.error(at, message);
  for (auto [v, r] : llvm::zip(operands, ranges)) {
    if (!v.isTensor())
      continue;
    report.also(r);
    std::string text = "this is " + shapeText(exampleShape(v.tensor));
    report.note(r, text);
    auto it = origin.find(v.tensor);
    if (it != origin.end() && it->second.begin != r.begin)
      report.note(it->second, "which comes from here");
  }
  return Value::error();
}
