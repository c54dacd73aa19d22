// A recursive descent parser for JSON (RFC 8259).
#include "runtime/support/json.h"

#include "runtime/support/utf8.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <unordered_set>

namespace nnrt {

const Json *Json::find(std::string_view name) const {
  for (const auto &member : members)
    if (member.first == name)
      return &member.second;
  return nullptr;
}

namespace {

class Parser {
public:
  explicit Parser(std::string_view text) : text(text) {}

  Status document(Json &value) {
    NN_TRY(element(value, 0));
    blanks();
    return at == text.size() ? Status() : fail("something follows the value");
  }

private:
  Status fail(const char *what) const {
    return Status::error(format("not valid JSON at byte %zu: %s", at, what));
  }

  void blanks() {
    while (at < text.size() &&
           (text[at] == ' ' || text[at] == '\t' || text[at] == '\n' || text[at] == '\r'))
      ++at;
  }
  bool take(char c) {
    blanks();
    if (at >= text.size() || text[at] != c)
      return false;
    ++at;
    return true;
  }
  bool word(std::string_view w) {
    if (text.substr(at, w.size()) != w)
      return false;
    at += w.size();
    return true;
  }

  Status element(Json &value, int depth) {
    blanks();
    if (depth > 16)
      return fail("nested too deeply");
    if (at >= text.size())
      return fail("it ends too early");
    switch (text[at]) {
    case '{':
      return object(value, depth);
    case '[':
      return array(value, depth);
    case '"':
      value.kind = Json::String;
      return string(value.string);
    case 't':
    case 'f':
      value.kind = Json::Bool;
      value.boolean = text[at] == 't';
      return word(value.boolean ? "true" : "false") ? Status() : fail("unknown word");
    case 'n':
      return word("null") ? Status() : fail("unknown word");
    default:
      return numeral(value);
    }
  }

  Status object(Json &value, int depth) {
    value.kind = Json::Object;
    ++at;
    if (take('}'))
      return Status();
    std::unordered_set<std::string> names;
    do {
      blanks();
      std::string name;
      if (at >= text.size() || text[at] != '"')
        return fail("a name in quotes is missing");
      NN_TRY(string(name));
      if (!names.insert(name).second)
        return fail("a name occurs twice");
      if (!take(':'))
        return fail("`:` is missing");
      value.members.emplace_back(std::move(name), Json());
      NN_TRY(element(value.members.back().second, depth + 1));
    } while (take(','));
    return take('}') ? Status() : fail("`}` is missing");
  }

  Status array(Json &value, int depth) {
    value.kind = Json::Array;
    ++at;
    if (take(']'))
      return Status();
    do {
      value.items.emplace_back();
      NN_TRY(element(value.items.back(), depth + 1));
    } while (take(','));
    return take(']') ? Status() : fail("`]` is missing");
  }

  Status numeral(Json &value) {
    value.kind = Json::Number;
    size_t end = at;
    while (end < text.size() && strchr("+-.eE0123456789", text[end]))
      ++end;
    bool starts = end > at && (text[at] == '-' || (text[at] >= '0' && text[at] <= '9'));
    std::from_chars_result result =
        std::from_chars(text.data() + at, text.data() + end, value.number);
    if (!starts || result.ec != std::errc() || result.ptr != text.data() + end)
      return fail("not a number");
    at = end;
    return Status();
  }

  bool hex4(uint32_t &code) {
    if (at + 4 > text.size())
      return false;
    auto result = std::from_chars(text.data() + at, text.data() + at + 4, code, 16);
    if (result.ptr != text.data() + at + 4)
      return false;
    at += 4;
    return true;
  }

  Status string(std::string &out) {
    ++at;
    while (at < text.size() && text[at] != '"') {
      unsigned char c = text[at++];
      if (c < 32)
        return fail("a control character in a string");
      if (c != '\\') {
        out += char(c);
        continue;
      }
      char escape = at < text.size() ? text[at++] : 0;
      const char *from = "\"\\/bfnrt", *found = escape ? strchr(from, escape) : nullptr;
      if (found) {
        out += "\"\\/\b\f\n\r\t"[found - from];
        continue;
      }
      uint32_t code = 0, low = 0;
      if (escape != 'u' || !hex4(code))
        return fail("an unknown escape in a string");
      if (code >= 0xD800 && code < 0xDC00) {
        if (!word("\\u") || !hex4(low) || low < 0xDC00 || low > 0xDFFF)
          return fail("half of a surrogate pair");
        code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
      }
      addCharacter(out, code);
    }
    if (at >= text.size())
      return fail("a string is never closed");
    ++at;
    return Status();
  }

  std::string_view text;
  size_t at = 0;
};

} // namespace

Status parseJson(std::string_view text, Json &value) { return Parser(text).document(value); }

std::string jsonString(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += std::string("\\") + c;
    else if ((unsigned char)c < 32)
      out += format("\\u%04x", c);
    else
      out += c;
  }
  return out + "\"";
}

} // namespace nnrt
