// Converts matrices to blocks and back, with a reshape and a transpose each way.
#include "compiler/dialect/Blocks.h"
#include "compiler/dialect/NnDialect.h"

using namespace mlir;

namespace nnc::nn {

RankedTensorType blockedType(RankedTensorType matrix, int64_t block) {
  return RankedTensorType::get({matrix.getDimSize(1) / block, matrix.getDimSize(0), block},
                               matrix.getElementType());
}

Value toBlocks(OpBuilder &b, Location loc, Value matrix, int64_t block) {
  auto type = cast<RankedTensorType>(matrix.getType());
  auto split = RankedTensorType::get({type.getDimSize(0), type.getDimSize(1) / block, block},
                                     type.getElementType());
  Value reshaped = b.create<ReshapeOp>(loc, split, matrix);
  return b.create<TransposeOp>(loc, reshaped, ArrayRef<int64_t>{1, 0, 2});
}

Value fromBlocks(OpBuilder &b, Location loc, Value blocks) {
  auto type = cast<RankedTensorType>(blocks.getType());
  Value rows = b.create<TransposeOp>(loc, blocks, ArrayRef<int64_t>{1, 0, 2});
  auto matrix = RankedTensorType::get({type.getDimSize(1), type.getDimSize(0) * type.getDimSize(2)},
                                      type.getElementType());
  return b.create<ReshapeOp>(loc, matrix, rows);
}

} // namespace nnc::nn
