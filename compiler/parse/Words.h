// The wording of syntax errors: the token found, the tokens expected, and advice.
#pragma once
#include "compiler/parse/SourceStream.h"
#include "grammar/NnParser.h"

namespace nnc::parse {

/// "`foo`", "the number 3", "the end of the line", "the reserved word `let`".
std::string describeFound(const SourceStream &source, antlr4::TokenStream &tokens, size_t index);

/// A failure of the parser: where it happened, and on which token.
struct Failure {
  size_t index;     ///< of the token that the parser could not use
  size_t rule;      ///< the grammar rule that was being parsed
  size_t statement; ///< the rule of the surrounding statement or entry: topStatement, statement,
                    ///< dataEntry or runEntry
  size_t first;     ///< the index of that statement's first token
  bool operandDue;  ///< any expression would have been accepted
};

/// What the parser would have accepted, in words: "an expression", "`,` or `)`", "the end of the
/// statement". `expected` holds the token types that it would have accepted.
std::string describeExpected(antlr4::TokenStream &tokens, const Failure &failure,
                             const antlr4::misc::IntervalSet &expected,
                             const antlr4::dfa::Vocabulary &vocabulary);

/// A sentence of advice on a well-known slip (`**`, `x = 1` without `let`, `def`, a misspelt
/// keyword), or empty.
std::string adviseOn(const SourceStream &source, antlr4::TokenStream &tokens,
                     const Failure &failure);

} // namespace nnc::parse
