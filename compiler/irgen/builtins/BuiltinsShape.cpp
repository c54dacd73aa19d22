// Builtin functions for random numbers, convolutions, windows and padding: random_*, conv2d,
// windows, window, pad.
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinTypes.h"

#include "runtime/program/statements.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace nnc;

/// Reads one whole number, or a list of `count` of them.
static bool integers(Elaborator &e, const Elaborator::Arg *arg, size_t count, int64_t fallback,
                     llvm::SmallVectorImpl<int64_t> &out, llvm::StringRef what, int64_t least) {
  out.assign(count, fallback);
  if (!arg)
    return true;
  if (arg->value.kind == Value::Kind::List) {
    if (arg->value.items.size() != count) {
      e.diags.error(arg->range, what + " is one number or a list of " + llvm::Twine(count) +
                                    ", one for each axis; this list has " +
                                    llvm::Twine(arg->value.items.size()));
      return false;
    }
    for (size_t i = 0; i < count; ++i)
      if (!e.integerOf(arg->value.items[i], out[i], arg->range, what))
        return false;
  } else {
    int64_t n;
    if (!e.integerOf(arg->value, n, arg->range, what))
      return false;
    out.assign(count, n);
  }
  for (int64_t n : out)
    if (n < least) {
      e.diags.error(arg->range,
                    what + " must be at least " + llvm::Twine(least) + ", not " + llvm::Twine(n));
      return false;
    }
  return true;
}

bool Elaborator::shapeFrom(const Value &v, std::vector<int64_t> &shape, Range at) {
  std::vector<Value> items = v.kind == Value::Kind::List ? v.items : std::vector<Value>{v};
  for (const Value &item : items) {
    int64_t n;
    if (!integerOf(item, n, at, "the size of an axis"))
      return false;
    if (n < 1 || n > (int64_t(1) << 32)) {
      diags.error(at, "an axis of size " + llvm::Twine(n));
      return false;
    }
    shape.push_back(n);
  }
  return true;
}

Value Elaborator::random(llvm::StringRef op, const BuiltinCall &call) {
  const Arg *like = call.named("like"), *shapeArg = call.positional(0);
  Emitter &emit = fn->emit;
  if (column) {
    diags
        .error(
            call.at,
            "a field is computed from its columns alone, so that a row is the same whenever it is "
            "read: nothing is drawn here")
        .note("`augment` draws, anew at each step: `augment x = noise(x)`");
    return Value::error();
  }
  mlir::RankedTensorType type;
  std::vector<std::string> axes;
  if (like) {
    Value v = emit.toTensor(like->value, like->range);
    if (!v.isTensor())
      return v;
    type = llvm::cast<mlir::RankedTensorType>(v.tensor.getType());
    axes = v.axes;
  } else {
    if (!shapeArg) {
      diags.error(call.at, "`" + op + "` needs a shape, or `like = x`");
      return Value::error();
    }
    std::vector<int64_t> shape;
    if (!shapeFrom(shapeArg->value, shape, shapeArg->range))
      return Value::error();
    type = emit.typeOf(shape, fn->batched);
  }
  // The place of this draw is the key of its numbers: the layer, and which draw of the layer it is.
  // A model in the block of an experiment draws the same numbers in every variant, so that only the
  // compared values differ.
  std::string site =
      nnrt::withoutVariant(fn->placement ? fn->placement->path : fn->op().getName().str());
  site +=
      "#" + std::to_string(fn->placement ? fn->placement->randomSites++ : int(fn->applied.size()));
  if (int before = fn->placement ? 0 : fn->randomSites++)
    site += "." + std::to_string(before);
  const int64_t place = int64_t(llvm::xxh3_64bits(site) & 0xffffffffu);
  mlir::Value seed = fn->scalar("seed");
  // Without steps, draws must not depend on how many steps an earlier training has made.
  mlir::Value step = fn->hasClock ? fn->scalar("step") : emit.hostConstant(0);
  llvm::SmallVector<mlir::Value> from{seed, step};
  // Draws also must not depend on the pieces in which rows are evaluated. Each row has the numbers
  // of its position among all rows.
  if (fn->inPieces && !type.getShape().empty() && type.isDynamicDim(0))
    from.push_back(fn->scalar("first_row"));
  const bool normal = op == "random_normal";
  mlir::Operation *draw =
      emit.create(normal ? "nn.random_normal" : "nn.random_uniform", from, type,
                  emit.b.getNamedAttr("place", emit.b.getI64IntegerAttr(place)));
  Value v = Value::of(draw->getResult(0), axes);
  if (op != "random_bernoulli")
    return v;
  const Arg *p = like ? call.either(0, "p") : call.either(1, "p");
  if (p && p->value.isKnown() && !(p->value.number >= 0 && p->value.number <= 1)) {
    std::string message;
    llvm::raw_string_ostream(message)
        << "a probability is from 0 to 1, not " << llvm::format("%g", p->value.number);
    diags.error(p->range, message);
    return Value::error();
  }
  return emit.elementwise("lt", {v, p ? p->value : Value::of(0.5)}, {call.at, call.at}, call.at);
}

