// Parses source text into an AST. Only the room behind this header uses ANTLR, exceptions and RTTI.
#pragma once
#include "compiler/ast/Ast.h"
#include "compiler/support/Diagnostics.h"
#include <memory>

namespace nnc {

/// Parses a registered buffer (see support/Source.h). Reports syntax errors to `diags`, at most one
/// for each statement. The returned program has the statements without errors, so that sema can
/// report more. Returns null only if nothing could be parsed (unmatched brackets, an unterminated
/// string, an exceeded limit). `diags` owns the text and must outlive the program.
std::unique_ptr<ast::Program> parseString(Diagnostics &diags, unsigned buffer);

/// True if more lines could complete `text`: it has an open bracket, a trailing operator or comma,
/// or an `=` without a right side. For a prompt that reads several lines. Reports nothing.
bool isIncomplete(llvm::StringRef text);

/// The words with which a declaration or a statement of a program begins: `let`, `train`, …
llvm::ArrayRef<llvm::StringRef> statementWords();

} // namespace nnc
