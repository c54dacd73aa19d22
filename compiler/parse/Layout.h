// Between lexer and parser: which newlines end a statement, which brackets belong together, and the
// limits that keep every later recursion shallow. Grammar and LANGUAGE.md 2.5 state the rules that
// are applied here.
#pragma once
#include "compiler/parse/SourceStream.h"
#include "compiler/support/Diagnostics.h"
#include "llvm/ADT/DenseMap.h"

namespace nnc::parse {

/// Deepest nesting of brackets. ANTLR's generated parser recurses a dozen functions for each level.
constexpr unsigned maxNesting = 256;

/// Most operators (of all open brackets together) between an expression's start and any point of
/// it. It bounds the depth of the AST, which later rooms walk recursively: `1 + 1 + … + 1` is a
/// tree as deep as it is long.
constexpr unsigned maxOperators = 1000;
/// Words, numbers and signs of a program: each takes about a kilobyte while the tree is built. Some
/// 100,000 short rows of a table.
constexpr size_t maxTokens = 1500000;

/// The tokens for the parser.
struct TokenList {
  std::vector<std::unique_ptr<antlr4::Token>> tokens; ///< the last one is the end of the file
  /// For each token the number of brackets open around it; a bracket itself counts as outside.
  std::vector<unsigned> depths;
  /// The text of the `##` comment that stands directly above a token, by the token's index.
  llvm::DenseMap<size_t, std::string> docs;
};

/// Runs the lexer and applies the layout rules. Reports characters that cannot be in a program,
/// unfinished strings, unmatched brackets and exceeded limits to `diags` and returns nothing then.
std::optional<TokenList> layOut(SourceStream &source, Diagnostics &diags);

/// Whether the text ends where a statement cannot: inside a bracket or after an operator. See
/// isIncomplete in Parse.h.
bool endsOpen(SourceStream &source);

} // namespace nnc::parse