/// x: [c, h, w], w: [o, c / groups, kh, kw] -> [o, h', w']: a contraction whose left side has
/// windows.
Value Elaborator::conv2d(const BuiltinCall &call) {
  const Arg *xa = call.positional(0), *wa = call.positional(1);
  Emitter &emit = fn->emit;
  Value x = emit.toTensor(xa->value, xa->range), w = emit.toTensor(wa->value, wa->range);
  if (x.isError() || w.isError())
    return Value::error();
  llvm::SmallVector<int64_t> stride, dilation;
  int64_t groups = 1;
  if (!integers(*this, call.named("stride"), 2, 1, stride, "the stride", 1) ||
      !integers(*this, call.named("dilation"), 2, 1, dilation, "the dilation", 1))
    return Value::error();
  if (const Arg *g = call.named("groups"))
    if (!integerOf(g->value, groups, g->range, "the number of groups"))
      return Value::error();
  auto sx = exampleShape(x.tensor), sw = exampleShape(w.tensor);
  if (sx.size() != 3 || sw.size() != 4)
    return emit.shapeError(call.at, "`conv2d` takes an image [c, h, w] and filters [o, c, kh, kw]",
                           {x, w}, {xa->range, wa->range});
  if (groups < 1 || sx[0] % groups || sw[0] % groups || sw[1] * groups != sx[0])
    return emit.shapeError(call.at,
                           "the image has " + llvm::Twine(sx[0]) +
                               " channels and the filters take " + llvm::Twine(sw[1] * groups),
                           {x, w}, {xa->range, wa->range});
  int64_t out[2];
  for (int i = 0; i < 2; ++i) {
    const int64_t span = dilation[i] * (sw[2 + i] - 1) + 1;
    if (span > sx[1 + i])
      return emit.shapeError(call.at,
                             "a window of " + llvm::Twine(span) +
                                 " does not fit into an image of " + llvm::Twine(sx[1]) + "×" +
                                 llvm::Twine(sx[2]),
                             {x, w}, {xa->range, wa->range});
    out[i] = (sx[1 + i] - span) / stride[i] + 1;
  }
  const bool batch = isBatched(x.tensor);
  const int64_t o = sw[0] / groups, c = sw[1];
  Value xg = groups > 1 ? emit.reshape(x, {groups, c, sx[1], sx[2]}) : x;
  Value wg = groups > 1 ? emit.reshape(w, {groups, o, c, sw[2], sw[3]}) : w;
  llvm::SmallVector<int64_t> sizes;
  llvm::SmallVector<mlir::AffineExpr> mapX, mapW, mapOut;
  auto dim = [&](int64_t size) {
    sizes.push_back(size);
    return emit.b.getAffineDimExpr(sizes.size() - 1);
  };
  if (batch) {
    auto n = dim(-1);
    mapX.push_back(n);
    mapOut.push_back(n);
  }
  llvm::SmallVector<int64_t> resultShape;
  if (groups > 1) {
    auto g = dim(groups);
    mapX.push_back(g);
    mapW.push_back(g);
    mapOut.push_back(g);
    resultShape.push_back(groups);
  }
  auto dO = dim(o), dH = dim(out[0]), dW = dim(out[1]), dC = dim(c), dR = dim(sw[2]),
       dS = dim(sw[3]);
  mapX.append({dC, dH * stride[0] + dR * dilation[0], dW * stride[1] + dS * dilation[1]});
  mapW.append({dO, dC, dR, dS});
  mapOut.append({dO, dH, dW});
  resultShape.append({o, out[0], out[1]});
  auto map = [&](llvm::ArrayRef<mlir::AffineExpr> exprs) {
    return mlir::AffineMap::get(sizes.size(), 0, exprs, emit.b.getContext());
  };
  mlir::Operation *op =
      emit.create("nn.contract", {xg.tensor, wg.tensor}, emit.typeOf(resultShape, batch),
                  {emit.b.getNamedAttr(
                       "maps", emit.b.getAffineMapArrayAttr({map(mapX), map(mapW), map(mapOut)})),
                   emit.attr("sizes", sizes)});
  Value result = emit.reshape(Value::of(op->getResult(0)), {sw[0], out[0], out[1]});
  // The channels of the result are the first axis of the filters, so a bias [channels] is aligned
  // by name.
  if (w.axes.size() == 4 && !w.axes[0].empty()) {
    auto spatial = [&](size_t i) {
      const std::string axis = x.axes.size() == 3 ? x.axes[i] : "";
      return axis.empty() ? axisId(0, "..." + std::to_string(i - 1)) : axis;
    };
    result.axes = {w.axes[0], spatial(1), spatial(2)};
  }
  return result;
}

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
    return emit
        .create("nn.pad", v, whole,
                {emit.attr("low", before), emit.attr("high", after), emit.attr("interior", none)})
        ->getResult(0);
  };
  if (border == 0)
    return pad(x);
  auto splat = [&](double value, mlir::RankedTensorType of) {
    return emit.broadcast(emit.constant(value), of, {});
  };
  return emit.elementwise("select", {pad(splat(1, type)), pad(x), splat(border, whole)});
}

