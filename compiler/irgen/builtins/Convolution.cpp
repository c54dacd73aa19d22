// The builtin function convolve: convolutions along any number of axes.
#include "compiler/irgen/builtins/Arguments.h"
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

/// The contraction of x: [g, c, n…] with the filters w: [g, o, c, k…]; there is no axis g if
/// `groups` is 1. `out` has the sizes of the result along the axes n….
static mlir::Value contraction(Emitter &emit, mlir::Value x, mlir::Value w, int64_t groups,
                               llvm::ArrayRef<int64_t> out, llvm::ArrayRef<int64_t> stride,
                               llvm::ArrayRef<int64_t> dilation) {
  const bool batch = isBatched(x);
  llvm::ArrayRef<int64_t> filters = exampleShape(w).take_back(out.size() + 2);
  const int64_t o = filters[0], c = filters[1];
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
  auto dO = dim(o);
  mapW.push_back(dO);
  mapOut.push_back(dO);
  resultShape.push_back(o);
  for (int64_t size : out) {
    mapOut.push_back(dim(size));
    resultShape.push_back(size);
  }
  llvm::ArrayRef<mlir::AffineExpr> places = llvm::ArrayRef(mapOut).take_back(out.size());
  auto dC = dim(c);
  mapX.push_back(dC);
  mapW.push_back(dC);
  for (size_t i = 0; i < out.size(); ++i) {
    auto inside = dim(filters[2 + i]);
    mapX.push_back(places[i] * stride[i] + inside * dilation[i]);
    mapW.push_back(inside);
  }
  auto map = [&](llvm::ArrayRef<mlir::AffineExpr> exprs) {
    return mlir::AffineMap::get(sizes.size(), 0, exprs, emit.b.getContext());
  };
  return emit.make<nn::ContractOp>(
      emit.typeOf(resultShape, batch), x, w,
      emit.b.getAffineMapArrayAttr({map(mapX), map(mapW), map(mapOut)}), sizes);
}

/// "4", "4×5"
static std::string sizesText(llvm::ArrayRef<int64_t> sizes) {
  return llvm::join(llvm::map_range(sizes, [](int64_t n) { return std::to_string(n); }), "×");
}

/// The axes of the result: its channels are the first axis of the filters, so a bias [channels] is
/// aligned by name.
static std::vector<std::string> axesOf(const Value &x, const Value &w) {
  const size_t rank = exampleShape(x.tensor).size();
  if (w.axisAt(0).empty())
    return {};
  std::vector<std::string> axes{w.axisAt(0)};
  for (size_t i = 1; i < rank; ++i)
    axes.push_back(x.axisAt(i).empty() ? axisId(0, "..." + std::to_string(i - 1)) : x.axisAt(i));
  return axes;
}

/// x: [c, n…], w: [o, c / groups, k…] -> [o, n'…]: a contraction whose left side has windows.
Value nnc::buildConvolve(Elaborator &elab, const BuiltinCall &call) {
  const Arg *xa = call.positional(0), *wa = call.positional(1);
  Emitter &emit = elab.fn->emit;
  Value x = emit.toTensor(xa->value, xa->range), w = emit.toTensor(wa->value, wa->range);
  if (x.isError() || w.isError())
    return Value::error();
  auto sx = exampleShape(x.tensor), sw = exampleShape(w.tensor);
  if (sx.size() < 2 || sx.size() > 4 || sw.size() != sx.size() + 1)
    return emit.shapeError(
        call.at,
        "`convolve` takes [c, w], [c, h, w] or [c, d, h, w], and filters [o, c, …] with an axis of "
        "the window for each axis but the first",
        {x, w}, {xa->range, wa->range});
  const size_t axes = sx.size() - 1;
  llvm::SmallVector<int64_t> stride, dilation;
  int64_t groups = 1;
  if (!integers(elab, call.named("stride"), axes, 1, stride, "the stride", 1) ||
      !integers(elab, call.named("dilation"), axes, 1, dilation, "the dilation", 1))
    return Value::error();
  if (const Arg *g = call.named("groups"))
    if (!elab.integerOf(g->value, groups, g->range, "the number of groups"))
      return Value::error();
  if (groups < 1 || sx[0] % groups || sw[0] % groups || sw[1] * groups != sx[0])
    return emit.shapeError(call.at,
                           "the input has " + llvm::Twine(sx[0]) +
                               " channels and the filters take " + llvm::Twine(sw[1] * groups),
                           {x, w}, {xa->range, wa->range});
  llvm::SmallVector<int64_t> out;
  for (size_t i = 0; i < axes; ++i) {
    const int64_t span = dilation[i] * (sw[2 + i] - 1) + 1;
    if (span > sx[1 + i])
      return emit.shapeError(call.at,
                             "a window of " + llvm::Twine(span) + " does not fit into an axis of " +
                                 llvm::Twine(sx[1 + i]) + " (of " + sizesText(sx.drop_front()) +
                                 ")",
                             {x, w}, {xa->range, wa->range});
    out.push_back((sx[1 + i] - span) / stride[i] + 1);
  }
  auto split = [&](const Value &v, llvm::SmallVector<int64_t> shape) {
    if (groups > 1)
      shape.insert(shape.begin(), groups);
    return emit.reshape(v, shape);
  };
  llvm::SmallVector<int64_t> ofX(sx), ofW(sw), result{sw[0]};
  ofX[0] /= groups;
  ofW[0] /= groups;
  llvm::append_range(result, out);
  Value xg = groups > 1 ? split(x, ofX) : x, wg = groups > 1 ? split(w, ofW) : w;
  mlir::Value made = contraction(emit, xg.tensor, wg.tensor, groups, out, stride, dilation);
  Value whole = emit.reshape(Value::of(made), result);
  whole.axes = axesOf(x, w);
  return whole;
}
