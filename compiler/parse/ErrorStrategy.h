// Handles tokens that the parser cannot use: reports one error and continues with the next
// statement.
#pragma once
#include "compiler/parse/SourceStream.h"
#include "compiler/support/Diagnostics.h"

namespace nnc::parse {

/// Reports the first error of each statement (or entry of a block) and skips to the end of the
/// statement. ANTLR's own strategy inserts or deletes single tokens, which causes follow-up errors;
/// this one never does. `depths` (TokenList::depths) tells which Sep ends the statement.
class StatementErrorStrategy : public antlr4::DefaultErrorStrategy {
public:
  StatementErrorStrategy(const SourceStream &source, const std::vector<unsigned> &depths,
                         Diagnostics &diags)
      : source(source), depths(depths), diags(diags) {}

  void reportError(antlr4::Parser *parser, const antlr4::RecognitionException &failure) override;
  void recover(antlr4::Parser *parser, std::exception_ptr failure) override;
  antlr4::Token *recoverInline(antlr4::Parser *parser) override;
  void sync(antlr4::Parser *) override {}

private:
  const SourceStream &source;
  const std::vector<unsigned> &depths;
  Diagnostics &diags;
};

} // namespace nnc::parse