/// windows(x, size, stride, padding, ceil, border): the windows slide along the last two axes and
/// become two additional axes. `padding` elements of value `border` are added on either side. With
/// `ceil`, windows that begin before the right border but reach beyond it are included.
Value Elaborator::windows(const BuiltinCall &call) {
  Emitter &emit = fn->emit;
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
  if (!integers(*this, call.positional(1), 2, 1, size, "the size of a window", 1) ||
      !integers(*this, call.named("stride"), 2, 1, stride, "the stride", 1) ||
      !integers(*this, paddingArg, 2, 0, padding, "the padding", 0))
    return Value::error();
  for (const Arg *known : {ceil, borderArg})
    if (known && !known->value.isKnown()) {
      diags.error(known->range, "`" + known->name + "` must be known before the run; this is " +
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
      diags.error(paddingArg->range,
                  "a padding of " + llvm::Twine(padding[i]) + " is more than half of a window of " +
                      llvm::Twine(size[i]) + ": some windows would hold nothing but border");
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
  mlir::Operation *op =
      emit.create("nn.windows", from, emit.typeOf(result, batch),
                  {emit.attr("dims", {lead + rank - 2, lead + rank - 1}), emit.attr("size", size),
                   emit.attr("stride", stride), emit.attr("dilation", {1, 1})});
  std::vector<std::string> axes = x.axes;
  axes.resize(result.size());
  return Value::of(op->getResult(0), axes);
}

/// window(x, at = offsets, size = [h, w]): the part of the last axes that starts at `offsets`,
/// which may differ between examples.
Value Elaborator::window(const BuiltinCall &call) {
  Emitter &emit = fn->emit;
  const Arg *at = call.named("at"), *sizeArg = call.named("size");
  if (!at || !sizeArg) {
    diags.error(call.at, "`window` needs `at = ` and `size = `");
    return Value::error();
  }
  Value x = emit.toTensor(call.positional(0)->value, call.positional(0)->range);
  Value offsets = emit.toTensor(at->value, at->range);
  if (x.isError() || offsets.isError())
    return Value::error();
  std::vector<int64_t> sizes;
  if (!shapeFrom(sizeArg->value, sizes, sizeArg->range))
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
    diags.error(call.at, "`window` moves each example of a batch; here there is no batch");
    return Value::error();
  }
  mlir::Operation *op =
      emit.create("nn.dynamic_slice", {emit.batched(x.tensor), emit.batched(offsets.tensor)},
                  emit.typeOf(result, true), {emit.attr("dims", dims), emit.attr("sizes", sizes)});
  return Value::of(op->getResult(0), x.axes);
}

/// pad(x, low, high, between): zeros before, after and between the elements of each axis. pad(x,
/// [0, p, p]): on both sides.
Value Elaborator::padded(const BuiltinCall &call) {
  Emitter &emit = fn->emit;
  Value x = emit.toTensor(call.positional(0)->value, call.positional(0)->range);
  if (!x.isTensor())
    return x;
  auto shape = exampleShape(x.tensor);
  llvm::SmallVector<int64_t> low, high, between;
  if (!integers(*this, call.positional(1), shape.size(), 0, low, "the padding", 0))
    return Value::error();
  high = low;
  if (call.positional(2) &&
      !integers(*this, call.positional(2), shape.size(), 0, high, "the padding", 0))
    return Value::error();
  if (!integers(*this, call.positional(3), shape.size(), 0, between, "the padding", 0))
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
  mlir::Operation *op =
      emit.create("nn.pad", x.tensor, emit.typeOf(result, batch),
                  {emit.attr("low", low), emit.attr("high", high), emit.attr("interior", between)});
  return Value::of(op->getResult(0), x.axes);
}
