// Emits the calling convention of compiled functions (nn_code and nn_call in runtime/abi.h).
#pragma once

#include "compiler/dialect/kern/Kern.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace nnc {

/// What belongs to one function of a call.
struct CallScope {
  mlir::LLVM::LLVMFuncOp func;
  mlir::Block *home = nullptr; // reads fields and computes addresses; dominates the rest
  mlir::Value call, rowCount, capacity, threadNumber, threadCount, several;
  llvm::DenseMap<unsigned, mlir::Value> fields;
  llvm::DenseMap<mlir::Attribute, mlir::Value> addresses; // that are the same in all runs of loops
  llvm::SmallVector<mlir::Value> elements; // of each loop, the number of the run's element
};

/// Starts `llvm.func @name(call, thread, threads)` at b, with access to the fields of the call.
/// Leaves b in the body.
class CallFrame : CallScope {
public:
  /// If `other` is given, calls with `otherRows` examples only have thread 0 call `other`.
  CallFrame(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef name,
            mlir::LLVM::LLVMFuncOp other = {}, int64_t otherRows = 0);
  /// The same for one thread and a known number of examples. Uses separate stack slots instead of
  /// scratch, so that LLVM can turn each into registers independently.
  CallFrame(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef name, int64_t rows);

  /// The function that is called from outside.
  mlir::LLVM::LLVMFuncOp function() { return first; }
  /// Ends the function here with a call of a new function `name`, in which b continues. LLVM's
  /// compile time is quadratic in the length of a very long function. Requires mayGoOn().
  void goOnIn(llvm::StringRef name);
  /// Whether b is in no loop of its function.
  bool mayGoOn() const { return loops.empty() || loops.back().around; }
  /// Starts a loop that takes the elements 0, 1, … `runs` - 1 of sequences, or the reverse: what
  /// follows, until endLoop(), is one run. If `body` is not empty, it is in a function of that
  /// name, which the loop calls.
  void beginLoop(int64_t runs, bool backwards, llvm::StringRef body);
  void endLoop();
  /// Values of type i64: the examples in this batch, the number of this thread, and the number of
  /// threads.
  mlir::Value rows() { return rowCount; }
  mlir::Value thread() { return threadNumber; }
  mlir::Value threads() { return threadCount; }
  /// The address of `place`. `pools` are the sizes of the pools of scratch, which follow one
  /// another: bytes, and bytes for each row.
  struct Pools {
    int64_t fixedBytes = 0, rowBytes = 0;
  };
  mlir::Value address(kern::PlaceAttr place, const Pools &pools);
  /// Puts a place of scratch on the stack.
  void keepOnStack(kern::PlaceAttr place, int64_t bytes);
  /// Emits a barrier for all threads. If there are several threads, `event` ends at the barrier.
  void barrier(std::optional<int32_t> event = std::nullopt);
  /// Tells the profiler that `event` (see nn_call.stamp) has ended on this thread.
  void stamp(int32_t event);
  /// Ends the function here if `value` (a floating-point scalar) is not finite.
  void returnUnlessFinite(mlir::Value value);
  void finish();
  /// A 64-bit constant.
  mlir::Value number(int64_t value);

  /// The address of the sequence of which `place` is an element; of any other place, the same as
  /// address(). It is computed outside of all loops.
  mlir::Value addressOfWhole(kern::PlaceAttr place, const Pools &pools);

private:
  struct Loop {
    mlir::Block *head; // its argument is the number of the run's element
    int64_t step, end; // from one element to the next, and where they end
    // If the body is a function of its own: the function around it, and the place of b in that.
    std::optional<std::pair<CallScope, mlir::OpBuilder::InsertPoint>> around = std::nullopt;
  };
  void begin(llvm::StringRef name);
  void beginInternal(llvm::StringRef name); // after the function that contains b
  void readFields();
  void leaveTo(mlir::LLVM::LLVMFuncOp other, int64_t rows);
  mlir::Value field(unsigned number, mlir::Type type);
  mlir::Value pointerTo(mlir::Value base, mlir::Value bytes);

  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::LLVM::LLVMFuncOp first;
  mlir::Type pointer;
  llvm::SmallVector<Loop> loops; // outer to inner
};

} // namespace nnc
