// Costs by interface: contractions say their loops, elementwise ops their cost.
#include "compiler/driver/plan/KernelCost.h"

#include "compiler/dialect/NnDialect.h"

#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace nnc::plan {

/// Elements of a tensor, or products of loop sizes: a negative size is the batch.
static Amount countOf(ArrayRef<int64_t> sizes) {
  double product = 1;
  bool batched = false;
  for (int64_t n : sizes) {
    batched |= n < 0;
    product *= n < 0 ? 1 : double(n);
  }
  return batched ? Amount{0, product} : Amount{product, 0};
}

static Amount scaled(Amount a, double factor) { return {a.fixed * factor, a.perRow * factor}; }

static Amount bytesOf(Value v) {
  auto type = cast<RankedTensorType>(v.getType());
  return scaled(countOf(type.getShape()), type.getElementTypeBitWidth() / 8);
}

static llvm::StringRef placeOf(Operation *op) {
  auto named = dyn_cast<NameLoc>(op->getLoc());
  return named ? named.getName().getValue() : llvm::StringRef();
}

static std::string shapeOf(Value v) {
  std::string text = "[";
  for (auto [i, n] : llvm::enumerate(cast<RankedTensorType>(v.getType()).getShape()))
    text += (i ? ", " : "") + (n < 0 ? std::string("n") : std::to_string(n));
  return text + "]";
}

KernelCost costOf(kern::FusedOp kernel) {
  KernelCost cost;
  cost.kind = kern::stringifyKind(kernel.getKind());
  llvm::SetVector<llvm::StringRef> places;
  llvm::SetVector<llvm::StringRef> main;
  for (Operation *root : kernel.getRoots())
    if (llvm::StringRef place = placeOf(root); !place.empty())
      places.insert(place);
  for (Operation &op : kernel.getBody().front()) {
    if (op.getNumResults() != 1)
      continue;
    if (llvm::StringRef place = placeOf(&op); !place.empty())
      places.insert(place);
    auto shape = cast<RankedTensorType>(op.getResult(0).getType()).getShape();
    if (auto contraction = dyn_cast<nn::ContractionOp>(op)) {
      cost.contractions += scaled(countOf(contraction.getLoopSizes()), 2);
    } else if (isa<nn::ReductionOp>(op)) {
      cost.others += countOf(cast<RankedTensorType>(op.getOperand(0).getType()).getShape());
    } else if (auto pull = dyn_cast<nn::PullOp>(op)) {
      cost.others += scaled(countOf(shape), pull.getCost());
    }
  }
  for (auto [i, place] : llvm::enumerate(places)) {
    if (i == 2) {
      cost.places += ", …";
      break;
    }
    cost.places += (i ? ", " : "") + place.str();
  }
  for (auto [i, result] : llvm::enumerate(kernel.getOutputs()))
    if (i < 2)
      cost.computes += (i ? " " : "") + shapeOf(result);
  if (kernel.getOutputs().size() > 2)
    cost.computes += " …";
  for (Value v : kernel.getInputs())
    cost.bytes += bytesOf(v);
  for (Value v : kernel.getOutputs())
    cost.bytes += bytesOf(v);
  return cost;
}

} // namespace nnc::plan
