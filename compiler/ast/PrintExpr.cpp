// Prints expressions as canonical source text.
#include "compiler/ast/Printer.h"
#include "compiler/ast/PrinterImpl.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

using namespace nnc::ast;

static Binding bindingOf(BinaryOp op) {
  switch (op) {
  case BinaryOp::Or:
    return Binding::Or;
  case BinaryOp::And:
    return Binding::And;
  case BinaryOp::Eq:
  case BinaryOp::Ne:
  case BinaryOp::Lt:
  case BinaryOp::Le:
  case BinaryOp::Gt:
  case BinaryOp::Ge:
    return Binding::Compare;
  case BinaryOp::Add:
  case BinaryOp::Sub:
    return Binding::Sum;
  case BinaryOp::Mul:
  case BinaryOp::Div:
  case BinaryOp::MatMul:
  case BinaryOp::Mod:
    return Binding::Product;
  case BinaryOp::Pow:
    return Binding::Power;
  }
  llvm_unreachable("every operator is listed");
}

static Binding tighter(Binding binding) { return Binding(int(binding) + 1); }

static Binding bindingOf(const Expr &e) {
  switch (e.kind) {
  case ExprKind::Pipe:
    return Binding::Pipe;
  case ExprKind::If:
    return Binding::Pipe; // its `else` side may be a pipe
  case ExprKind::Binary:
    return bindingOf(llvm::cast<BinaryExpr>(e).op);
  case ExprKind::Unary:
    return llvm::cast<UnaryExpr>(e).op == UnaryOp::Not ? Binding::Not : Binding::Unary;
  case ExprKind::RangeOf:
    return Binding::Pipe; // occurs only as an item, where any binding is allowed
  case ExprKind::Number:
    return Binding::Power; // `3.w` and `3'` would be parsed differently
  case ExprKind::Call:
  case ExprKind::Index:
  case ExprKind::Field:
  case ExprKind::Transpose:
    return Binding::Postfix;
  default:
    return Binding::Primary;
  }
}

void Printer::expr(const Expr &e, Binding atLeast) {
  bool brackets = bindingOf(e) < atLeast;
  if (brackets)
    os << '(';
  plain(e);
  if (brackets)
    os << ')';
}

void Printer::plain(const Expr &e) {
  switch (e.kind) {
  case ExprKind::Number:
    return number(llvm::cast<NumberExpr>(e));
  case ExprKind::String:
    return string(llvm::cast<StringExpr>(e).value);
  case ExprKind::Bool:
    os << (llvm::cast<BoolExpr>(e).value ? "true" : "false");
    return;
  case ExprKind::Name:
    return ident(llvm::cast<NameExpr>(e).name);
  case ExprKind::Ellipsis:
    os << "...";
    return;
  case ExprKind::If:
    return ifExpr(llvm::cast<IfExpr>(e));
  case ExprKind::Block:
    return block(llvm::cast<BlockExpr>(e));
  case ExprKind::List:
    os << '[';
    exprs(llvm::cast<ListExpr>(e).elements);
    os << ']';
    return;
  case ExprKind::RangeOf: {
    auto &range = llvm::cast<RangeOfExpr>(e);
    expr(*range.first);
    os << " .. ";
    return expr(*range.last);
  }
  case ExprKind::Unary: {
    auto &unary = llvm::cast<UnaryExpr>(e);
    os << (unary.op == UnaryOp::Not ? "not " : "-");
    return expr(*unary.operand, unary.op == UnaryOp::Not ? Binding::Not : Binding::Unary);
  }
  case ExprKind::Binary: {
    auto &binary = llvm::cast<BinaryExpr>(e);
    Binding binding = bindingOf(binary.op);
    bool power = binary.op == BinaryOp::Pow;
    bool number = llvm::isa<NumberExpr>(binary.lhs); // the base of a power may be a number without
                                                     // parentheses
    expr(*binary.lhs, power                         ? (number ? Binding::Power : Binding::Postfix)
                      : binding == Binding::Compare ? tighter(binding)
                                                    : binding);
    if (power)
      os << '^';
    else
      os << ' ' << spelling(binary.op) << ' ';
    return expr(*binary.rhs, power ? Binding::Unary : tighter(binding));
  }
  case ExprKind::Call: {
    auto &call = llvm::cast<CallExpr>(e);
    expr(*call.callee, Binding::Postfix);
    os << '(';
    args(call.args);
    os << ')';
    return;
  }
  case ExprKind::Index: {
    auto &index = llvm::cast<IndexExpr>(e);
    expr(*index.base, Binding::Postfix);
    os << '[';
    exprs(index.indices);
    os << ']';
    return;
  }
  case ExprKind::Field: {
    auto &field = llvm::cast<FieldExpr>(e);
    expr(*field.base, Binding::Postfix);
    os << '.';
    return ident(field.field);
  }
  case ExprKind::Transpose:
    expr(*llvm::cast<TransposeExpr>(e).operand, Binding::Postfix);
    os << '\'';
    return;
  case ExprKind::Pipe: {
    auto &pipe = llvm::cast<PipeExpr>(e);
    // An `else` without parentheses would take this pipe, or the stages after it, with it.
    expr(*pipe.lhs, llvm::isa<PipeExpr>(pipe.lhs) ? Binding::Pipe : Binding::Or);
    os << " |> ";
    expr(*pipe.rhs, Binding::Or);
    if (pipe.place) {
      os << " as ";
      ident(pipe.place);
    }
    return;
  }
  }
}

