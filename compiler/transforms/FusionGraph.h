// FusionGraph: groups the ops of one function into kernels.
#pragma once

#include "compiler/transforms/TopologicalOrder.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace nnc {

class FusionGraph {
public:
  enum class Role {
    Fixed,   // computed in one kernel
    Inlined, // repeated in every kernel that uses it
    View,    // shares the memory of its operand
  };
  struct Group {
    llvm::SmallVector<unsigned> ops; // ascending, all Fixed
    mlir::Operation *root = nullptr; // a contraction or the first of the reductions
    llvm::ArrayRef<int64_t> space;   // the shape of its results
    bool alive = true;
  };

  /// Reads `function`. With `unfused`, every op that is not a view is a group of its own.
  FusionGraph(mlir::func::FuncOp function, bool unfused);

  llvm::ArrayRef<mlir::Operation *> getOps() const { return ops; }
  Role roleOf(mlir::Operation *op) const { return roles[numbers.lookup(op)]; }
  /// The remaining groups, each after those that it reads.
  llvm::SmallVector<const Group *> getOrder() const;
  /// Whether `op` of `group` is needed in memory: used by another kernel, or returned.
  bool isResult(unsigned op, const Group &group) const;

private:
  enum class Edge {
    Identity, // the user reads it at its own index, elementwise
    Input,    // a reduction reads it at any index
    Memory,   // it must be in memory first
  };
  struct Use {
    unsigned op;
    Edge edge;
  };

  void assignRoles();
  bool isWorthInlining(mlir::Operation *op);
  bool isLarge(mlir::Operation *op, int64_t level) const;
  double readsOf(mlir::Operation *op) const;
  bool takesPlaceOfOperand(mlir::Operation *op) const;
  void connect();
  void collect(unsigned user, mlir::Value value, bool elementwise, Edge edge);
  void markGuarded(mlir::func::FuncOp function);
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

  llvm::SmallVector<mlir::Operation *> ops;
  llvm::DenseMap<mlir::Operation *, unsigned> numbers;
  llvm::SmallVector<Role> roles;
  llvm::SmallVector<unsigned> costs; // including inlined operands
  // values of rank > 0 read from memory through inlined operands
  llvm::SmallVector<llvm::SmallVector<mlir::Value, 2>> leaves;
  llvm::SmallVector<llvm::SmallVector<Use, 2>> operands,
      users; // of Fixed ops, through Inlined ones
  llvm::SmallVector<bool> returned, guarding, updating;
  llvm::SmallVector<Group> groups;
  llvm::SmallVector<unsigned> groupOf;
  TopologicalOrder ranks; // of groups
  // Seen so far: the scalars that need no fixed op, and the reductions that read each value.
  llvm::SmallVector<unsigned> scalars;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<unsigned, 2>> reductions;
};

/// The value that must be finite before `function` writes updates (its `nn.guard` attribute names a
/// result), or null.
mlir::Value guardValueOf(mlir::func::FuncOp function);

} // namespace nnc
