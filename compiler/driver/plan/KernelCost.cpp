// Computes costs with the ops' interfaces: contractions give their loops, elementwise ops their
// cost. The last use of a place is found by going back from kernel to kernel, from the function's
// beginning to its end. A kernel in a loop counts as often as it runs, and its distances are those
// of a loop that runs once.
#include "compiler/driver/plan/KernelCost.h"

#include "compiler/dialect/NnDialect.h"
#include "compiler/lowering/cpu/Barriers.h"
#include "compiler/lowering/cpu/contract/ContractShape.h"

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;

namespace nnc::plan {

/// The number of elements of a tensor, or the product of loop sizes. A negative size is the batch.
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

static llvm::StringRef modelPlaceOf(Operation *op) {
  auto named = dyn_cast<NameLoc>(op->getLoc());
  return named ? named.getName().getValue() : llvm::StringRef();
}

static std::string shapeOf(Value v) {
  std::string text = "[";
  for (auto [i, n] : llvm::enumerate(cast<RankedTensorType>(v.getType()).getShape()))
    text += (i ? ", " : "") + (n < 0 ? std::string("n") : std::to_string(n));
  return text + "]";
}

/// The line of the user's text that an op comes from: for prelude code, the line of the call.
static FileLineColLoc lineOf(Location loc) {
  if (auto named = dyn_cast<NameLoc>(loc))
    return lineOf(named.getChildLoc());
  if (auto call = dyn_cast<CallSiteLoc>(loc))
    return lineOf(call.getCaller());
  if (auto fused = dyn_cast<FusedLoc>(loc)) {
    for (Location part : fused.getLocations())
      if (FileLineColLoc line = lineOf(part))
        return line;
    return {};
  }
  return dyn_cast<FileLineColLoc>(loc);
}

/// The bytes of each place that a kernel uses.
static llvm::MapVector<Attribute, Amount> bytesByPlace(kern::FusedOp kernel) {
  llvm::MapVector<Attribute, Amount> places;
  for (Value v : kernel.getInputs())
    places[placeOf(v)] += bytesOf(v);
  for (Value v : kernel.getOutputs())
    places[placeOf(v)] += bytesOf(v);
  return places;
}

/// How often the loops around a kernel run it in a call.
static double runsOf(Operation *kernel) {
  double runs = 1;
  for (auto loop = kernel->getParentOfType<nn::LoopOp>(); loop;
       loop = loop->getParentOfType<nn::LoopOp>())
    runs *= double(loop.getRuns());
  return runs;
}

static KernelCost costOf(kern::FusedOp kernel) {
  KernelCost cost;
  const double runs = runsOf(kernel);
  cost.kind = kern::stringifyKind(kernel.getKind());
  llvm::SetVector<llvm::StringRef> places;
  llvm::SetVector<llvm::StringRef> main;
  auto addLine = [&](Location loc) {
    FileLineColLoc line = lineOf(loc);
    auto same = [&](FileLineColLoc other) {
      return other.getLine() == line.getLine() && other.getFilename() == line.getFilename();
    };
    if (line && llvm::none_of(cost.lines, same))
      cost.lines.push_back(line);
  };
  addLine(kernel.getLoc());
  for (Operation *root : kernel.getRoots())
    if (llvm::StringRef place = modelPlaceOf(root); !place.empty())
      places.insert(place);
  for (Operation &op : kernel.getBody().front()) {
    if (op.getNumResults() != 1)
      continue;
    addLine(op.getLoc());
    if (llvm::StringRef place = modelPlaceOf(&op); !place.empty())
      places.insert(place);
    auto shape = cast<RankedTensorType>(op.getResult(0).getType()).getShape();
    if (auto contraction = dyn_cast<nn::ContractionOp>(op)) {
      cost.contractions += scaled(countOf(contraction.getLoopSizes()),
                                  runs * 2 * ContractShape(contraction).neededPart());
    } else if (isa<nn::ReductionOp>(op)) {
      cost.others +=
          scaled(countOf(cast<RankedTensorType>(op.getOperand(0).getType()).getShape()), runs);
    } else if (auto pull = dyn_cast<nn::PullOp>(op)) {
      cost.others += scaled(countOf(shape), runs * pull.getCost());
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
  return cost;
}

std::vector<KernelCost> costsOf(func::FuncOp function) {
  SmallVector<kern::FusedOp> kernels;
  function.walk([&](kern::FusedOp kernel) { kernels.push_back(kernel); });
  std::vector<llvm::MapVector<Attribute, Amount>> used;
  llvm::DenseMap<Attribute, Amount> sizes; // of the largest tensor in each place
  std::vector<KernelCost> costs;
  for (kern::FusedOp kernel : kernels) {
    costs.push_back(costOf(kernel));
    used.push_back(bytesByPlace(kernel));
    for (ValueRange values : {ValueRange(kernel.getInputs()), ValueRange(kernel.getOutputs())})
      for (Value v : values) {
        Amount &size = sizes[placeOf(v)];
        Amount bytes = bytesOf(v);
        size = {std::max(size.fixed, bytes.fixed), std::max(size.perRow, bytes.perRow)};
      }
  }
  for (size_t k = 0; k < kernels.size(); ++k)
    for (auto &[place, bytes] : used[k]) {
      // Go back to the last kernel that used the place, which may be in the previous call. Fields
      // were copied right before the call.
      const bool field = cast<kern::PlaceAttr>(place).getMemory() == kern::Memory::field;
      llvm::DenseSet<Attribute> between;
      for (size_t back = 0; back < kernels.size(); ++back) {
        const size_t other = (k + kernels.size() - back) % kernels.size();
        const bool before = back > 0 && used[other].contains(place);
        if (!before)
          for (auto &entry : used[other])
            between.insert(entry.first);
        if (before || (field && other == 0))
          break;
      }
      between.insert(place);
      Amount distance;
      for (Attribute other : between)
        distance += sizes[other];
      costs[k].traffic.push_back({scaled(bytes, runsOf(kernels[k])), distance});
    }
  return costs;
}

} // namespace nnc::plan
