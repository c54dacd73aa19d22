// FusionGraph: groups the ops of one block into kernels. A loop is a group of its own.
#pragma once

#include "compiler/transforms/FusionNodes.h"
#include "compiler/transforms/TopologicalOrder.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace nnc {

class FusionGraph {
public:
  using Role = FusionNodes::Role;
  struct Group {
    llvm::SmallVector<unsigned> ops; // ascending, all Fixed
    mlir::Operation *root = nullptr; // a contraction or the first of the reductions
    llvm::ArrayRef<int64_t> space;   // the shape of its results
    bool alive = true;
  };

  /// Reads `body`. With `unfused`, every op that is not a view is a group of its own.
  FusionGraph(mlir::Block &body, bool unfused, const MachineModel &machine);

  llvm::ArrayRef<mlir::Operation *> getOps() const { return nodes.ops; }
  Role roleOf(mlir::Operation *op) const { return nodes.roles[nodes.numbers.lookup(op)]; }
  /// The remaining groups, each after those that it reads.
  llvm::SmallVector<const Group *> getOrder() const;
  /// Whether `op` of `group` is needed in memory: used by another kernel, or returned.
  bool isResult(unsigned op, const Group &group) const;

private:
  void mergeAll();
  void mergeElementwise(unsigned op);
  void mergeReduction(unsigned op);
  void mergeScalar(unsigned op);
  bool sharesRuns(unsigned group) const;
  bool mayMerge(unsigned a, unsigned b);
  bool writesTooEarly(unsigned early, unsigned late) const;
  bool hasPath(unsigned from, unsigned to);
  bool reads(unsigned from, unsigned to, bool throughMemory) const;
  llvm::SmallVector<unsigned> readersOf(unsigned group, unsigned limit);
  llvm::SmallVector<unsigned> makersOf(unsigned group, unsigned limit);
  void merge(unsigned into, unsigned from);
  bool isOnlyReadBy(unsigned group, unsigned reader) const;

  FusionNodes nodes;
  llvm::SmallVector<Group> groups;
  llvm::SmallVector<unsigned> groupOf;
  TopologicalOrder ranks; // of groups
  // Seen so far: the scalars that need no fixed op, and the reductions that read each value.
  llvm::SmallVector<unsigned> scalars;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<unsigned, 2>> reductions;
};

} // namespace nnc
