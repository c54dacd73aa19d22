// Checks what runs name: models and their parts, data sets and their splits, files.
#pragma once

#include "compiler/sema/names/Names.h"

namespace nnc::sema {

class PathChecker : Checker {
public:
  using Checker::Checker;

  /// The model at the start of a path, after checking that it is a model and has that place. Null
  /// if it is unknown or the result of a run. `what`: the statement or entry that needs it.
  const ast::ModelDecl *checkModel(const ast::Path &path, const Scope &scope, llvm::StringRef what,
                                   bool parts);
  /// The data set at the start of a path. Null if it is unknown or was reported.
  const ast::DataDecl *checkData(const ast::Path &path, const Scope &scope);
  void checkSplit(const ast::DataDecl &decl, const Ident &split, const DataInfo &info);
  /// The name of a file. `file` may be null.
  void checkFile(const ast::Expr *file);

private:
  /// Reports a name that is unknown, or that names something else than a declaration of the kind
  /// that is requested. `undeclared`: what it is if it is no declaration.
  void reportOther(const Ident &name, const Target &target, const Scope &scope,
                   ast::StmtKind wanted, llvm::StringRef undeclared);
  void checkResult(const Ident &name, llvm::StringRef what);
};

} // namespace nnc::sema
