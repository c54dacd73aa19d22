// Builtin functions for windows and padding: windows, window, pad.
#include "compiler/irgen/builtins/Arguments.h"
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

/// `x` with `low` additional elements of value `border` before and `high` after those of each of
/// its last two axes.
static mlir::Value bordered(Emitter &emit, mlir::Value x, llvm::ArrayRef<int64_t> low,
                            llvm::ArrayRef<int64_t> high, double border) {
  auto type = llvm::cast<mlir::RankedTensorType>(x.getType());
  const int64_t rank = type.getRank();
  llvm::SmallVector<int64_t> before(rank, 0), after(rank, 0), none(rank, 0), sizes(type.getShape());
  for (int i = 0; i < 2; ++i) {
    before[rank - 2 + i] = low[i];
    after[rank - 2 + i] = high[i];
    sizes[rank - 2 + i] += low[i] + high[i];
  }
  auto whole = mlir::RankedTensorType::get(sizes, type.getElementType());
  auto pad = [&](mlir::Value v) {
    return emit.make<nn::PadOp>(whole, v, before, after, none).getResult();
  };
  if (border == 0)
    return pad(x);
  auto splat = [&](double value, mlir::RankedTensorType of) {
    return emit.broadcast(emit.constant(value), of, {});
  };
  return emit.elementwise<nn::SelectOp>({pad(splat(1, type)), pad(x), splat(border, whole)});
}

/// windows(x, size, stride, padding, ceil, border): the windows slide along the last two axes and
/// become two additional axes. `padding` elements of value `border` are added on either side. With
/// `ceil`, windows that begin before the right border but reach beyond it are included.
Value nnc::buildWindows(Elaborator &elab, const BuiltinCall &call) {
  Emitter &emit = elab.fn->emit;
  Value x = emit.toTensor(call.positional(0)->value, call.positional(0)->range);
  if (!x.isTensor())
    return x;
  auto shape = exampleShape(x.tensor);
  if (shape.size() < 2)
    return emit.shapeError(call.at, "a window slides over the last two axes, and there are fewer",
                           x, call.positional(0)->range);
  llvm::SmallVector<int64_t> size, stride, padding;
  const Arg *paddingArg = call.named("padding"), *ceil = call.named("ceil"),
            *borderArg = call.named("border");
  if (!integers(elab, call.positional(1), 2, 1, size, "the size of a window", 1) ||
      !integers(elab, call.named("stride"), 2, 1, stride, "the stride", 1) ||
      !integers(elab, paddingArg, 2, 0, padding, "the padding", 0))
    return Value::error();
  for (const Arg *known : {ceil, borderArg})
    if (known && !elab.knownNumber(known->value)) {
      elab.diags.error(known->range, "`" + known->name +
                                         "` must be known before the run; this is " +
                                         known->value.describe());
      return Value::error();
    }
  const double border = borderArg ? borderArg->value.number : 0;
  const bool batch = isBatched(x.tensor), partial = ceil && ceil->value.number != 0;
  const int64_t lead = batch, rank = shape.size();
  llvm::SmallVector<int64_t> result(shape), after(padding);
  for (int i = 0; i < 2; ++i) {
    int64_t &n = result[rank - 2 + i];
    const int64_t whole = n + 2 * padding[i];
    if (borderArg && 2 * padding[i] > size[i]) {
      elab.diags.error(paddingArg->range, "a padding of " + llvm::Twine(padding[i]) +
                                              " is more than half of a window of " +
                                              llvm::Twine(size[i]) +
                                              ": some windows would hold nothing but border");
      return Value::error();
    }
    if (size[i] > whole)
      return emit.shapeError(call.at,
                             "a window of " + llvm::Twine(size[i]) +
                                 " does not fit into an axis of " + llvm::Twine(whole),
                             x, call.positional(0)->range);
    int64_t count = (whole - size[i]) / stride[i] + 1;
    // Count as PyTorch does: one more window if something remains, unless it would begin in the
    // right border.
    if (partial && (whole - size[i]) % stride[i] != 0 && count * stride[i] < n + padding[i])
      ++count;
    after[i] += std::max<int64_t>(0, (count - 1) * stride[i] + size[i] - whole);
    n = count;
  }
  result.append(size.begin(), size.end());
  mlir::Value from = x.tensor;
  if (llvm::any_of(llvm::concat<const int64_t>(padding, after), [](int64_t n) { return n != 0; }))
    from = bordered(emit, from, padding, after, border);
  const int64_t slid[] = {lead + rank - 2, lead + rank - 1}, dense[] = {1, 1};
  auto windows =
      emit.make<nn::WindowsOp>(emit.typeOf(result, batch), from, slid, size, stride, dense);
  std::vector<std::string> axes = x.axes;
  axes.resize(result.size());
  return Value::of(windows, axes);
}

