// Generates `clip value c` and `clip norm c` (LANGUAGE.md 8.1), which limit the gradients before
// the optimizer uses them.
#pragma once

#include "compiler/irgen/program/ProgramContext.h"

namespace nnc {

class ClipGenerator {
public:
  ClipGenerator(ProgramContext &ctx, const ast::ClipEntry &entry) : ctx(ctx), entry(entry) {}

  /// The limit: one number, at least 0 if it is known.
  Value limit();
  /// 1 if a limit that is only known at run time is below 0 or NaN, else 0, as a tensor.
  mlir::Value isBelowZero(const Value &limit);
  mlir::Value lossUnlessBelowZero(mlir::Value loss, const Value &limit);
  /// Limits the gradients.
  void apply(const Value &limit, llvm::MutableArrayRef<mlir::Value> grads);

private:
  void byValue(const Value &limit, llvm::MutableArrayRef<mlir::Value> grads);
  /// As in formulas, without protection against overflow.
  void byPlainNorm(const Value &limit, llvm::MutableArrayRef<mlir::Value> grads);
  void byNorm(const Value &limit, llvm::MutableArrayRef<mlir::Value> grads);

  ProgramContext &ctx;
  const ast::ClipEntry &entry;
};

} // namespace nnc
