// Prints declarations as canonical source text.
#include "compiler/ast/PrinterImpl.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace nnc::ast;

void Printer::declaration(const Decl &decl) {
  if (!decl.doc.empty())
    for (llvm::StringRef line : llvm::split(decl.doc, '\n')) {
      os << "##" << (line.empty() ? "" : " ") << line;
      newline();
    }
  switch (decl.kind) {
  case StmtKind::Let: {
    auto &let = llvm::cast<LetDecl>(decl);
    os << "let ";
    ident(let.name);
    os << (let.drawn ? " ~ " : " = ");
    return expr(*let.value);
  }
  case StmtKind::Option: {
    auto &option = llvm::cast<OptionDecl>(decl);
    os << "option ";
    ident(option.name);
    os << " = ";
    expr(*option.defaultValue);
    if (!option.help.empty()) {
      os << ' ';
      string(option.help);
    }
    return;
  }
  case StmtKind::Fn: {
    auto &fn = llvm::cast<FnDecl>(decl);
    os << "fn ";
    ident(fn.name);
    parameters(fn.params);
    body(*fn.body);
    if (fn.derivative) {
      ++level;
      newline();
      os << "derivative ";
      expr(*fn.derivative);
      --level;
    }
    return;
  }
  case StmtKind::Layer: {
    auto &layer = llvm::cast<LayerDecl>(decl);
    os << "layer ";
    ident(layer.name);
    bool typedInputs =
        llvm::any_of(layer.inputs, [](const Parameter &p) { return p.shape != nullptr; });
    if (!layer.hasInputs || !layer.params.empty() || !typedInputs)
      parameters(layer.params);
    if (layer.hasInputs)
      parameters(layer.inputs);
    if (layer.result) {
      os << " -> ";
      shape(*layer.result);
    }
    return body(*layer.body);
  }
  case StmtKind::Init: {
    auto &init = llvm::cast<InitDecl>(decl);
    os << "init ";
    ident(init.name);
    if (!init.params.empty())
      parameters(init.params);
    body(*init.body);
    if (init.fit) {
      os << " fit ";
      expr(*init.fit);
    }
    return;
  }
  case StmtKind::Optimizer: {
    auto &optimizer = llvm::cast<OptimizerDecl>(decl);
    os << "optimizer ";
    ident(optimizer.name);
    parameters(optimizer.params);
    return body(*optimizer.body);
  }
  case StmtKind::Metric: {
    auto &metric = llvm::cast<MetricDecl>(decl);
    os << "metric ";
    ident(metric.name);
    parameters(metric.params);
    os << directionText(metric.direction);
    return body(*metric.body);
  }
  case StmtKind::Model: {
    auto &model = llvm::cast<ModelDecl>(decl);
    os << "model ";
    ident(model.name);
    parameters(model.inputs);
    if (model.result) {
      os << " -> ";
      shape(*model.result);
    }
    return body(*model.body);
  }
  default: {
    auto &data = llvm::cast<DataDecl>(decl);
    os << "data ";
    ident(data.name);
    os << " = ";
    expr(*data.source);
    return entries(data.entries);
  }
  }
}

void Printer::parameters(llvm::ArrayRef<Parameter> list) {
  os << '(';
  llvm::interleave(
      list,
      [&](const Parameter &parameter) {
        typed(parameter.name, parameter.shape);
        if (parameter.defaultValue) {
          os << " = ";
          expr(*parameter.defaultValue);
        }
      },
      [&] { os << ", "; });
  os << ')';
}

void Printer::typed(const Ident &name, const Shape *type) {
  ident(name);
  if (type) {
    os << ": ";
    shape(*type);
  }
}

void Printer::body(const Expr &body) {
  os << (llvm::isa<BlockExpr>(body) ? " " : " = ");
  expr(body);
}
