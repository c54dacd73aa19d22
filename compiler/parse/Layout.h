// The layout stage between lexer and parser. It decides which newlines end a statement, matches
// brackets, and enforces the limits that keep every later recursion shallow. LANGUAGE.md 2.5 and
// the grammar state the rules.
#pragma once
#include "compiler/parse/SourceStream.h"
#include "compiler/support/Diagnostics.h"
#include "llvm/ADT/DenseMap.h"

namespace nnc::parse {

/// The deepest nesting of brackets. ANTLR's generated parser recurses through some 15 functions for
/// each level.
constexpr unsigned maxNesting = 256;

/// The largest number of operators (of all open brackets together) from the start of an expression
/// to any point in it. It bounds the depth of the AST, which later rooms walk recursively: `1 + 1 +
/// … + 1` is a tree as deep as it is long.
constexpr unsigned maxOperators = 1000;
/// The largest number of words, numbers and signs in a program, enough for some 100,000 short rows
/// of a table. Each takes about a kilobyte while the tree is built.
constexpr size_t maxTokens = 1500000;

/// The tokens for the parser.
struct TokenList {
  std::vector<std::unique_ptr<antlr4::Token>> tokens; ///< the last one is the end of the file
  /// For each token, the number of brackets open around it. A bracket counts as outside itself.
  std::vector<unsigned> depths;
  /// The text of the `##` comment directly above a token, by the index of the token.
  llvm::DenseMap<size_t, std::string> docs;
};

/// Runs the lexer and applies the layout rules. On characters that are not allowed, unfinished
/// strings, unmatched brackets and exceeded limits, reports to `diags` and returns nothing.
std::optional<TokenList> layOut(SourceStream &source, Diagnostics &diags);

/// Whether the text ends where a statement cannot end: inside a bracket or after an operator. See
/// isIncomplete in Parse.h.
bool endsOpen(SourceStream &source);

} // namespace nnc::parse
