// The builtin function conv2d.
#include "compiler/irgen/builtins/Arguments.h"
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/AffineExpr.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

/// The contraction of the images x: [g, c, h, w] with the filters w: [g, o, c, kh, kw]; there is no
/// axis g if `groups` is 1. `out` is the size of the result.
static mlir::Value contraction(Emitter &emit, mlir::Value x, mlir::Value w, int64_t groups,
                               llvm::ArrayRef<int64_t> out, llvm::ArrayRef<int64_t> stride,
                               llvm::ArrayRef<int64_t> dilation) {
  const bool batch = isBatched(x);
  llvm::ArrayRef<int64_t> filters = exampleShape(w).take_back(4);
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
  auto dO = dim(o), dH = dim(out[0]), dW = dim(out[1]), dC = dim(c), dR = dim(filters[2]),
       dS = dim(filters[3]);
  mapX.append({dC, dH * stride[0] + dR * dilation[0], dW * stride[1] + dS * dilation[1]});
  mapW.append({dO, dC, dR, dS});
  mapOut.append({dO, dH, dW});
  resultShape.append({o, out[0], out[1]});
  auto map = [&](llvm::ArrayRef<mlir::AffineExpr> exprs) {
    return mlir::AffineMap::get(sizes.size(), 0, exprs, emit.b.getContext());
  };
  return emit.make<nn::ContractOp>(
      emit.typeOf(resultShape, batch), x, w,
      emit.b.getAffineMapArrayAttr({map(mapX), map(mapW), map(mapOut)}), sizes);
}

/// x: [c, h, w], w: [o, c / groups, kh, kw] -> [o, h', w']: a contraction whose left side has
/// windows.
Value nnc::buildConv2d(Elaborator &elab, const BuiltinCall &call) {
  const Arg *xa = call.positional(0), *wa = call.positional(1);
  Emitter &emit = elab.fn->emit;
  Value x = emit.toTensor(xa->value, xa->range), w = emit.toTensor(wa->value, wa->range);
  if (x.isError() || w.isError())
    return Value::error();
  llvm::SmallVector<int64_t> stride, dilation;
  int64_t groups = 1;
  if (!integers(elab, call.named("stride"), 2, 1, stride, "the stride", 1) ||
      !integers(elab, call.named("dilation"), 2, 1, dilation, "the dilation", 1))
    return Value::error();
  if (const Arg *g = call.named("groups"))
    if (!elab.integerOf(g->value, groups, g->range, "the number of groups"))
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
  const int64_t o = sw[0] / groups, c = sw[1];
  Value xg = groups > 1 ? emit.reshape(x, {groups, c, sx[1], sx[2]}) : x;
  Value wg = groups > 1 ? emit.reshape(w, {groups, o, c, sw[2], sw[3]}) : w;
  mlir::Value made =
      contraction(emit, xg.tensor, wg.tensor, groups, {out[0], out[1]}, stride, dilation);
  Value result = emit.reshape(Value::of(made), {sw[0], out[0], out[1]});
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
