// Finds row-wise kernels, and neighbouring ones that can share panels.
//
// The first kernel of a panel writes rows of a tensor before the last one has read other rows of
// the tensor that had the same memory before. So tensors of a run may share memory only if they
// have rows of the same size at the same place. Then each row only overwrites the same row.
#include "compiler/lowering/cpu/RowPanels.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/lowering/cpu/Barriers.h"
#include "compiler/lowering/cpu/elements/UsedDims.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

using namespace mlir;
using nnc::nn::Index;

namespace nnc {

int64_t rowBytes(Type type) {
  auto tensor = cast<RankedTensorType>(type);
  if (!nn::isBatched(type) || nn::batchDims(type) > 1) // no row is of a size known here
    return 0;
  return kern::bytesOf(tensor);
}

int64_t rowDistance(kern::PlaceAttr place, Type type) {
  const int64_t bytes = rowBytes(type);
  return bytes && place.getPitch() ? place.getPitch() : bytes;
}

std::optional<RowPanel> panelOf(kern::FusedOp kernel) {
  auto attribute = kernel->getAttrOfType<DenseI64ArrayAttr>(rowPanelName);
  if (!attribute || attribute.size() != 2)
    return std::nullopt;
  return RowPanel{attribute[0], attribute[1]};
}

namespace {
/// Evaluates elements with opaque loads, which do not count as uses of the example's own number.
class RowProbe final : public nn::ElementBuilder {
public:
  RowProbe(OpBuilder &b, Location loc, Value row) : nn::ElementBuilder(b, loc, 1), row(row) {}

