// What happens when the parser meets a token that it cannot use: one message, then on with the next
// statement.
#pragma once
#include "compiler/parse/SourceStream.h"
#include "compiler/support/Diagnostics.h"

namespace nnc::parse {

/// Reports the first error of each statement (or entry of a block) and skips to the statement's
/// end. ANTLR's own strategy guesses at single tokens, which makes further errors out of one; this
/// one never inserts or deletes. `depths` are TokenList::depths: they tell which Sep ends the
/// statement.
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
