// The entry point of the room: runs lexing and layout, then ANTLR's parser, then the builders.
#include "compiler/parse/Parse.h"
#include "compiler/parse/Builder.h"
#include "compiler/parse/ErrorStrategy.h"
#include "compiler/parse/Layout.h"

using namespace nnc;
using namespace nnc::parse;
using grammar::NnParser;

/// Parses statement by statement. The loop is here and not in the grammar's rule `program`, because
/// an error at the first token of a statement would end that rule for good.
static std::vector<NnParser::TopStatementContext *> parseStatements(NnParser &parser) {
  std::vector<NnParser::TopStatementContext *> statements;
  while (parser.getTokenStream()->LA(1) != antlr4::Token::EOF)
    statements.push_back(parser.topStatement());
  return statements;
}

std::unique_ptr<ast::Program> nnc::parseString(Diagnostics &diags, unsigned buffer) {
  SourceStream source(bufferText(diags.sources(), buffer));
  std::optional<TokenList> list = layOut(source, diags);
  if (!list)
    return nullptr;

  antlr4::ListTokenSource tokenSource(std::move(list->tokens));
  antlr4::CommonTokenStream tokens(&tokenSource);
  tokens.fill(); // messages look at tokens that the parser has not reached
  NnParser parser(&tokens);
  parser.removeErrorListeners();

  // As ANTLR advises, try the fast prediction mode first and the full one if it fails. Only the
  // second pass reports errors.
  std::vector<NnParser::TopStatementContext *> statements;
  auto *simulator = parser.getInterpreter<antlr4::atn::ParserATNSimulator>();
  try {
    simulator->setPredictionMode(antlr4::atn::PredictionMode::SLL);
    parser.setErrorHandler(std::make_shared<antlr4::BailErrorStrategy>());
    statements = parseStatements(parser);
  } catch (const antlr4::ParseCancellationException &) {
    parser.reset();
    simulator->setPredictionMode(antlr4::atn::PredictionMode::LL);
    parser.setErrorHandler(std::make_shared<StatementErrorStrategy>(source, list->depths, diags));
    statements = parseStatements(parser);
  }

  auto program = std::make_unique<ast::Program>();
  program->buffer = buffer;
  const BuildContext context{source, diags, list->docs, program->arena};
  program->statements = StmtBuilder(context).topStatements(statements);
  return program;
}

bool nnc::isIncomplete(llvm::StringRef text) {
  Diagnostics quiet;
  std::optional<unsigned> buffer = addBuffer(quiet, text, "<input>");
  if (!buffer)
    return false;
  SourceStream source(bufferText(quiet.sources(), *buffer));
  return endsOpen(source);
}
