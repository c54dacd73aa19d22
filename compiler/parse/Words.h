// How messages about syntax name what was found and what was expected.
#pragma once
#include "compiler/parse/SourceStream.h"
#include "grammar/NnParser.h"

namespace nnc::parse {

/// "`foo`", "the number 3", "the end of the line", "the reserved word `let`".
std::string describeFound(const SourceStream &source, antlr4::TokenStream &tokens, size_t index);

/// What the parser could have gone on with, in words: "an expression", "`,` or `)`", "the end of the statement".
/// `rule` is the grammar rule it was in, `expected` the token types it would have taken.
std::string describeExpected(size_t rule, const antlr4::misc::IntervalSet &expected,
                             const antlr4::dfa::Vocabulary &vocabulary);

/// A sentence of advice for well-known slips (`**`, `x = 1` without `let`, `def`, a misspelt keyword), or empty.
std::string adviseOn(const SourceStream &source, antlr4::TokenStream &tokens, size_t index, size_t rule,
                     const antlr4::Token *statementStart);

} // namespace nnc::parse
