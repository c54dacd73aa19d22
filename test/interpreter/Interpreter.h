// The reference interpreter of the nn dialect: naive loops in f64, written from the ops' one-line
// math and sharing no code with the compiler. Generated code is compared with it.
#pragma once
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "test/interpreter/Tensor.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include <functional>
#include <string>

namespace nnc::reference {

/// The context of one op: the op itself, its operands' values, the number of examples, and its
/// result's shape with `?` replaced.
struct Call {
  mlir::Operation *op;
  llvm::ArrayRef<Tensor> operands;
  int64_t batch;
  Shape resultShape;

  const Tensor &operand(unsigned i) const { return operands[i]; }
  /// The integers of a DenseI64ArrayAttr, and the value of an I64Attr.
  Shape list(llvm::StringRef attribute) const;
  int64_t number(llvm::StringRef attribute) const;
};

using Semantics = std::function<Tensor(const Call &)>;
/// The implementations by op name; each file of ops adds its part.
using Table = llvm::StringMap<Semantics>;
void addElementwise(Table &table);
void addReductions(Table &table);
void addShapes(Table &table);
void addContraction(Table &table);
void addRandom(Table &table);
const Table &semantics();

/// The shape of `type` for `batch` examples.
Shape shapeOf(mlir::Type type, int64_t batch);

struct Outcome {
  std::vector<Tensor> results;
  /// Empty if all went well.
  std::string error;
};

/// The context of an op that runs its block: the op, its operands' values, the number of examples,
/// and what runs the block once. That gives the values with which the block ends.
struct LoopCall {
  mlir::Operation *op;
  llvm::ArrayRef<Tensor> operands;
  int64_t batch;
  llvm::function_ref<Outcome(llvm::ArrayRef<Tensor> arguments)> runBlock;
};

/// The results of the loop, or the error of a run.
using LoopSemantics = std::function<Outcome(const LoopCall &)>;
/// The implementations by op name.
using LoopTable = llvm::StringMap<LoopSemantics>;
void addLoops(LoopTable &table);
/// Adds the implementation of a loop of any dialect, for all functions that run later.
void addLoop(llvm::StringRef op, LoopSemantics semantics);

/// The implementation of the loop `op`, or null.
const LoopSemantics *loopSemantics(llvm::StringRef op);

/// Runs a block that reads nothing from outside; the results are the operands of its terminator.
Outcome runBlock(mlir::Block &block, llvm::ArrayRef<Tensor> arguments, int64_t batch);

/// Runs a function of nn ops and loops on `arguments`, whose shapes must be its argument types' for
/// `batch` examples.
Outcome run(mlir::func::FuncOp function, llvm::ArrayRef<Tensor> arguments, int64_t batch);

} // namespace nnc::reference