void Printer::number(const NumberExpr &e) {
  os << e.spelling;
  if (e.unit == Unit::Epochs)
    os << " epochs";
  else if (e.unit == Unit::Steps)
    os << " steps";
}

void Printer::string(llvm::StringRef value) {
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

void Printer::ifExpr(const IfExpr &e) {
  os << "if ";
  expr(*e.condition, Binding::Or);
  os << (e.hasBlocks ? " " : " then ");
  // A branch that binds more loosely could take the `else` below.
  expr(*e.then, Binding::Or);
  if (e.otherwise) {
    os << " else ";
    expr(*e.otherwise);
  }
}

void Printer::block(const BlockExpr &e) {
  if (e.statements.empty() && !e.value) {
    os << "{}";
    return;
  }
  os << '{';
  ++level;
  for (const Stmt *stmt : e.statements) {
    newline();
    statement(*stmt);
  }
  if (e.value) {
    newline();
    exprStatement(*e.value);
  }
  --level;
  newline();
  os << '}';
}

void Printer::exprs(llvm::ArrayRef<Expr *> list) {
  llvm::interleave(list, [&](const Expr *e) { expr(*e); }, [&] { os << ", "; });
}

void Printer::args(llvm::ArrayRef<Argument> list) {
  llvm::interleave(
      list,
      [&](const Argument &arg) {
        if (arg.name)
          ident(arg.name);
        if (arg.shape) {
          os << ": ";
          return shape(*arg.shape);
        }
        os << (arg.name ? " = " : "");
        expr(*arg.value);
      },
      [&] { os << ", "; });
}

void Printer::shape(const Shape &shape) {
  os << '[';
  exprs(shape.dims);
  os << ']';
}

void Printer::ident(const Ident &name) {
  if (name.quoted)
    os << '`' << name.text << '`';
  else
    os << name.text;
}

void Printer::path(const Path &path) {
  llvm::interleave(path.parts, [&](const Ident &part) { ident(part); }, [&] { os << '.'; });
}

void Printer::paths(llvm::ArrayRef<Path> list) {
  llvm::interleave(list, [&](const Path &p) { path(p); }, [&] { os << ", "; });
}

void nnc::ast::print(const Expr &expr, llvm::raw_ostream &os) { Printer(os).expr(expr); }

std::string nnc::ast::toString(const Expr &expr) {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(expr, os);
  return text;
}
