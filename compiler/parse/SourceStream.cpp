// Decodes a source buffer for the lexer.
#include "compiler/parse/SourceStream.h"
#include "llvm/ADT/STLExtras.h"

using namespace nnc;
using namespace nnc::parse;

SourceStream::SourceStream(llvm::StringRef text) : begin(text.begin()), end(text.end()) {
  bool ascii = llvm::all_of(text, [](char c) { return uint8_t(c) < 0x80; });
  _data.reserve(text.size());
  if (ascii) {
    _data.append(text.bytes_begin(), text.bytes_end());
    return;
  }
  size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  while (at < text.size()) {
    offsets.push_back(at);
    uint8_t lead = text[at++];
    unsigned more = lead < 0xC0 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    char32_t point = more == 0 ? lead : lead & (0x3F >> more);
    for (; more != 0; --more)
      point = point << 6 | (uint8_t(text[at++]) & 0x3F);
    _data.push_back(point);
  }
  offsets.push_back(at);
}

llvm::SMLoc SourceStream::location(size_t codePoint) const {
  size_t offset = codePoint;
  if (!offsets.empty())
    offset = offsets[std::min(codePoint, offsets.size() - 1)];
  return llvm::SMLoc::getFromPointer(std::min(begin + offset, end));
}

llvm::StringRef SourceStream::text(const antlr4::Token *token) const {
  Range place = range(token);
  return {place.begin.getPointer(), size_t(place.end.getPointer() - place.begin.getPointer())};
}
