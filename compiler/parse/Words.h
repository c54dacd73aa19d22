// How messages about syntax name what was found and what was expected.
#pragma once
#include "compiler/parse/SourceStream.h"
#include "grammar/NnParser.h"

namespace nnc::parse {

/// "`foo`", "the number 3", "the end of the line", "the reserved word `let`".
std::string describeFound(const SourceStream &source, antlr4::TokenStream &tokens, size_t index);

/// A failure of the parser: where it was and what it met.
struct Failure {
  size_t index;     ///< of the token that it could not use
  size_t rule;      ///< the grammar rule it was in
  size_t statement; ///< the rule of the statement or entry around it: topStatement, statement,
                    ///< dataEntry or runEntry
  size_t first;     ///< the index of that statement's first token
  bool operandDue;  ///< it could have gone on with any expression
};

/// What the parser could have gone on with, in words: "an expression", "`,` or `)`", "the end of
/// the statement". `expected` are the token types it would have taken.
std::string describeExpected(antlr4::TokenStream &tokens, const Failure &failure,
                             const antlr4::misc::IntervalSet &expected,
                             const antlr4::dfa::Vocabulary &vocabulary);

/// A sentence of advice for well-known slips (`**`, `x = 1` without `let`, `def`, a misspelt
/// keyword), or empty.
std::string adviseOn(const SourceStream &source, antlr4::TokenStream &tokens,
                     const Failure &failure);

} // namespace nnc::parse
