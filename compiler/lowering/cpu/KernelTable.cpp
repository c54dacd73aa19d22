// Compares kernels op by op if their hashes are equal.
#include "compiler/lowering/cpu/KernelTable.h"

#include "compiler/dialect/Placed.h"
#include "compiler/lowering/cpu/KernelFunction.h"
#include "compiler/lowering/cpu/RowPanels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nnc {

SmallVector<Operation *> drawingOps(kern::FusedOp kernel) {
  SmallVector<Operation *> ops;
  for (Operation &op : kernel.getBody().front())
    if (nn::placeOf(&op))
      ops.push_back(&op);
  return ops;
}

static DictionaryAttr attributesOf(kern::FusedOp kernel) {
  NamedAttrList list(kernel->getAttrDictionary());
  list.erase(kernel.getPlacesAttrName());
  list.erase(rowPanelName);
  return list.getDictionary(kernel.getContext());
}

KernelForm::KernelForm(kern::FusedOp original, ArrayRef<unsigned> slots)
    : kernel(cast<kern::FusedOp>(original->clone())), slots(slots),
      attributes(attributesOf(original)) {
  for (ValueRange values : {ValueRange(original.getInputs()), ValueRange(original.getOutputs())})
    llvm::append_range(pitches, llvm::map_range(values, pitchOf));
  (*kernel)->setOperands({});
  for (Operation *op : drawingOps(*kernel)) {
    op->removeDiscardableAttr(nn::parameterName);
    op->setInherentAttr(StringAttr::get(op->getContext(), nn::placeName),
                        IntegerAttr::get(nn::placeOf(op).getType(), 0));
  }
  llvm::hash_code hash =
      llvm::hash_combine(attributes, llvm::hash_combine_range(slots.begin(), slots.end()));
  for (Operation &op : kernel->getBody().front())
    hash = llvm::hash_combine(
        hash, OperationEquivalence::computeHash(&op, OperationEquivalence::ignoreHashValue,
                                                OperationEquivalence::ignoreHashValue,
                                                OperationEquivalence::IgnoreLocations));
  code = hash;
}

bool KernelForm::operator==(const KernelForm &other) const {
  Region &body = kernel.get().getBody(), &otherBody = other.kernel.get().getBody();
  return code == other.code && slots == other.slots && pitches == other.pitches &&
         attributes == other.attributes &&
         body.getArgumentTypes() == otherBody.getArgumentTypes() &&
         OperationEquivalence::isRegionEquivalentTo(&body, &otherBody,
                                                    OperationEquivalence::IgnoreLocations);
}

LLVM::LLVMFuncOp KernelTable::find(const KernelForm &form) const {
  if (auto alike = entries.find(form.hash()); alike != entries.end())
    for (auto &[known, function] : alike->second)
      if (known == form)
        return function;
  return {};
}

void KernelTable::add(KernelForm form, LLVM::LLVMFuncOp function) {
  const size_t hash = form.hash();
  entries[hash].emplace_back(std::move(form), function);
}

void markParameters(kern::FusedOp kernel) {
  for (auto [i, op] : llvm::enumerate(drawingOps(kernel)))
    op->setDiscardableAttr(nn::parameterName,
                           Builder(op->getContext()).getI64IntegerAttr(int64_t(i)));
}

void useParameters(LLVM::LLVMFuncOp function, ValueRange arguments) {
  function.walk([&](arith::ConstantOp constant) {
    auto number = constant->getAttrOfType<IntegerAttr>(nn::parameterName);
    if (!number)
      return;
    OpBuilder b(constant);
    Value value = arguments[number.getInt()];
    if (auto vector = dyn_cast<VectorType>(constant.getType()))
      value = b.create<vector::BroadcastOp>(constant.getLoc(), vector, value);
    constant.getResult().replaceAllUsesWith(value);
    constant.erase();
  });
}

} // namespace nnc
