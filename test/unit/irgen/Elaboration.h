// Helpers for the tests of irgen: an elaborator with a function to build, and whole programs.
#pragma once

#include "compiler/irgen/Irgen.h"
#include "compiler/irgen/eval/Elaborator.h"
#include "test/unit/sema/Check.h"

#include "mlir/IR/BuiltinOps.h"

namespace nnc {

/// A context that has the dialects of irgen.
struct DialectContext : mlir::MLIRContext {
  DialectContext();
};

/// An elaborator that builds the function `f`, after the declarations of `text`. Tensors are f32.
struct Elaboration : Checked {
  explicit Elaboration(llvm::StringRef text = "let one = 1\n");

  /// A field of the function: `shape` for each example of a batch.
  Value field(llvm::StringRef name, llvm::ArrayRef<int64_t> shape,
              std::vector<std::string> axes = {});
  /// The same without a batch.
  Value tensor(llvm::StringRef name, llvm::ArrayRef<int64_t> shape);
  /// The value of a declaration of the text.
  Value valueOf(llvm::StringRef name);
  /// The value of a call of a declaration, or of a predefined function.
  Value call(llvm::StringRef name, llvm::ArrayRef<Value> args);
  /// The messages of the errors, without their places.
  Messages messages() const;
  /// Ends the function: its text.
  std::string finish();

  DialectContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  Function fn;
  Elaborator elab;
};

/// A program as irgen made it.
struct Generated : Checked {
  explicit Generated(llvm::StringRef text);

  const ProgramT &program() const { return result.tables->program; }
  mlir::func::FuncOp function(llvm::StringRef name) const {
    return result.module.get().lookupSymbol<mlir::func::FuncOp>(name);
  }
  /// The statements of one kind, in order.
  template <class T, class Kind> std::vector<const T *> bodies(Kind kind) const {
    std::vector<const T *> all;
    for (const StatementT &statement : program().statements)
      if (statement.body.type == kind)
        all.push_back(&nnrt::as<T>(statement));
    return all;
  }

  DialectContext context;
  IrgenResult result;
  bool generated = false;
};

/// The lines of `common`, then `text`.
std::string withCommon(llvm::StringRef text);

/// The number of ops of a class in a function.
template <class OpT> size_t countOf(mlir::func::FuncOp function) {
  size_t count = 0;
  function.walk([&](OpT) { ++count; });
  return count;
}

/// A list of known numbers.
inline Value listOf(llvm::ArrayRef<double> numbers) {
  Value list = Value::ofKind(Value::Kind::List);
  for (double n : numbers)
    list.items.push_back(Value::of(n));
  return list;
}

/// The shape of one example of a tensor.
inline std::vector<int64_t> shapeOf(const Value &v) { return exampleShape(v.tensor).vec(); }

} // namespace nnc
