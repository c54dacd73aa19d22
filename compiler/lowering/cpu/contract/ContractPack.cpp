// Implements emitPack. Contiguous lanes are copied. Otherwise squares of lanes * lanes elements are
// read along a contiguous summed dim and transposed in registers. Without such a dim, lanes are
// gathered.
#include "compiler/lowering/cpu/contract/ContractPack.h"
#include "compiler/lowering/cpu/elements/Transpose.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace nnc {

int64_t panelElements(int64_t steps, int64_t columns, int64_t lanes) {
  // A transposed square may extend past the end by up to lanes - 1 steps.
  return (steps + lanes - 1) * columns * lanes;
}

namespace {

class Packer {
public:
  Packer(KernelEmitter &emitter, const PanelSource &source, Value panel)
      : emitter(emitter), b(emitter.builder()), loc(emitter.location()), source(source),
        panel(panel), memory(b, loc, source.element, source.lanes) {}

  void run() {
    int64_t step = int64_t(source.offsets.size()) * source.vectors * source.lanes;
    // Summed dims that are contiguous in the operand are also contiguous in the panel, and are
    // walked as one.
    for (auto [extent, stride] : llvm::zip(source.extents, source.strides)) {
      if (!dims.empty() && extent.known >= 0 && dims.back().stride == stride * extent.known) {
        Dim &outer = dims.back();
        outer.stride = stride;
        outer.extent.value = b.createOrFold<arith::MulIOp>(loc, outer.extent.value, extent.value);
        outer.extent.known = outer.extent.known < 0 ? -1 : outer.extent.known * extent.known;
        continue;
      }
      dims.push_back({extent, stride, 0});
    }
    for (Dim &dim : llvm::reverse(dims)) {
      dim.panelStride = step;
      step *= dim.extent.known;
    }
    if (source.laneStride != 1)
      for (unsigned i = 0; i < dims.size(); ++i)
        if (dims[i].stride == 1)
          contiguous = i;
    walk(0, source.base, panel);
  }

private:
  struct Dim {
    SummedExtent extent;
    int64_t stride, panelStride;
  };

  void walk(unsigned level, Value from, Value to) {
    if (level == dims.size())
      return columns(
          [&](int64_t offset, Value j, int64_t column) { copy(from, to, offset, j, column); });
    const Dim &dim = dims[level];
    bool squares = int(level) == contiguous;
    // The squares are innermost, so that the data that follows one in memory overwrites whatever
    // extends past its end.
    if (squares && level + 1 == dims.size()) {
      loop(dim.extent.value, source.lanes, [&](Value k) {
        Value left = b.createOrFold<arith::SubIOp>(loc, dim.extent.value, k);
        Value fromHere = memory.at(from, k, dim.stride), toHere = memory.at(to, k, dim.panelStride);
        columns([&](int64_t offset, Value j, int64_t column) {
          square(fromHere, toHere, dim, left, offset, j, column);
        });
      });
      return;
    }
    loop(dim.extent.value, 1, [&](Value k) {
      walk(level + 1, memory.at(from, k, dim.stride), memory.at(to, k, dim.panelStride));
    });
  }

  /// Calls `body` for each group of columns: the offset in the operand without the lanes' dim, the
  /// number along the lanes' dim, and the panel column of number 0.
  void columns(llvm::function_ref<void(int64_t, Value, int64_t)> body) {
    for (auto [i, offset] : llvm::enumerate(source.offsets)) {
      int64_t column = int64_t(i) * source.vectors;
      if (source.vectors == 1)
        body(offset, emitter.constant(0), column);
      else
        loop(emitter.constant(source.vectors), 1,
             [&, offset = offset](Value j) { body(offset, j, column); });
    }
  }

  Value panelColumn(Value to, Value j, int64_t column) {
    return memory.at(memory.at(to, j, source.lanes), column * source.lanes);
  }

  void copy(Value from, Value to, int64_t offset, Value j, int64_t column) {
    Value first = b.createOrFold<arith::MulIOp>(loc, j, emitter.constant(source.lanes));
    Value mask =
        source.lanesLeft ? emitter.tailMask(first, source.lanesLeft, source.lanes) : Value();
    Buffer buffer{memory.at(memory.at(from, first, source.laneStride), offset),
                  RankedTensorType::get({1}, source.element)};
    Value loaded =
        loadElements(b, loc, buffer, emitter.constant(0), source.lanes, source.laneStride, mask);
    if (source.lanes == 1)
      b.create<LLVM::StoreOp>(loc, loaded, panelColumn(to, j, column));
    else
      memory.store(panelColumn(to, j, column), source.twice ? memory.twice(loaded) : loaded);
  }

  void square(Value from, Value to, const Dim &dim, Value left, int64_t offset, Value j,
              int64_t column) {
    int64_t lanes = source.lanes;
    bool exact = dim.extent.known >= 0 && dim.extent.known % lanes == 0;
    Value mask = exact ? Value() : emitter.tailMask(emitter.constant(0), left, lanes);
    Value first = b.createOrFold<arith::MulIOp>(loc, j, emitter.constant(lanes));
    Value base = memory.at(from, offset);
    SmallVector<Value> rows;
    for (int64_t lane = 0; lane < lanes; ++lane) {
      int64_t at = source.twice ? lane / 2 : lane;
      Value number = at ? b.create<arith::AddIOp>(loc, first, emitter.constant(at)) : first;
      // Lanes past the end repeat the last one; their values do not matter.
      if (source.lanesLeft) {
        Value last = b.create<arith::SubIOp>(loc, source.lanesLeft, emitter.constant(1));
        number = b.create<arith::MinUIOp>(loc, number, last);
      }
      rows.push_back(memory.load(memory.at(base, number, source.laneStride), mask));
    }
    Value target = panelColumn(to, j, column);
    for (auto [step, vector] : llvm::enumerate(transposeSquare(b, loc, rows)))
      memory.store(memory.at(target, int64_t(step) * dim.panelStride), vector);
  }

  void loop(Value to, int64_t by, llvm::function_ref<void(Value)> body) {
    auto loop = b.create<scf::ForOp>(loc, emitter.constant(0), to, emitter.constant(by));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }

  KernelEmitter &emitter;
  OpBuilder &b;
  Location loc;
  const PanelSource &source;
  Value panel;
  VectorMemory memory;
  SmallVector<Dim> dims;
  int contiguous = -1;
};

} // namespace

void emitPack(KernelEmitter &emitter, const PanelSource &source, Value panel) {
  Packer(emitter, source, panel).run();
}

} // namespace nnc
