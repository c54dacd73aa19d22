// The interpreter's contractions: every point of the loop space adds one pair of elements.
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "test/interpreter/Interpreter.h"
#include <cmath>
#include <limits>

namespace nnc::reference {

static Shape apply(mlir::AffineMap map, const Shape &point) {
  auto at = map.compose(llvm::ArrayRef<int64_t>(point.data(), point.size()));
  return Shape(at.begin(), at.end());
}

/// The contraction that begins with `initial`, and takes in each pair with `step`(state, a, b).
template <class Step> static Semantics contraction(double initial, Step step) {
  return [initial, step](const Call &call) {
    auto maps = mlir::cast<mlir::ArrayAttr>(call.op->getAttr("maps"));
    auto map = [&](unsigned i) { return mlir::cast<mlir::AffineMapAttr>(maps[i]).getValue(); };
    Shape loops = call.list("sizes");
    for (int64_t &size : loops)
      if (size < 0)
        size = call.batch;
    Tensor result(call.resultShape, initial);
    forEachIndex(loops, [&](const Shape &point) {
      step(result(apply(map(2), point)), call.operand(0)(apply(map(0), point)),
           call.operand(1)(apply(map(1), point)));
    });
    return result;
  };
}

void addContraction(Table &table) {
  table["nn.contract"] = contraction(0, [](double &y, double a, double b) { y += a * b; });
  table["nn.max_plus"] =
      contraction(-std::numeric_limits<double>::infinity(), [](double &y, double a, double b) {
        if (!(a + b <= y) && !std::isnan(y)) // greater, or the first NaN
          y = a + b;
      });
}

} // namespace nnc::reference
