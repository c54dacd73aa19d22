// Kinds of declarations and statements in words.
#pragma once

#include "compiler/ast/Ast.h"

namespace nnc::repl {

/// "a model", "a data set", "what a search found".
inline llvm::StringRef kindName(ast::StmtKind kind) {
  switch (kind) {
  case ast::StmtKind::Let:
    return "a constant";
  case ast::StmtKind::Option:
    return "an option";
  case ast::StmtKind::Fn:
    return "a function";
  case ast::StmtKind::Layer:
    return "a layer";
  case ast::StmtKind::Init:
    return "an initializer";
  case ast::StmtKind::Optimizer:
    return "an optimizer";
  case ast::StmtKind::Metric:
    return "a metric";
  case ast::StmtKind::Model:
    return "a model";
  case ast::StmtKind::Data:
    return "a data set";
  case ast::StmtKind::Search:
    return "what a search found";
  case ast::StmtKind::Compare:
    return "a comparison";
  case ast::StmtKind::Ensemble:
    return "an ensemble";
  default:
    return "a declaration";
  }
}

} // namespace nnc::repl
