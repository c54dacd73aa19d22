// The implementation class of the printer, shared by PrintExpr.cpp, PrintDecl.cpp and
// PrintStmt.cpp. All other code includes Printer.h.
#pragma once
#include "compiler/ast/Ast.h"
#include "llvm/Support/raw_ostream.h"

namespace nnc::ast {

/// How tightly an expression binds, in the order of the rules of grammar/Nn.g4. A node that binds
/// more loosely than its context requires is printed in parentheses. An `if` also has binding Pipe,
/// because its `else` side may be a pipe.
enum class Binding { Pipe, Or, And, Not, Compare, Sum, Product, Unary, Power, Postfix, Primary };

class Printer {
public:
  explicit Printer(llvm::raw_ostream &os) : os(os) {}

  void statements(llvm::ArrayRef<Stmt *> list);
  void statement(const Stmt &stmt);
  void expr(const Expr &e, Binding atLeast = Binding::Pipe);

private:
  // PrintExpr.cpp
  void plain(const Expr &e);
  void number(const NumberExpr &e);
  void string(llvm::StringRef value);
  void ifExpr(const IfExpr &e);
  void block(const BlockExpr &e);
  void exprs(llvm::ArrayRef<Expr *> list);
  void args(llvm::ArrayRef<Argument> list);
  void shape(const Shape &shape);
  void ident(const Ident &name);
  void path(const Path &path);
  void paths(llvm::ArrayRef<Path> list);

  // PrintDecl.cpp
  void declaration(const Decl &decl);
  void parameters(llvm::ArrayRef<Parameter> list);
  void typed(const Ident &name, const Shape *shape);
  void body(const Expr &body);
  static llvm::StringRef directionText(Direction direction) {
    return direction == Direction::Highest  ? " highest"
           : direction == Direction::Lowest ? " lowest"
                                            : "";
  }

  // PrintStmt.cpp
  void run(const Stmt &stmt);
  void entry(const Entry &entry);
  void entries(llvm::ArrayRef<Entry *> list);
  void nested(llvm::ArrayRef<Stmt *> list);
  void exprStatement(const Expr &e);

  void newline() {
    os << '\n';
    os.indent(2 * level);
  }

  llvm::raw_ostream &os;
  unsigned level = 0; ///< the current nesting depth of blocks
};

} // namespace nnc::ast
