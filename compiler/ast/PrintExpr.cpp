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

void ExprPrinter::print(const Expr &e, Binding atLeast) {
  bool brackets = bindingOf(e) < atLeast;
  if (brackets)
    os << '(';
  plain(e);
  if (brackets)
    os << ')';
}

void ExprPrinter::plain(const Expr &e) {
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
    return list(llvm::cast<ListExpr>(e));
  case ExprKind::RangeOf:
    return range(llvm::cast<RangeOfExpr>(e));
  case ExprKind::Unary:
    return unary(llvm::cast<UnaryExpr>(e));
  case ExprKind::Binary:
    return binary(llvm::cast<BinaryExpr>(e));
  case ExprKind::Call:
    return call(llvm::cast<CallExpr>(e));
  case ExprKind::Index:
    return index(llvm::cast<IndexExpr>(e));
  case ExprKind::Field:
    return field(llvm::cast<FieldExpr>(e));
  case ExprKind::Transpose:
    return transpose(llvm::cast<TransposeExpr>(e));
  case ExprKind::Pipe:
    return pipe(llvm::cast<PipeExpr>(e));
  case ExprKind::Scan:
    return scan(llvm::cast<ScanExpr>(e));
  }
}

void ExprPrinter::number(const NumberExpr &e) {
  os << e.spelling;
  if (e.unit == Unit::Epochs)
    os << " epochs";
  else if (e.unit == Unit::Steps)
    os << " steps";
}

void ExprPrinter::list(const ListExpr &e) {
  os << '[';
  exprs(e.elements);
  os << ']';
}

void ExprPrinter::range(const RangeOfExpr &e) {
  print(*e.first);
  os << " .. ";
  print(*e.last);
}

void ExprPrinter::unary(const UnaryExpr &e) {
  os << (e.op == UnaryOp::Not ? "not " : "-");
  print(*e.operand, e.op == UnaryOp::Not ? Binding::Not : Binding::Unary);
}

void ExprPrinter::binary(const BinaryExpr &e) {
  Binding binding = bindingOf(e.op);
  bool power = e.op == BinaryOp::Pow;
  // The base of a power may be a number without parentheses.
  bool number = llvm::isa<NumberExpr>(e.lhs);
  print(*e.lhs, power                         ? (number ? Binding::Power : Binding::Postfix)
                : binding == Binding::Compare ? tighter(binding)
                                              : binding);
  if (power)
    os << '^';
  else
    os << ' ' << spelling(e.op) << ' ';
  print(*e.rhs, power ? Binding::Unary : tighter(binding));
}

void ExprPrinter::call(const CallExpr &e) {
  print(*e.callee, Binding::Postfix);
  os << '(';
  args(e.args);
  os << ')';
}

void ExprPrinter::index(const IndexExpr &e) {
  print(*e.base, Binding::Postfix);
  os << '[';
  exprs(e.indices);
  os << ']';
}

void ExprPrinter::field(const FieldExpr &e) {
  print(*e.base, Binding::Postfix);
  os << '.';
  ident(e.field);
}

void ExprPrinter::transpose(const TransposeExpr &e) {
  print(*e.operand, Binding::Postfix);
  os << '\'';
}

void ExprPrinter::pipe(const PipeExpr &e) {
  // An `else` without parentheses would take this pipe, or the stages after it, with it.
  print(*e.lhs, llvm::isa<PipeExpr>(e.lhs) ? Binding::Pipe : Binding::Or);
  os << " |> ";
  print(*e.rhs, Binding::Or);
  if (e.place) {
    os << " as ";
    ident(e.place);
  }
}

void ExprPrinter::ifExpr(const IfExpr &e) {
  os << "if ";
  print(*e.condition, Binding::Or);
  os << (e.hasBlocks ? " " : " then ");
  // A branch that binds more loosely could take the `else` below.
  print(*e.then, Binding::Or);
  if (e.otherwise) {
    os << " else ";
    print(*e.otherwise);
  }
}

void ExprPrinter::scan(const ScanExpr &e) {
  os << "scan ";
  llvm::interleaveComma(e.sources, os, [&](const ScanSource &source) {
    ident(source.name);
    os << " in ";
    print(*source.value);
  });
  if (e.every) {
    os << ", remember every ";
    print(*e.every);
  }
  os << ' ';
  block(*e.body);
}

void ExprPrinter::block(const BlockExpr &e) {
  if (e.statements.empty() && !e.value) {
    os << "{}";
    return;
  }
  braced([&] {
    for (const Stmt *stmt : e.statements) {
      out.newline();
      statement(*stmt);
    }
    if (e.value) {
      out.newline();
      exprStatement(*e.value);
    }
  });
}

void nnc::ast::print(const Expr &expr, llvm::raw_ostream &os) {
  Output out(os);
  ExprPrinter(out).print(expr);
}

std::string nnc::ast::toString(const Expr &expr) {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(expr, os);
  return text;
}
