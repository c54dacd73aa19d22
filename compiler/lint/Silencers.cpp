// Finds `nolint` comments without a parser: `#` outside a string and a quoted name starts a
// comment, and all three end with the line.
#include "compiler/lint/Silencers.h"

#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

namespace nnc::lint {

/// The comment of the line without its `#`, or an empty text at the end of the line.
static StringRef commentOf(StringRef line) {
  char quote = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote) {
      if (c == '\\' && quote == '"')
        ++i;
      else if (c == quote)
        quote = 0;
    } else if (c == '"' || c == '`') {
      quote = c;
    } else if (c == '#') {
      return line.drop_front(i).ltrim("#");
    }
  }
  return line.drop_front(line.size());
}

static Range rangeOf(StringRef text) {
  return Range(llvm::SMLoc::getFromPointer(text.begin()), llvm::SMLoc::getFromPointer(text.end()));
}

Silencers::Silencers(const llvm::SourceMgr &sources, unsigned buffer)
    : text(bufferText(sources, buffer)) {
  for (StringRef rest = text; !rest.empty();) {
    const size_t end = rest.find_first_of("\r\n");
    StringRef comment = commentOf(rest.take_front(end)).trim();
    rest = end == StringRef::npos ? StringRef() : rest.drop_front(end + 1);
    const StringRef whole = comment;
    if (!comment.consume_front("nolint") || (!comment.empty() && llvm::isAlnum(comment.front())))
      continue;
    comment = comment.ltrim();
    if (!comment.consume_front(":") || comment.trim().empty()) {
      all.push_back({"", rangeOf(whole)});
      continue;
    }
    for (StringRef name : llvm::split(comment, ',')) {
      name = name.trim().take_until(
          [](char c) { return c == ' ' || c == '\t'; }); // a reason may follow
      all.push_back({name, rangeOf(name.empty() ? whole : name)});
    }
  }
}

bool Silencers::silence(StringRef lint, Range range) const {
  const char *begin = range.begin.getPointer(), *end = std::max(begin, range.end.getPointer());
  if (begin < text.begin() || begin > text.end())
    return false;
  for (const Named &named : all) {
    if (named.name != lint)
      continue;
    // Whether the name is on one of the lines of the range: not before the first line, and before
    // the end of the last.
    const char *at = named.range.begin.getPointer();
    const StringRef before(text.begin(), begin - text.begin()), after(end, text.end() - end);
    const size_t lineStart = before.find_last_of("\r\n"), lineEnd = after.find_first_of("\r\n");
    if (at >= text.begin() + (lineStart == StringRef::npos ? 0 : lineStart + 1) &&
        at < (lineEnd == StringRef::npos ? text.end() : end + lineEnd))
      return true;
  }
  return false;
}

} // namespace nnc::lint
