// Prints what nodes of several kinds consist of: names, paths, shapes, arguments.
#include "compiler/ast/PrinterImpl.h"
#include "llvm/ADT/STLExtras.h"

using namespace nnc::ast;

void PartPrinter::expr(const Expr &e, Binding atLeast) { ExprPrinter(out).print(e, atLeast); }

void PartPrinter::statement(const Stmt &stmt) { StmtPrinter(out).print(stmt); }

void PartPrinter::entries(llvm::ArrayRef<Entry *> list) { EntryPrinter(out).printAll(list); }

void PartPrinter::exprs(llvm::ArrayRef<Expr *> list) {
  llvm::interleaveComma(list, os, [&](const Expr *e) { expr(*e); });
}

/// The name at the start of an expression, if `(` or `[` follows it. `block`: whether the
/// expression starts with a block.
static llvm::StringRef leadingCallee(const Expr *e, bool &block) {
  bool applied = false;
  while (true) {
    block = llvm::isa<BlockExpr>(e);
    if (auto *pipe = llvm::dyn_cast<PipeExpr>(e))
      e = pipe->lhs, applied = false;
    else if (auto *binary = llvm::dyn_cast<BinaryExpr>(e))
      e = binary->lhs, applied = false;
    else if (auto *call = llvm::dyn_cast<CallExpr>(e))
      e = call->callee, applied = true;
    else if (auto *index = llvm::dyn_cast<IndexExpr>(e))
      e = index->base, applied = true;
    else if (auto *field = llvm::dyn_cast<FieldExpr>(e))
      e = field->base, applied = false;
    else if (auto *transpose = llvm::dyn_cast<TransposeExpr>(e))
      e = transpose->operand, applied = false;
    else if (auto *name = llvm::dyn_cast<NameExpr>(e))
      return applied && !name->name.quoted ? name->name.text : "";
    else
      return "";
  }
}

void PartPrinter::exprStatement(const Expr &e) {
  // Parentheses, if the start would be parsed differently: `report(x)` as a statement, `{` as the
  // block of the line before.
  bool block = false;
  llvm::StringRef callee = leadingCallee(&e, block);
  bool brackets = block || callee == "report" || callee == "plot" || callee == "where";
  os << (brackets ? "(" : "");
  expr(e);
  os << (brackets ? ")" : "");
}

void PartPrinter::args(llvm::ArrayRef<Argument> list) {
  llvm::interleaveComma(list, os, [&](const Argument &arg) {
    if (arg.shape)
      return typed(arg.name, arg.shape);
    if (arg.name) {
      ident(arg.name);
      os << " = ";
    }
    expr(*arg.value);
  });
}

void PartPrinter::shape(const Shape &shape) {
  os << '[';
  exprs(shape.dims);
  os << ']';
}

void PartPrinter::typed(const Ident &name, const Shape *type) {
  ident(name);
  if (type) {
    os << ": ";
    shape(*type);
  }
}

void PartPrinter::ident(const Ident &name) {
  if (name.quoted)
    os << '`' << name.text << '`';
  else
    os << name.text;
}

void PartPrinter::idents(llvm::ArrayRef<Ident> list) {
  llvm::interleaveComma(list, os, [&](const Ident &name) { ident(name); });
}

void PartPrinter::path(const Path &path) {
  llvm::interleave(path.parts, os, [&](const Ident &part) { ident(part); }, ".");
}

void PartPrinter::paths(llvm::ArrayRef<Path> list) {
  llvm::interleaveComma(list, os, [&](const Path &p) { path(p); });
}

void PartPrinter::braced(llvm::function_ref<void()> lines) {
  os << '{';
  ++out.level;
  lines();
  --out.level;
  out.newline();
  os << '}';
}

void PartPrinter::string(llvm::StringRef value) {
  os << '"';
  for (char c : value) {
    if (c == '"' || c == '\\')
      os << '\\' << c;
    else if (c == '\n')
      os << "\\n";
    else if (c == '\t')
      os << "\\t";
    else
      os << c;
  }
  os << '"';
}

void PartPrinter::direction(Direction direction) {
  os << (direction == Direction::Highest  ? " highest"
         : direction == Direction::Lowest ? " lowest"
                                          : "");
}
