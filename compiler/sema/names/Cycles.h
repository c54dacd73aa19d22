// Finds declarations that need themselves.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class CycleFinder : Checker {
public:
  using Checker::Checker;

  void report();

private:
  void reportCycle(llvm::ArrayRef<std::pair<const ast::Decl *, Range>> cycle);
};

} // namespace nnc::sema
