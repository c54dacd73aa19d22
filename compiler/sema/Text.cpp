// Words of messages.
#include "compiler/sema/Analyzer.h"

using llvm::StringRef;

namespace nnc::sema {

std::string quoted(StringRef name) { return "`" + name.str() + "`"; }

StringRef describe(ast::StmtKind kind) {
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
  default:
    return "a statement";
  }
}

std::string listed(llvm::ArrayRef<StringRef> names, StringRef conjunction) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i)
      text += i + 1 == names.size() ? " " + conjunction.str() + " " : ", ";
    text += names[i];
  }
  return text;
}

std::string counted(uint64_t n, StringRef noun) {
  return std::to_string(n) + " " + noun.str() + (n == 1 ? "" : "s");
}

} // namespace nnc::sema
