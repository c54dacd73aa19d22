// The lexer's view of a source buffer, and the way back from ANTLR's token positions to places in
// that buffer.
#pragma once
#include "compiler/support/Source.h"
#include <antlr4-runtime.h>
#include <vector>

namespace nnc::parse {

/// ANTLR counts code points, LLVM's locations are bytes: this stream decodes the text once and
/// remembers both. A byte order mark at the start is skipped. The text must be valid UTF-8 and
/// outlive the stream.
class SourceStream : public antlr4::ANTLRInputStream {
public:
  explicit SourceStream(llvm::StringRef text);

  /// The place of the code points first … last (inclusive, as ANTLR's tokens count them; last <
  /// first is an empty range at first).
  Range range(size_t first, size_t last) const { return {location(first), location(last + 1)}; }
  Range range(const antlr4::Token *token) const {
    return range(token->getStartIndex(), token->getStopIndex());
  }
  /// From the first byte of one token to the last of another.
  Range range(const antlr4::Token *first, const antlr4::Token *last) const {
    return {range(first).begin, range(last).end};
  }

  /// The text of a token, as a part of the buffer (no copy).
  llvm::StringRef text(const antlr4::Token *token) const;

private:
  llvm::SMLoc location(size_t codePoint) const;

  const char *begin, *end;
  std::vector<uint32_t>
      offsets; ///< byte offset of each code point; empty for pure ASCII, where they are equal
};

} // namespace nnc::parse
