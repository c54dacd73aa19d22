// Presents a source buffer to the lexer, and maps ANTLR's token positions back to places in the
// buffer.
#pragma once
#include "compiler/support/Source.h"
#include <antlr4-runtime.h>
#include <vector>

namespace nnc::parse {

/// ANTLR counts code points, LLVM's locations count bytes. This stream decodes the text once and
/// keeps both. It skips a byte order mark at the start. The text must be valid UTF-8 and outlive
/// the stream.
class SourceStream : public antlr4::ANTLRInputStream {
public:
  explicit SourceStream(llvm::StringRef text);

  /// The place of the code points first … last (inclusive, as ANTLR counts them). If last < first,
  /// the range is empty and at first.
  Range range(size_t first, size_t last) const { return {location(first), location(last + 1)}; }
  Range range(const antlr4::Token *token) const {
    return range(token->getStartIndex(), token->getStopIndex());
  }
  /// From the first byte of one token to the last of another.
  Range range(const antlr4::Token *first, const antlr4::Token *last) const {
    return {range(first).begin, range(last).end};
  }

  /// The text of a token, as a slice of the buffer (no copy).
  llvm::StringRef text(const antlr4::Token *token) const;

private:
  llvm::SMLoc location(size_t codePoint) const;

  const char *begin, *end;
  std::vector<uint32_t>
      offsets; ///< byte offset of each code point; empty for pure ASCII, where both are equal
};

} // namespace nnc::parse
