// FusionNodes: the ops of one block (a function's, or a loop's), as nodes of its fusion graph. Each
// op has a role, and each op that is computed in one kernel knows which others it reads, and how. A
// loop is a node that is never part of a kernel.
#pragma once

#include "compiler/machine/MachineModel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/SmallVector.h"

namespace nnc {

class FusionNodes {
public:
  enum class Role {
    Fixed,   // computed in one kernel, or a loop
    Inlined, // repeated in every kernel that uses it
    View,    // shares the memory of its operand
  };
  enum class Edge {
    Identity, // the user reads it at its own index, elementwise
    Input,    // a reduction reads it at any index
    Memory,   // it must be in memory first
  };
  struct Use {
    unsigned op;
    Edge edge;
  };

  /// Reads `body`. With `unfused`, no op is inlined.
  FusionNodes(mlir::Block &body, bool unfused, const MachineModel &machine);

  llvm::SmallVector<mlir::Operation *> ops;
  llvm::DenseMap<mlir::Operation *, unsigned> numbers;
  // The following are indexed by these numbers.
  llvm::SmallVector<Role> roles;
  // values of rank > 0 read from memory through inlined operands
  llvm::SmallVector<llvm::SmallVector<mlir::Value, 2>> leaves;
  llvm::SmallVector<llvm::SmallVector<Use, 2>> operands,
      users; // of Fixed ops, through Inlined ones
  llvm::SmallVector<bool> returned, guarding, updating;

  static llvm::ArrayRef<int64_t> shapeOf(mlir::Value v);
  /// The number of elements, for comparisons: a batch of unknown size counts as a usual one.
  static int64_t elementsOf(mlir::Value v);

private:
  void assignRoles();
  bool isWorthInlining(mlir::Operation *op);
  bool isLarge(mlir::Operation *op, int64_t cacheBytes) const;
  double readsOf(mlir::Operation *op) const;
  bool takesPlaceOfOperand(mlir::Operation *op) const;
  void connect();
  void collect(unsigned user, mlir::Value value, bool elementwise, Edge edge);
  void markResults(mlir::func::FuncOp function);

  const MachineModel machine;
  llvm::SmallVector<unsigned> costs; // including inlined operands
};

/// The value that must be finite before `function` writes updates (its `nn.guard` attribute names a
/// result), or null.
mlir::Value guardValueOf(mlir::func::FuncOp function);

} // namespace nnc
