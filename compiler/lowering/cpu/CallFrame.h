// The calling convention of compiled functions (nn_code and nn_call of runtime/abi.h), as code.
#pragma once

#include "compiler/dialect/kern/Kern.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace nnc {

/// Starts `llvm.func @name(call, thread, threads)` at b and gives access to the call's fields. b is
/// left in its body.
class CallFrame {
public:
  /// Calls with `otherRows` examples do nothing but let thread 0 call `other`, if there is one.
  CallFrame(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef name,
            mlir::LLVM::LLVMFuncOp other = {}, int64_t otherRows = 0);
  /// The same for one thread and a number of examples that is known. Instead of scratch there are
  /// places on the stack, each by itself, so that what happens to one does not keep another from
  /// becoming registers.
  CallFrame(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef name, int64_t rows);

  /// The function that is called from outside.
  mlir::LLVM::LLVMFuncOp function() { return first; }
  /// Ends the function here with a call of a new one, `name`, in which b goes on. Of a very long
  /// function LLVM would take time by the square of its length.
  void goOnIn(llvm::StringRef name);
  /// Numbers of type i64: examples in this batch, this thread, all threads.
  mlir::Value rows() { return rowCount; }
  mlir::Value thread() { return threadNumber; }
  mlir::Value threads() { return threadCount; }
  /// The address of `place`; `fixedBytes` is the size of the fixed pool, behind which the row pool
  /// lies.
  mlir::Value address(kern::PlaceAttr place, int64_t fixedBytes);
  /// Makes a place of scratch on the stack.
  void keepOnStack(kern::PlaceAttr place, int64_t bytes);
  /// All threads meet here. If there are several, `event` ends when they have.
  void barrier(std::optional<int32_t> event = std::nullopt);
  /// Tells the profiler that `event` (see nn_call.stamp) has ended on this thread.
  void stamp(int32_t event);
  /// Ends the function here if `value` (a floating-point scalar) is not finite.
  void returnUnlessFinite(mlir::Value value);
  void finish();
  /// A constant of 64 bits.
  mlir::Value number(int64_t value);

private:
  void begin(llvm::StringRef name);
  void readFields();
  void leaveTo(mlir::LLVM::LLVMFuncOp other, int64_t rows);
  mlir::Value field(unsigned number, mlir::Type type);
  mlir::Value pointerTo(mlir::Value base, mlir::Value bytes);

  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::LLVM::LLVMFuncOp first, func; // func: where b is
  mlir::Block *home =
      nullptr; // where fields are read and addresses computed: it dominates all that follows
  mlir::Type pointer, call64;
  mlir::Value call, rowCount, capacity, threadNumber, threadCount, several;
  llvm::DenseMap<unsigned, mlir::Value> fields;
  llvm::DenseMap<mlir::Attribute, mlir::Value> addresses;
};

} // namespace nnc
