// Helpers for the tests of parse/ and ast/: a parsed text with its messages, and a bracketed form
// of its trees that does not depend on the printer.
#pragma once
#include "compiler/ast/Printer.h"
#include "compiler/parse/Parse.h"
#include "llvm/ADT/STLExtras.h"
#include <gtest/gtest.h>

namespace nnc::test {

struct Parsed {
  Diagnostics diags;
  std::unique_ptr<ast::Program> program;

  explicit Parsed(llvm::StringRef text) {
    if (auto buffer = addBuffer(diags, text, "t.nn"))
      program = parseString(diags, *buffer);
  }

  /// The messages as a user sees them.
  std::string messages() {
    std::string text;
    llvm::raw_string_ostream os(text);
    diags.print(os, false);
    return text;
  }

  /// The first lines of the errors alone, each with a final newline: "1:5: expected …".
  std::string errors() {
    std::string text;
    for (const Diagnostic &message : diags.all()) {
      Position at = diags.position(message.where);
      text +=
          std::to_string(at.line) + ":" + std::to_string(at.column) + ": " + message.message + "\n";
    }
    return text;
  }

  /// The whole program as canonical source.
  std::string printed() {
    std::string text;
    llvm::raw_string_ostream os(text);
    if (program)
      ast::print(*program, os);
    return text;
  }

  /// The only statement of the program, of kind T.
  template <typename T> const T &only() {
    EXPECT_EQ(errors(), "");
    EXPECT_EQ(program->statements.size(), 1u);
    return *llvm::cast<T>(program->statements.front());
  }
};

inline std::string tree(const ast::Expr *e);

inline std::string treeOfScan(const ast::ScanExpr &scan) {
  std::string text = "(scan";
  for (const ast::ScanSource &source : scan.sources)
    text += " " + source.name.text.str() + "=" + tree(source.value);
  return text + (scan.every ? " every " + tree(scan.every) : "") + " " + tree(scan.body) + ")";
}

/// The structure of an expression: `a + b * c` is "(+ a (* b c))".
inline std::string tree(const ast::Expr *e) {
  using namespace ast;
  if (!e)
    return "null";
  auto list = [](llvm::ArrayRef<Expr *> exprs) {
    std::string text;
    for (const Expr *each : exprs)
      text += " " + tree(each);
    return text;
  };
  switch (e->kind) {
  case ExprKind::Number: {
    auto *n = llvm::cast<NumberExpr>(e);
    const char *unit = n->unit == Unit::Epochs ? " epochs" : n->unit == Unit::Steps ? " steps" : "";
    return n->spelling.str() + unit;
  }
  case ExprKind::String:
    return "\"" + llvm::cast<StringExpr>(e)->value.str() + "\"";
  case ExprKind::Bool:
    return llvm::cast<BoolExpr>(e)->value ? "true" : "false";
  case ExprKind::Name:
    return llvm::cast<NameExpr>(e)->name.text.str();
  case ExprKind::Ellipsis:
    return "...";
  case ExprKind::List:
    return "(list" + list(llvm::cast<ListExpr>(e)->elements) + ")";
  case ExprKind::RangeOf:
    return "(.. " + tree(llvm::cast<RangeOfExpr>(e)->first) + " " +
           tree(llvm::cast<RangeOfExpr>(e)->last) + ")";
  case ExprKind::Unary: {
    auto *u = llvm::cast<UnaryExpr>(e);
    return (u->op == UnaryOp::Not ? "(not " : "(- ") + tree(u->operand) + ")";
  }
  case ExprKind::Binary: {
    auto *b = llvm::cast<BinaryExpr>(e);
    return "(" + spelling(b->op).str() + " " + tree(b->lhs) + " " + tree(b->rhs) + ")";
  }
  case ExprKind::If: {
    auto *i = llvm::cast<IfExpr>(e);
    return "(if " + tree(i->condition) + " " + tree(i->then) + " " + tree(i->otherwise) + ")";
  }
  case ExprKind::Call: {
    auto *c = llvm::cast<CallExpr>(e);
    std::string text = "(call " + tree(c->callee);
    for (const Argument &arg : c->args) {
      text += " ";
      if (arg.name)
        text += arg.name.text.str() + (arg.shape ? ":" : "=");
      if (arg.shape)
        text += "[" + list(arg.shape->dims) + " ]";
      else
        text += tree(arg.value);
    }
    return text + ")";
  }
  case ExprKind::Index: {
    auto *i = llvm::cast<IndexExpr>(e);
    return "(index " + tree(i->base) + list(i->indices) + ")";
  }
  case ExprKind::Field:
    return "(. " + tree(llvm::cast<FieldExpr>(e)->base) + " " +
           llvm::cast<FieldExpr>(e)->field.text.str() + ")";
  case ExprKind::Transpose:
    return "(' " + tree(llvm::cast<TransposeExpr>(e)->operand) + ")";
  case ExprKind::Pipe: {
    auto *p = llvm::cast<PipeExpr>(e);
    return "(|> " + tree(p->lhs) + " " + tree(p->rhs) +
           (p->place ? " as " + p->place.text.str() : "") + ")";
  }
  case ExprKind::Block: {
    auto *b = llvm::cast<BlockExpr>(e);
    return "(block " + std::to_string(b->statements.size()) + " " + tree(b->value) + ")";
  }
  case ExprKind::Scan:
    return treeOfScan(*llvm::cast<ScanExpr>(e));
  }
  return "?";
}

/// The structure of `text`, parsed as an expression; its errors instead if there are any.
inline std::string treeOf(llvm::StringRef text) {
  Parsed parsed(text);
  if (parsed.diags.hasErrors())
    return parsed.errors();
  return tree(parsed.only<ast::ExprStmt>().expr);
}

} // namespace nnc::test
