// Makes the list of the elementwise ops from the classes that TableGen generates.
#include "compiler/dialect/nn/ElementwiseOps.h"

#include "llvm/ADT/STLExtras.h"

namespace nnc::nn {

template <class OpT> static void addElementwise(std::vector<ElementwiseOp> &ops) {
  if constexpr (isElementwise<OpT>)
    ops.push_back(ElementwiseOp::of<OpT>());
}

template <class... Ops> static std::vector<ElementwiseOp> elementwiseAmong() {
  std::vector<ElementwiseOp> ops;
  (addElementwise<Ops>(ops), ...);
  llvm::sort(
      ops, [](const ElementwiseOp &a, const ElementwiseOp &b) { return a.mnemonic < b.mnemonic; });
  return ops;
}

llvm::ArrayRef<ElementwiseOp> elementwiseOps() {
  static const std::vector<ElementwiseOp> all = elementwiseAmong<
#define GET_OP_LIST
#include "compiler/dialect/NnOps.cpp.inc"
      >();
  return all;
}

const ElementwiseOp *findElementwise(llvm::StringRef mnemonic) {
  const ElementwiseOp *at = llvm::lower_bound(
      elementwiseOps(), mnemonic,
      [](const ElementwiseOp &op, llvm::StringRef name) { return op.mnemonic < name; });
  return at != elementwiseOps().end() && at->mnemonic == mnemonic ? at : nullptr;
}

} // namespace nnc::nn