  Value at(Value value, ArrayRef<Index> index) {
    if (auto pull = value.getDefiningOp<nn::PullOp>()) {
      const nn::IndexKey key = nn::keyOf(index, lanes());
      if (Value known = memo.find(value, key, {}, builder().getInsertionBlock()))
        return known;
      Operation *outer = std::exchange(current, pull);
      Value result = pull.buildAt(*this, index);
      current = outer;
      memo.keep(value, key, {}, result);
      return result;
    }
    // Memory, or the result of a reduction, which is checked separately.
    SmallVector<Value> uses;
    for (auto [dim, i] : llvm::enumerate(index)) {
      bool own = dim == 0 && rowBytes(value.getType()) && i.isUniform() && i.getBase() == row;
      if (!own)
        uses.push_back(i.hasBase() ? i.getBase() : i.getLanes());
    }
    Type element = cast<ShapedType>(value.getType()).getElementType();
    return builder().create<UnrealizedConversionCastOp>(location(), element, uses).getResult(0);
  }
  Value load(unsigned operand, ArrayRef<Index> index, Value mask) override {
    Value element = at(current->getOperand(operand), index);
    if (!mask)
      return element;
    return builder()
        .create<UnrealizedConversionCastOp>(location(), element.getType(),
                                            ValueRange{element, mask})
        .getResult(0);
  }
  Value batchSize() override { return builder().create<arith::ConstantIndexOp>(location(), 1); }

private:
  Value row;
  Operation *current = nullptr;
  nn::ElementMemo memo;
};
} // namespace

/// Whether `values`, evaluated over an index space of this shape, use the first index only to read
/// their operands at the same index.
static bool useRowsAsTheyAre(ValueRange values, ArrayRef<int64_t> shape, Location loc) {
  llvm::SmallBitVector used =
      usedIndices(loc, shape.size(), [&](OpBuilder &b, ArrayRef<Index> own) {
        RowProbe probe(b, loc, own[0].getBase());
        SmallVector<Value> results;
        for (Value value : values)
          results.push_back(probe.at(value, own));
        return results;
      });
  return !used[0];
}

bool isRowWise(kern::FusedOp kernel) {
  if (kernel.getKind() == kern::Kind::contraction)
    return false;
  for (Value output : kernel.getOutputs())
    if (!rowBytes(output.getType()))
      return false;
  for (Operation *op : kernel.getRoots()) {
    auto reduction = cast<nn::ReductionOp>(op);
    auto type = cast<RankedTensorType>(reduction->getOperand(0).getType());
    if (!rowBytes(type) || llvm::is_contained(reduction.getReducedDims(), 0) ||
        !useRowsAsTheyAre(reduction->getOperand(0), type.getShape(), kernel.getLoc()))
      return false;
  }
  return useRowsAsTheyAre(kernel.getYielded(), kernel.getSpace().getShape(), kernel.getLoc());
}

namespace {
struct Tensor {
  kern::PlaceAttr place;
  MemoryRange range;
  int64_t bytes; // per row
  bool written;
};

/// A run of kernels while it grows.
class Run {
public:
  /// Whether the kernel reads a result of the run, and no row overlaps another one.
  bool accepts(kern::FusedOp kernel) const {
    SmallVector<Tensor> added = tensorsOf(kernel);
    bool reads = llvm::any_of(kernel.getInputs(), [&](Value input) {
      return llvm::is_contained(kernels, kern::memoryOf(input).getDefiningOp<kern::FusedOp>());
    });
    return reads && llvm::all_of(added, [&](const Tensor &x) {
             return llvm::all_of(tensors, [&](const Tensor &y) { return agree(x, y); }) &&
                    llvm::all_of(added, [&](const Tensor &y) { return agree(x, y); });
           });
  }
  void add(kern::FusedOp kernel) {
    kernels.push_back(kernel);
    tensors.append(tensorsOf(kernel));
  }
  /// Marks the kernels of the run as group `number` if there are at least two. Returns whether it
  /// did. A panel with at least as many examples as a cache line has elements of f32 has a multiple
  /// of that number: then no two threads write to the same line, and vectors along the batch are
  /// whole.
  bool close(int64_t number, const MachineModel &target) {
    if (kernels.size() < 2)
      return false;
    int64_t bytes = 1;
    SmallVector<kern::PlaceAttr> seen;
    for (const Tensor &tensor : tensors)
      if (!llvm::is_contained(seen, tensor.place)) {
        seen.push_back(tensor.place);
        bytes += tensor.bytes;
      }
    int64_t rows = std::max<int64_t>(1, target.rowPanelBytes() / bytes);
    const int64_t lineRows = target.lineBytes / 4;
    if (rows >= lineRows)
      rows -= rows % lineRows;
    for (kern::FusedOp kernel : kernels)
      kernel->setAttr(rowPanelName, DenseI64ArrayAttr::get(kernel.getContext(), {number, rows}));
    return true;
  }

private:
  static SmallVector<Tensor> tensorsOf(kern::FusedOp kernel) {
    SmallVector<Tensor> all;
    auto add = [&](Value value, bool written) {
      all.push_back({placeOf(value), rangeOf(value), rowBytes(value.getType()), written});
    };
    for (Value input : kernel.getInputs())
      add(input, false);
    for (Value output : kernel.getOutputs())
      add(output, true);
    return all;
  }
  static bool agree(const Tensor &x, const Tensor &y) {
    bool apart = x.range.memory != y.range.memory || x.range.end <= y.range.begin ||
                 y.range.end <= x.range.begin;
    return apart || (!x.written && !y.written) || (x.place == y.place && x.bytes == y.bytes);
  }
  SmallVector<kern::FusedOp> kernels;
  SmallVector<Tensor> tensors;
};

struct RowPanels : PassWrapper<RowPanels, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(RowPanels)
  explicit RowPanels(const MachineModel &target) : target(target) {}
  RowPanels(const RowPanels &other) : PassWrapper(other), target(other.target) {}
  StringRef getArgument() const override { return "nn-row-panels"; }
  StringRef getDescription() const override {
    return "run row-wise kernels on a few examples at a time";
  }
  void runOnOperation() override {
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      int64_t groups = 0;
      mark(function.getBody().front(), groups);
    }
  }
  /// Marks the runs of a block, and of the loops in it.
  void mark(Block &block, int64_t &groups) {
    Run run;
    auto close = [&] {
      groups += run.close(groups, target);
      run = Run();
    };
    for (Operation &op : block) {
      auto kernel = dyn_cast<kern::FusedOp>(op);
      if (kernel && isRowWise(kernel)) {
        if (!run.accepts(kernel))
          close();
        run.add(kernel);
      } else if (!isa<kern::ViewOp>(op)) {
        close();
        if (auto loop = dyn_cast<nn::LoopOp>(op))
          mark(loop.getBlock(), groups);
      }
    }
  }
  MachineModel target;
};
} // namespace

std::unique_ptr<Pass> createRowPanelsPass(const MachineModel &target) {
  return std::make_unique<RowPanels>(target);
}

} // namespace nnc
