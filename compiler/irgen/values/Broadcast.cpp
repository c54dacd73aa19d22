// Implements broadcasting. Axes named in one declaration are aligned by name, all others from the
// right as in NumPy. The batch is separate from the axes of an example.
#include "compiler/irgen/values/Emitter.h"

#include "mlir/IR/BuiltinTypes.h"

#include <set>

using namespace nnc;

/// The common shape of several operands, and how their axes are aligned with it.
struct Emitter::Joint {
  llvm::SmallVector<int64_t> shape;
  std::vector<std::string> axes;
  bool batched = false;
  bool byName = false;
};

/// Whether all axes are named (those of the widest operand need not be), and no two have the same
/// name.
static bool isNamed(const Value &v, bool widest) {
  std::set<std::string> seen;
  if (v.axes.size() != exampleShape(v.tensor).size())
    return false;
  for (const std::string &axis : v.axes)
    if (axis.empty() ? !widest : !seen.insert(axisIdOfName(axis)).second)
      return false;
  return !seen.empty();
}

/// Whether the axes of b are those of a in another order. Then one of the two is transposed.
static bool reordered(const Value &a, const Value &b) {
  return a.axes.size() == b.axes.size() && a.axes != b.axes && !llvm::is_contained(a.axes, "") &&
         std::is_permutation(a.axes.begin(), a.axes.end(), b.axes.begin());
}

/// The axis of `joint` with which axis i of v is aligned.
static int64_t axisOf(const Value &v, size_t i, llvm::ArrayRef<std::string> jointAxes, bool byName,
                      size_t jointRank) {
  if (byName && !v.axisAt(i).empty())
    return llvm::find(jointAxes, v.axes[i]) - jointAxes.begin();
  return jointRank - exampleShape(v.tensor).size() + i;
}

bool Emitter::join(llvm::ArrayRef<Value> operands, Joint &joint) {
  // Align by name if all axes of every other operand are named, and are among those of the widest.
  const Value *widest = nullptr;
  for (const Value &v : operands) {
    joint.batched |= isBatched(v.tensor);
    if (!widest || exampleShape(v.tensor).size() > exampleShape(widest->tensor).size())
      widest = &v;
  }
  joint.byName = isNamed(*widest, /*widest=*/true);
  for (const Value &v : operands) {
    if (exampleShape(v.tensor).empty())
      continue;
    joint.byName &= isNamed(v, &v == widest);
    if (joint.byName)
      for (const std::string &name : v.axes)
        joint.byName &= llvm::is_contained(widest->axes, name);
  }
  joint.shape.assign(exampleShape(widest->tensor).size(), 1);
  joint.axes = widest->axes;
  for (const Value &v : operands) {
    auto shape = exampleShape(v.tensor);
    for (size_t i = 0; i < shape.size(); ++i) {
      int64_t &size = joint.shape[axisOf(v, i, joint.axes, joint.byName, joint.shape.size())];
      if (shape[i] == 1)
        continue;
      if (size != 1 && size != shape[i])
        return false;
      size = shape[i];
    }
  }
  return true;
}

mlir::Value Emitter::spread(const Value &v, const Joint &joint) {
  auto type = typeOf(joint.shape, joint.batched);
  auto shape = exampleShape(v.tensor);
  const int64_t lead = joint.batched;
  llvm::SmallVector<int64_t> dims, squeezed;
  const bool own = isBatched(v.tensor);
  if (own)
    dims.push_back(0);
  for (size_t i = 0; i < shape.size(); ++i) {
    const int64_t to = axisOf(v, i, joint.axes, joint.byName, joint.shape.size());
    if (shape[i] == 1 && joint.shape[to] != 1)
      continue; // repeated: drop the axis; broadcast adds it again
    squeezed.push_back(shape[i]);
    dims.push_back(lead + to);
  }
  mlir::Value t = v.tensor;
  auto squeezedType = typeOf(squeezed, own);
  if (squeezedType != t.getType())
    t = make<nn::ReshapeOp>(squeezedType, t);
  if (t.getType() == type && llvm::is_sorted(dims))
    return t;
  if (!llvm::is_sorted(dims)) {
    // Names in another order: broadcast needs ascending dims, so transpose first.
    llvm::SmallVector<int64_t> perm(dims.size());
    for (size_t i = 0; i < dims.size(); ++i)
      perm[i] = i;
    llvm::sort(perm, [&](int64_t x, int64_t y) { return dims[x] < dims[y]; });
    auto from = llvm::cast<mlir::RankedTensorType>(t.getType());
    llvm::SmallVector<int64_t> sizes;
    for (int64_t p : perm)
      sizes.push_back(from.getDimSize(p));
    t = make<nn::TransposeOp>(mlir::RankedTensorType::get(sizes, element), t, perm);
    llvm::sort(dims);
  }
  return broadcast(t, type, dims);
}

mlir::Value Emitter::stretched(const Value &v, llvm::ArrayRef<int64_t> shape, bool batched) {
  Joint joint;
  joint.shape.assign(shape.begin(), shape.end());
  joint.batched = batched;
  return spread(v, joint);
}

Value Emitter::elementwise(const nn::ElementwiseOp &op, llvm::ArrayRef<Value> operands,
                           llvm::ArrayRef<Range> ranges, Range at) {
  bool host = true;
  for (const Value &v : operands) {
    if (v.isError())
      return v;
    if (v.isUnavailable())
      return v;
    host &= v.isKnown() || v.isHostScalar();
  }
  if (host) {
    llvm::SmallVector<mlir::Value> scalars;
    for (const Value &v : operands)
      scalars.push_back(toHost(v));
    return Value::ofHost(elementwise(op, scalars));
  }
  llvm::SmallVector<Value> tensors;
  for (auto [v, r] : llvm::zip(operands, ranges)) {
    tensors.push_back(toTensor(v, r));
    if (tensors.back().isError())
      return Value::error();
  }
  Joint joint;
  const bool fits = join(tensors, joint);
  for (const Value &v : tensors)
    for (const Value &w : tensors)
      if (v.turned != Value::Turned::No && w.turned == Value::Turned::No && reordered(v, w) &&
          (joint.byName || v.turned == Value::Turned::ByMark))
        turnedMeetings.push_back({at, joint.byName});
  if (!fits) {
    std::string shapes;
    for (size_t i = 0; i < tensors.size(); ++i)
      shapes += (i ? i + 1 == tensors.size() ? " and " : ", " : "") +
                shapeText(exampleShape(tensors[i].tensor));
    return shapeError(at, "shapes " + shapes + " do not fit together", tensors, ranges);
  }
  llvm::SmallVector<mlir::Value> values;
  for (const Value &v : tensors)
    values.push_back(spread(v, joint));
  Value result = Value::of(elementwise(op, values), joint.axes);
  // A value computed from a transpose and numbers counts as transposed.
  auto hasAxes = [](const Value &v) { return !exampleShape(v.tensor).empty(); };
  if (llvm::count_if(tensors, hasAxes) == 1)
    result.turned = llvm::find_if(tensors, hasAxes)->turned;
  return result;
}
