// Prints an AST as canonical source text, as `--emit=ast` shows it. Parsing the output and printing
// it again gives the same text.
#pragma once
#include "compiler/ast/Ast.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace nnc::ast {

/// Prints the whole program: one statement per line, blocks indented by two spaces, parentheses
/// only where needed.
void print(const Program &program, llvm::raw_ostream &os);

/// One statement with its block, without a final newline.
void print(const Stmt &stmt, llvm::raw_ostream &os);

/// One expression: for messages, `:type` and `--emit=math`.
void print(const Expr &expr, llvm::raw_ostream &os);
std::string toString(const Expr &expr);

} // namespace nnc::ast
