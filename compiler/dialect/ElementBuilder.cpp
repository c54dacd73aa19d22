// Remembers elements, and repeats their computation.
#include "compiler/dialect/ElementBuilder.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace nnc::nn {

bool isVisible(Value value, Block *here) {
  while (here && here != value.getParentBlock())
    here = here->getParentOp() ? here->getParentOp()->getBlock() : nullptr;
  return here;
}

Value ElementMemo::find(Value value, const IndexKey &index, Value mask, Block *here) const {
  auto found = entries.find(value);
  if (found != entries.end())
    for (const Entry &entry : found->second)
      if (entry.index == index && entry.mask == mask && isVisible(entry.element, here))
        return entry.element;
  return {};
}

Value ElementBuilder::accumulate(int64_t count, Value init,
                                 function_ref<Value(Index, Value)> body) {
  // Unrolling longer loops would bloat a kernel whose body is repeated for every tile.
  constexpr int64_t longestUnrolled = 4;
  if (count <= longestUnrolled) {
    for (int64_t i = 0; i < count; ++i)
      init = body(constant(i), init);
    return init;
  }
  Value zero = constant(0).getBase(), end = constant(count).getBase(), one = constant(1).getBase();
  auto loop = b.create<scf::ForOp>(loc, zero, end, one, init);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value next = body(uniform(loop.getInductionVar()), loop.getRegionIterArgs()[0]);
  b.create<scf::YieldOp>(loc, next);
  return loop.getResult(0);
}

} // namespace nnc::nn
