// Builtin functions for windows and padding: windows, window, pad.
#include "compiler/irgen/builtins/Arguments.h"
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

/// `x` with `low` additional elements of value `border` before and `high` after those of each of
/// its last axes.
static mlir::Value bordered(Emitter &emit, mlir::Value x, llvm::ArrayRef<int64_t> low,
                            llvm::ArrayRef<int64_t> high, double border) {
  auto type = llvm::cast<mlir::RankedTensorType>(x.getType());
  const int64_t rank = type.getRank();
  llvm::SmallVector<int64_t> before(rank, 0), after(rank, 0), none(rank, 0), sizes(type.getShape());
  const int64_t first = rank - int64_t(low.size());
  for (size_t i = 0; i < low.size(); ++i) {
    before[first + i] = low[i];
    after[first + i] = high[i];
    sizes[first + i] += low[i] + high[i];
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

namespace {
/// Windows along the last axes of a tensor: a number for each of these.
struct WindowGrid {
  llvm::SmallVector<int64_t> size, stride, padding;
  bool partial = false;   // windows may reach beyond the right border
  bool hasBorder = false; // the border has a value that is not the elements' own
};
} // namespace

/// Reads how windows lie. A list of sizes says along how many of the last axes they slide.
static bool readGrid(Elaborator &elab, const BuiltinCall &call, WindowGrid &grid) {
  const Arg *size = call.positional(1), *ceil = call.named("ceil"), *border = call.named("border");
  const size_t axes =
      size->value.kind == Value::Kind::List ? flatItemsOf(size->value).size() : size_t(2);
  if (!integers(elab, size, axes, 1, grid.size, "the size of a window", 1) ||
      !integers(elab, call.named("stride"), axes, 1, grid.stride, "the stride", 1) ||
      !integers(elab, call.named("padding"), axes, 0, grid.padding, "the padding", 0))
    return false;
  for (const Arg *known : {ceil, border})
    if (known && !elab.knownNumber(known->value)) {
      elab.diags.error(known->range, "`" + known->name +
                                         "` must be known before the run; this is " +
                                         known->value.describe());
      return false;
    }
  grid.partial = ceil && ceil->value.number != 0;
  grid.hasBorder = border;
  return true;
}

/// The number of windows along axis `i`, which has `n` elements; `after`: how many elements are to
/// be added at its end. Nothing after an error.
static std::optional<int64_t> countWindows(Elaborator &elab, const BuiltinCall &call,
                                           const WindowGrid &grid, size_t i, const Value &x,
                                           int64_t n, int64_t &after) {
  const int64_t size = grid.size[i], stride = grid.stride[i], padding = grid.padding[i],
                whole = n + 2 * padding;
  if (grid.hasBorder && 2 * padding > size) {
    elab.diags.error(call.named("padding")->range,
                     "a padding of " + llvm::Twine(padding) + " is more than half of a window of " +
                         llvm::Twine(size) + ": some windows would hold nothing but border");
    return std::nullopt;
  }
  if (size > whole) {
    elab.fn->emit.shapeError(call.at,
                             "a window of " + llvm::Twine(size) + " does not fit into an axis of " +
                                 llvm::Twine(whole),
                             x, call.positional(0)->range);
    return std::nullopt;
  }
  int64_t count = (whole - size) / stride + 1;
  // Count as PyTorch does: one more window if something remains, unless it would begin in the right
  // border.
  if (grid.partial && (whole - size) % stride != 0 && count * stride < n + padding)
    ++count;
  after = padding + std::max<int64_t>(0, (count - 1) * stride + size - whole);
  return count;
}

/// windows(x, size, stride, padding, ceil, border): the windows slide along the last axes, two of
/// them if `size` is a number, and become as many additional axes. `padding` elements of value
/// `border` are added on either side. With `ceil`, windows that begin before the right border but
/// reach beyond it are included.
Value nnc::buildWindows(Elaborator &elab, const BuiltinCall &call) {
  Emitter &emit = elab.fn->emit;
  Value x = emit.toTensor(call.positional(0)->value, call.positional(0)->range);
  if (!x.isTensor())
    return x;
  auto shape = exampleShape(x.tensor);
  WindowGrid grid;
  if (!readGrid(elab, call, grid))
    return Value::error();
  const int64_t axes = grid.size.size(), rank = shape.size();
  if (rank < axes)
    return emit.shapeError(call.at,
                           "a window slides over the last " +
                               llvm::Twine(axes == 1   ? "axis"
                                           : axes == 2 ? "two axes"
                                                       : std::to_string(axes) + " axes") +
                               ", and there are fewer",
                           x, call.positional(0)->range);
  const Arg *borderArg = call.named("border");
  const double border = borderArg ? borderArg->value.number : 0;
  const bool batch = isBatched(x.tensor);
  llvm::SmallVector<int64_t> result(shape), after(axes, 0), slid, dense(axes, 1);
  for (int64_t i = 0; i < axes; ++i) {
    int64_t &n = result[rank - axes + i];
    std::optional<int64_t> count = countWindows(elab, call, grid, i, x, n, after[i]);
    if (!count)
      return Value::error();
    n = *count;
    slid.push_back(batch + rank - axes + i);
  }
  result.append(grid.size.begin(), grid.size.end());
  mlir::Value from = x.tensor;
  if (llvm::any_of(llvm::concat<const int64_t>(grid.padding, after),
                   [](int64_t n) { return n != 0; }))
    from = bordered(emit, from, grid.padding, after, border);
  auto windows = emit.make<nn::WindowsOp>(emit.typeOf(result, batch), from, slid, grid.size,
                                          grid.stride, dense);
  std::vector<std::string> names = x.axes;
  names.resize(result.size());
  return Value::of(windows, names);
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

/// Elements first, first + step, … of dim `dim`, `count` of them; step is 1, 0 or -1.
static mlir::Value runOf(Emitter &emit, mlir::Value x, int64_t dim, int64_t first, int64_t step,
                         int64_t count) {
  auto type = llvm::cast<mlir::RankedTensorType>(x.getType());
  const int64_t rank = type.getRank(), taken = step == 0 ? 1 : count,
                from = step < 0 ? first - (count - 1) : first;
  llvm::SmallVector<int64_t> start(rank, 0), limit, stride(rank, 1), sizes(type.getShape());
  for (int64_t size : sizes)
    limit.push_back(mlir::ShapedType::isDynamic(size) ? -1 : size);
  start[dim] = from;
  limit[dim] = from + taken;
  sizes[dim] = taken;
  auto part = mlir::RankedTensorType::get(sizes, type.getElementType());
  mlir::Value run = emit.make<nn::SliceOp>(part, x, start, limit, stride);
  if (step < 0)
    return emit.make<nn::ReverseOp>(part, run, llvm::ArrayRef<int64_t>{dim});
  if (count == taken)
    return run;
  sizes[dim] = count;
  return emit.make<nn::ConcatOp>(mlir::RankedTensorType::get(sizes, type.getElementType()),
                                 llvm::SmallVector<mlir::Value>(count, run), dim);
}

/// The elements of dim `dim` at `places`, as runs of neighbours.
static mlir::Value elementsAt(Emitter &emit, mlir::Value x, int64_t dim,
                              llvm::ArrayRef<int64_t> places) {
  llvm::SmallVector<mlir::Value> runs;
  for (size_t i = 0; i < places.size();) {
    size_t end = i + 1;
    const int64_t step = end < places.size() ? places[end] - places[i] : 1;
    if (step >= -1 && step <= 1)
      while (end < places.size() && places[end] - places[end - 1] == step)
        ++end;
    runs.push_back(runOf(emit, x, dim, places[i], end == i + 1 ? 1 : step, int64_t(end - i)));
    i = end;
  }
  if (runs.size() == 1)
    return runs[0];
  auto type = llvm::cast<mlir::RankedTensorType>(x.getType());
  llvm::SmallVector<int64_t> sizes(type.getShape());
  sizes[dim] = places.size();
  return emit.make<nn::ConcatOp>(mlir::RankedTensorType::get(sizes, type.getElementType()), runs,
                                 dim);
}

/// x with elements of its own around it: `mode(i, n)` says which of an axis' n elements stands at
/// place i, which is below 0 or above n - 1.
static Value padWith(Elaborator &elab, const BuiltinCall &call, const Value &x,
                     llvm::ArrayRef<int64_t> low, llvm::ArrayRef<int64_t> high) {
  const Arg &mode = *call.named("mode");
  mlir::Value padded = x.tensor;
  for (auto [axis, n] : llvm::enumerate(exampleShape(x.tensor))) {
    if (low[axis] == 0 && high[axis] == 0)
      continue;
    llvm::SmallVector<int64_t> places;
    for (int64_t i = -low[axis]; i < n + high[axis]; ++i) {
      int64_t place = i;
      const Arg at[] = {{"", Value::of(double(i)), mode.range},
                        {"", Value::of(double(n)), mode.range}};
      if ((i < 0 || i >= n) && !elab.integerOf(elab.call(mode.value, at, mode.range), place,
                                               mode.range, "what `mode` gives"))
        return Value::error();
      if (place < 0 || place >= n) {
        elab.diags.error(mode.range, "for place " + llvm::Twine(i) + " of an axis of " +
                                         llvm::Twine(n) + " `mode` gives " + llvm::Twine(place) +
                                         ", where there is no element");
        return Value::error();
      }
      places.push_back(place);
    }
    padded = elementsAt(elab.fn->emit, padded, int64_t(axis) + isBatched(padded), places);
  }
  return Value::of(padded, x.axes);
}

/// pad(x, low, high, between): zeros before, after and between the elements of each axis. pad(x,
/// [0, p, p]): on both sides. With `mode`, elements of x instead of zeros.
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
  if (const Arg *mode = call.named("mode"); mode && mode->value.kind != Value::Kind::None) {
    if (mode->value.kind != Value::Kind::Applicable) {
      elab.diags.error(mode->range, "`mode` is reflect, replicate, wrap, or a function (i, n) that "
                                    "gives a place from 0 to n - 1; this is " +
                                        mode->value.describe());
      return Value::error();
    }
    if (!none(between)) {
      elab.diags.error(mode->range, "zeros between elements and a `mode` exclude each other");
      return Value::error();
    }
    return padWith(elab, call, x, low, high);
  }
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
