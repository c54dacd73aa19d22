// The reduction generator. Reduction.cpp emits the loops over results, ReductionWalk.cpp those over
// the reduced elements.
#pragma once

#include "compiler/lowering/cpu/LongSums.h"
#include "compiler/lowering/cpu/elements/ElementScope.h"
#include "compiler/lowering/cpu/elements/IterationSpace.h"

namespace nnc {

/// The assumed size of an unknown batch when loop nests are compared.
constexpr int64_t assumedRows = 64;

class ReductionEmitter {
public:
  explicit ReductionEmitter(KernelEmitter &emitter);
  void emit();

private:
  using State = llvm::SmallVector<mlir::Value>; // the states of all reductions, one after another

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
  /// The loops over the reduced elements: over each of `dims`, then over the run of lanes in steps
  /// of a vector, if lanes run along the reduced dims.
  struct Nest {
    llvm::ArrayRef<unsigned> dims;
    llvm::SmallVectorImpl<nn::Index> &index;
    llvm::function_ref<State(State)> point; // without a run: returns the states after the current
                                            // index
    llvm::function_ref<State(mlir::Value from, mlir::Value to, State)>
        run; // with a run: returns the states after its vectors from … to - 1
    bool hasRun = false;
    llvm::SmallVector<SumLevel> levels = {};
    State start = {}; // the initial states
    llvm::SmallVector<bool> lossy =
        {}; // for each value of the state: whether it loses digits on a long walk
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
  mlir::RankedTensorType type; // of the reduced tensor
  llvm::SmallVector<int64_t> reducedDims;
  llvm::SmallVector<unsigned> keptDims;
  int64_t lanes; // for the type of the reductions: other element types in the kernel must not
                 // change the order
  bool alongReduced = false;
  LaneDims laneDims{0, 0};
  int64_t vectors = 1; // number of vectors that are processed together
};

} // namespace nnc
