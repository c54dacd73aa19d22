// What has been declared in an interactive session: source texts by name.
#pragma once

#include "compiler/ast/Ast.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace nnc::repl {

struct Declaration {
  std::string name;  // of a `freeze` statement: empty
  std::string text;  // with its documentation comment
  std::string doc;
  ast::StmtKind kind;
};

class Declarations {
public:
  /// Remembers a declaration; an earlier one of that name is forgotten.
  void add(Declaration d);
  const Declaration *find(llvm::StringRef name) const;
  llvm::ArrayRef<Declaration> all() const { return list; }

  /// A program: `input`, at the line and column (from 1) where it was typed, and below it every declaration that it
  /// needs, and that those need. Names may be used above their declaration, so messages about the input keep its lines.
  std::string programFor(llvm::StringRef input, unsigned line = 1, unsigned column = 1) const;

private:
  std::vector<Declaration> list;
};

/// The source text of a statement, its documentation comment included where it is a declaration.
std::string textOf(const ast::Stmt &statement);
Declaration declarationOf(const ast::Stmt &statement);

} // namespace nnc::repl
