// From text to AST. The room behind this header is the only one that sees ANTLR, exceptions and
// RTTI.
#pragma once
#include "compiler/ast/Ast.h"
#include "compiler/support/Diagnostics.h"
#include <memory>

namespace nnc {

/// Parses a registered buffer (see support/Source.h). Syntax errors are reported to `diags`, at
/// most one for each statement; the statements without errors are in the program that is returned
/// all the same, so that sema can report more. Null only where nothing could be read (unmatched
/// brackets, an unterminated string, a limit). `diags` owns the text and must outlive the program.
std::unique_ptr<ast::Program> parseString(Diagnostics &diags, unsigned buffer);

/// True where `text` is a beginning that more lines could complete: an open bracket, a trailing
/// operator or comma, an
/// `=` without its right side. For a prompt that reads several lines. Reports nothing.
bool isIncomplete(llvm::StringRef text);

} // namespace nnc
