// Checks the arguments of a call against the parameters of what is called.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

/// A parameter as seen by a call.
struct Formal {
  llvm::StringRef name;
  bool required;
};

class ArgumentChecker : Checker {
public:
  using Checker::Checker;

  /// Checks `args` against `formals`. A pipe supplies the first `piped` of them.
  void check(llvm::ArrayRef<ast::Argument> args, Range where, llvm::StringRef callee,
             Range declared, llvm::ArrayRef<Formal> formals, unsigned piped);
  void checkBuiltin(llvm::ArrayRef<ast::Argument> args, Range where, const Builtin &builtin,
                    unsigned piped);
};

} // namespace nnc::sema
