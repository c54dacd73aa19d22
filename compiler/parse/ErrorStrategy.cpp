// Reports one error for each broken statement and finds the end of the statement.
#include "compiler/parse/ErrorStrategy.h"
#include "compiler/parse/Words.h"

using namespace nnc;
using namespace nnc::parse;
using grammar::NnParser;

/// The rules that end with a Sep. Parsing continues there after an error.
static bool isStatementRule(size_t rule) {
  return rule == NnParser::RuleTopStatement || rule == NnParser::RuleStatement ||
         rule == NnParser::RuleDataEntry || rule == NnParser::RuleRunEntry;
}

void StatementErrorStrategy::reportError(antlr4::Parser *parser,
                                         const antlr4::RecognitionException &failure) {
  if (inErrorRecoveryMode(parser))
    return; // the same failure on its way up, or a follow-up error
  beginErrorCondition(parser);

  antlr4::TokenStream &tokens = *parser->getTokenStream();
  antlr4::ParserRuleContext *rule = parser->getContext(), *statement = rule;
  while (!isStatementRule(statement->getRuleIndex()))
    statement = static_cast<antlr4::ParserRuleContext *>(statement->parent);
  antlr4::misc::IntervalSet expected = failure.getExpectedTokens();
  bool operandDue =
      expected.contains(size_t(NnParser::Number)) && expected.contains(size_t(NnParser::LParen));
  Failure where{failure.getOffendingToken()->getTokenIndex(), rule->getRuleIndex(),
                statement->getRuleIndex(), statement->start->getTokenIndex(), operandDue};

  Range range = source.range(tokens.get(where.index));
  if (where.index > 0 &&
      range.begin == range.end) { // nothing to underline: point after the previous token
    range.begin = source.range(tokens.get(where.index - 1)).end;
    range.end = range.begin;
  }
  auto message = diags.error(
      range, "expected " + describeExpected(tokens, where, expected, parser->getVocabulary()) +
                 ", found " + describeFound(source, tokens, where.index));
  std::string advice = adviseOn(source, tokens, where);
  if (!advice.empty())
    message.note(advice);
}

void StatementErrorStrategy::recover(antlr4::Parser *parser, std::exception_ptr failure) {
  antlr4::ParserRuleContext *rule = parser->getContext();
  if (!isStatementRule(rule->getRuleIndex()))
    std::rethrow_exception(failure);
  antlr4::TokenStream &tokens = *parser->getTokenStream();
  unsigned depth = depths[rule->start->getTokenIndex()];
  while (tokens.LA(1) != antlr4::Token::EOF) {
    antlr4::Token *token = parser->consume();
    if (token->getType() == NnParser::Sep && depths[token->getTokenIndex()] == depth)
      break;
  }
  endErrorCondition(parser); // the next statement may have an error of its own
}

antlr4::Token *StatementErrorStrategy::recoverInline(antlr4::Parser *parser) {
  throw antlr4::InputMismatchException(parser);
}
