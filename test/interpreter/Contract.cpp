// The interpreter's contraction: every point of the loop space adds one product.
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "test/interpreter/Interpreter.h"

namespace nnc::reference {

static Shape apply(mlir::AffineMap map, const Shape &point) {
  auto at = map.compose(llvm::ArrayRef<int64_t>(point.data(), point.size()));
  return Shape(at.begin(), at.end());
}

void addContraction(Table &table) {
  table["nn.contract"] = [](const Call &call) {
    auto maps = mlir::cast<mlir::ArrayAttr>(call.op->getAttr("maps"));
    auto map = [&](unsigned i) { return mlir::cast<mlir::AffineMapAttr>(maps[i]).getValue(); };
    Shape loops = call.list("sizes");
    for (int64_t &size : loops)
      if (size < 0)
        size = call.batch;
    Tensor result(call.resultShape);
    forEachIndex(loops, [&](const Shape &point) {
      result(apply(map(2), point)) +=
          call.operand(0)(apply(map(0), point)) * call.operand(1)(apply(map(1), point));
    });
    return result;
  };
}

} // namespace nnc::reference
