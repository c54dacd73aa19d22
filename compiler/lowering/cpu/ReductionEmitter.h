// The reduction generator's parts: Reduction.cpp makes the loops over results, ReductionWalk.cpp
// those over what is reduced.
#pragma once

#include "compiler/lowering/cpu/LongSums.h"
#include "compiler/lowering/cpu/elements/ElementScope.h"
#include "compiler/lowering/cpu/elements/IterationSpace.h"

namespace nnc {

/// What a batch of unknown size is taken for when loop nests are compared.
constexpr int64_t assumedRows = 64;

class ReductionEmitter {
public:
  explicit ReductionEmitter(KernelEmitter &emitter);
  void emit();

private:
  using State = llvm::SmallVector<mlir::Value>; // of all reductions, one after another

  int64_t extent(unsigned dim) const {
    return type.isDynamicDim(dim) ? assumedRows : type.getDimSize(dim);
  }
  int64_t product(llvm::ArrayRef<unsigned> dims) const {
    int64_t result = 1;
    for (unsigned dim : dims)
      result *= extent(dim);
    return result;
  }
  bool isReduced(unsigned dim) const { return llvm::is_contained(reducedDims, int64_t(dim)); }
  bool isContiguous(unsigned last) const;
  void chooseLanes();
  void emitKept();
  void emitReduced();
  State walk(llvm::ArrayRef<unsigned> dims, llvm::SmallVectorImpl<nn::Index> &index, State state,
             llvm::function_ref<State(State)> body);
  /// The loops over what is reduced: dims one by one, then the run of lanes in steps of a vector,
  /// if lanes run along it.
  struct Nest {
    llvm::ArrayRef<unsigned> dims;
    llvm::SmallVectorImpl<nn::Index> &index;
    llvm::function_ref<State(State)> point; // without a run: the states after this index
    llvm::function_ref<State(mlir::Value from, mlir::Value to, State)>
        run; // the states after vectors from … to - 1 of it
    bool hasRun = false;
    llvm::SmallVector<SumLevel> levels = {};
    State start = {}; // before anything
    llvm::SmallVector<bool> lossy =
        {}; // of each of its values: whether it loses digits on a long walk
  };
  State walkAll(Nest &nest);
  State walkBlocks(Nest &nest, const SumBlocks &blocks, unsigned level, State carried);
  State walkPart(Nest &nest, unsigned level, mlir::Value from, mlir::Value to, State state);
  State walkLevels(Nest &nest, unsigned level, State state);
  llvm::SmallVector<bool> lossy();
  State loop(mlir::Value from, mlir::Value to, mlir::Value by, State state,
             llvm::function_ref<State(mlir::Value, State)> body);
  State initial();
  State accumulate(ElementScope &point, llvm::ArrayRef<nn::Index> index, const State &state,
                   mlir::Value mask);
  State mergeLanes(State state);
  llvm::SmallVector<KernelEmitter::Known> finish(const State &state);
  llvm::SmallVector<nn::Index> keptIndex(llvm::ArrayRef<nn::Index> index);
  template <class Each> State forEachRoot(const State &state, Each each);

  KernelEmitter &emitter;
  mlir::OpBuilder &b;
  mlir::Location loc;
  llvm::SmallVector<nn::ReductionOp> roots;
  mlir::RankedTensorType type; // of what is reduced
  llvm::SmallVector<int64_t> reducedDims;
  llvm::SmallVector<unsigned> keptDims;
  int64_t lanes; // by the reductions' own type: another element type elsewhere in the kernel must
                 // not change the order
  bool alongReduced = false;
  LaneDims laneDims{0, 0};
  int64_t vectors = 1; // states side by side
};

} // namespace nnc
