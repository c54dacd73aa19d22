// Prints declarations as canonical source text.
#include "compiler/ast/PrinterImpl.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace nnc::ast;

void DeclPrinter::print(const Decl &decl) {
  if (!decl.doc.empty())
    doc(decl.doc);
  switch (decl.kind) {
  case StmtKind::Let:
    return let(llvm::cast<LetDecl>(decl));
  case StmtKind::Option:
    return option(llvm::cast<OptionDecl>(decl));
  case StmtKind::Fn:
    return fn(llvm::cast<FnDecl>(decl));
  case StmtKind::Layer:
    return layer(llvm::cast<LayerDecl>(decl));
  case StmtKind::Init:
    return init(llvm::cast<InitDecl>(decl));
  case StmtKind::Optimizer:
    return optimizer(llvm::cast<OptimizerDecl>(decl));
  case StmtKind::Metric:
    return metric(llvm::cast<MetricDecl>(decl));
  case StmtKind::Model:
    return model(llvm::cast<ModelDecl>(decl));
  default:
    return data(llvm::cast<DataDecl>(decl));
  }
}

void DeclPrinter::doc(llvm::StringRef text) {
  for (llvm::StringRef line : llvm::split(text, '\n')) {
    os << "##" << (line.empty() ? "" : " ") << line;
    out.newline();
  }
}

void DeclPrinter::let(const LetDecl &decl) {
  os << "let ";
  ident(decl.name);
  os << (decl.drawn ? " ~ " : " = ");
  expr(*decl.value);
}

void DeclPrinter::option(const OptionDecl &decl) {
  os << "option ";
  ident(decl.name);
  os << " = ";
  expr(*decl.defaultValue);
  if (!decl.help.empty()) {
    os << ' ';
    string(decl.help);
  }
}

void DeclPrinter::fn(const FnDecl &decl) {
  os << "fn ";
  ident(decl.name);
  parameters(decl.params);
  body(*decl.body);
  if (decl.derivative) {
    ++out.level;
    out.newline();
    os << "derivative ";
    expr(*decl.derivative);
    --out.level;
  }
}

void DeclPrinter::layer(const LayerDecl &decl) {
  os << "layer ";
  ident(decl.name);
  bool typedInputs =
      llvm::any_of(decl.inputs, [](const Parameter &p) { return p.shape != nullptr; });
  if (!decl.hasInputs || !decl.params.empty() || !typedInputs)
    parameters(decl.params);
  if (decl.hasInputs)
    parameters(decl.inputs);
  result(decl.result);
  body(*decl.body);
}

void DeclPrinter::init(const InitDecl &decl) {
  os << "init ";
  ident(decl.name);
  if (!decl.params.empty())
    parameters(decl.params);
  body(*decl.body);
  if (decl.fit) {
    os << " fit ";
    expr(*decl.fit);
  }
}

void DeclPrinter::optimizer(const OptimizerDecl &decl) {
  os << "optimizer ";
  ident(decl.name);
  parameters(decl.params);
  body(*decl.body);
}

void DeclPrinter::metric(const MetricDecl &decl) {
  os << "metric ";
  ident(decl.name);
  parameters(decl.params);
  direction(decl.direction);
  body(*decl.body);
}

void DeclPrinter::model(const ModelDecl &decl) {
  os << "model ";
  ident(decl.name);
  parameters(decl.inputs);
  result(decl.result);
  body(*decl.body);
}

void DeclPrinter::data(const DataDecl &decl) {
  os << "data ";
  ident(decl.name);
  os << " = ";
  expr(*decl.source);
  entries(decl.entries);
}

void DeclPrinter::parameters(llvm::ArrayRef<Parameter> list) {
  os << '(';
  llvm::interleaveComma(list, os, [&](const Parameter &parameter) {
    typed(parameter.name, parameter.shape);
    if (parameter.defaultValue) {
      os << " = ";
      expr(*parameter.defaultValue);
    }
  });
  os << ')';
}

/// The shape after `->`, which may be null.
void DeclPrinter::result(const Shape *type) {
  if (type) {
    os << " -> ";
    shape(*type);
  }
}

void DeclPrinter::body(const Expr &body) {
  os << (llvm::isa<BlockExpr>(body) ? " " : " = ");
  expr(body);
}
