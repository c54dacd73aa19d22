// Implements transposeSquare with log2(lanes) rounds, each of which interleaves row i with row i +
// lanes/2.
#include "compiler/lowering/cpu/elements/Transpose.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

using namespace mlir;

namespace nnc {

SmallVector<Value> transposeSquare(OpBuilder &b, Location loc, ArrayRef<Value> rows) {
  int32_t lanes = int32_t(rows.size());
  SmallVector<int32_t> low, high;
  for (int32_t lane = 0; lane < lanes; ++lane) {
    low.push_back(lane / 2 + (lane % 2) * lanes);
    high.push_back(lane / 2 + lanes / 2 + (lane % 2) * lanes);
  }
  SmallVector<Value> from(rows), to(lanes);
  for (int32_t done = 1; done < lanes; done *= 2) {
    for (int32_t i = 0; i < lanes / 2; ++i) {
      to[2 * i] = b.create<LLVM::ShuffleVectorOp>(loc, from[i], from[i + lanes / 2], low);
      to[2 * i + 1] = b.create<LLVM::ShuffleVectorOp>(loc, from[i], from[i + lanes / 2], high);
    }
    std::swap(from, to);
  }
  return from;
}

} // namespace nnc