/// window(x, at = offsets, size = [h, w]): the part of the last axes that starts at `offsets`,
/// which may differ between examples.
Value nnc::buildWindow(Elaborator &elab, const BuiltinCall &call) {
  Emitter &emit = elab.fn->emit;
  const Arg *at = call.named("at"), *sizeArg = call.named("size");
  if (!at || !sizeArg) {
    elab.diags.error(call.at, "`window` needs `at = ` and `size = `");
    return Value::error();
  }
  Value x = emit.toTensor(call.positional(0)->value, call.positional(0)->range);
  Value offsets = emit.toTensor(at->value, at->range);
  if (x.isError() || offsets.isError())
    return Value::error();
  std::vector<int64_t> sizes;
  if (!shapeFrom(elab, sizeArg->value, sizes, sizeArg->range))
    return Value::error();
  auto shape = exampleShape(x.tensor);
  const int64_t k = sizes.size(), rank = shape.size();
  if (k > rank || exampleShape(offsets.tensor) != llvm::ArrayRef<int64_t>{k})
    return emit.shapeError(call.at,
                           "`window` needs one offset and one size for each of the last axes",
                           {x, offsets}, {call.positional(0)->range, at->range});
  llvm::SmallVector<int64_t> result(shape), dims;
  const bool batch = isBatched(x.tensor) || isBatched(offsets.tensor);
  for (int64_t i = 0; i < k; ++i) {
    if (sizes[i] > shape[rank - k + i])
      return emit.shapeError(sizeArg->range,
                             "a window of " + llvm::Twine(sizes[i]) +
                                 " does not fit into an axis of " +
                                 llvm::Twine(shape[rank - k + i]),
                             x, call.positional(0)->range);
    result[rank - k + i] = sizes[i];
    dims.push_back(rank - k + i + 1);
  }
  if (!batch) {
    elab.diags.error(call.at, "`window` moves each example of a batch; here there is no batch");
    return Value::error();
  }
  mlir::Value whole = emit.batched(x.tensor), from = emit.batched(offsets.tensor);
  return Value::of(
      emit.make<nn::DynamicSliceOp>(emit.typeOf(result, true), whole, from, dims, sizes), x.axes);
}

/// pad(x, low, high, between): zeros before, after and between the elements of each axis. pad(x,
/// [0, p, p]): on both sides.
Value nnc::buildPad(Elaborator &elab, const BuiltinCall &call) {
  Emitter &emit = elab.fn->emit;
  Value x = emit.toTensor(call.positional(0)->value, call.positional(0)->range);
  if (!x.isTensor())
    return x;
  auto shape = exampleShape(x.tensor);
  llvm::SmallVector<int64_t> low, high, between;
  if (!integers(elab, call.positional(1), shape.size(), 0, low, "the padding", 0))
    return Value::error();
  high = low;
  if (call.positional(2) &&
      !integers(elab, call.positional(2), shape.size(), 0, high, "the padding", 0))
    return Value::error();
  if (!integers(elab, call.positional(3), shape.size(), 0, between, "the padding", 0))
    return Value::error();
  auto none = [](llvm::ArrayRef<int64_t> zeros) {
    return llvm::all_of(zeros, [](int64_t n) { return n == 0; });
  };
  if (none(low) && none(high) && none(between))
    return x;
  llvm::SmallVector<int64_t> result;
  for (size_t i = 0; i < shape.size(); ++i)
    result.push_back(low[i] + shape[i] + (shape[i] - 1) * between[i] + high[i]);
  const bool batch = isBatched(x.tensor);
  if (batch) {
    low.insert(low.begin(), 0);
    high.insert(high.begin(), 0);
    between.insert(between.begin(), 0);
  }
  return Value::of(emit.make<nn::PadOp>(emit.typeOf(result, batch), x.tensor, low, high, between),
                   x.axes);
}
