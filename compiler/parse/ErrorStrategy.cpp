// One message for each broken statement.
#include "compiler/parse/ErrorStrategy.h"
#include "compiler/parse/Words.h"

using namespace nnc;
using namespace nnc::parse;
using grammar::NnParser;

/// The rules that end with a Sep: there parsing goes on after an error.
static bool isStatementRule(size_t rule) {
  return rule == NnParser::RuleTopStatement || rule == NnParser::RuleStatement || rule == NnParser::RuleDataEntry ||
         rule == NnParser::RuleRunEntry;
}

void StatementErrorStrategy::reportError(antlr4::Parser *parser, const antlr4::RecognitionException &failure) {
  if (inErrorRecoveryMode(parser))
    return; // the same failure on its way up, or one in the wake of another
  beginErrorCondition(parser);

  size_t index = failure.getOffendingToken()->getTokenIndex();
  antlr4::TokenStream &tokens = *parser->getTokenStream();
  antlr4::ParserRuleContext *rule = parser->getContext();
  auto *statement = rule;
  while (statement && !isStatementRule(statement->getRuleIndex()))
    statement = dynamic_cast<antlr4::ParserRuleContext *>(statement->parent);

  antlr4::Token *token = tokens.get(index);
  Range where = source.range(token);
  if (index > 0 && (token->getType() == NnParser::Sep || token->getType() == antlr4::Token::EOF) &&
      source.text(token).empty()) // nothing to underline: point behind what came last
    where = {source.range(tokens.get(index - 1)).end, source.range(tokens.get(index - 1)).end};
  std::string expected = describeExpected(rule->getRuleIndex(), failure.getExpectedTokens(), parser->getVocabulary());
  std::string found = describeFound(source, tokens, index);
  auto message = diags.error(where, "expected " + expected + ", found " + found);
  std::string advice =
      adviseOn(source, tokens, index, rule->getRuleIndex(), statement ? statement->start : nullptr);
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
