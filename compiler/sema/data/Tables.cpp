// Checks the settings of `csv(…)` that say how the table is written.
#include "compiler/sema/data/Sources.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using llvm::dyn_cast;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

static const std::pair<StringRef, program::encoding> encodings[] = {
    {"utf-8", NN_UTF8},          {"utf8", NN_UTF8},         {"latin1", NN_LATIN1},
    {"latin-1", NN_LATIN1},      {"iso-8859-1", NN_LATIN1}, {"cp1252", NN_CP1252},
    {"windows-1252", NN_CP1252}, {"utf-16", NN_UTF16},      {"utf16", NN_UTF16},
};

/// The text of a setting in quotes, else "".
static StringRef textOf(const Expr *value) {
  auto *string = dyn_cast<StringExpr>(value);
  return string ? StringRef(string->value) : StringRef();
}

/// The only character of a text, or 0.
static char onlyCharacter(StringRef text) { return text.size() == 1 ? text[0] : 0; }

/// Whether a character can be between cells or around them. `others`: those that cannot, besides
/// letters and digits.
static bool isMark(char c, StringRef others) {
  return c && (unsigned char)c < 0x80 && !llvm::isAlnum(c) && !others.contains(c);
}

void TableReader::read(SourceSetting setting, const Expr *value) {
  switch (setting) {
  case SourceSetting::Separator:
    readSeparator(value);
    break;
  case SourceSetting::Decimal:
    readDecimal(value);
    break;
  case SourceSetting::Quote:
    readQuote(value);
    break;
  case SourceSetting::Encoding:
    readEncoding(value);
    break;
  case SourceSetting::Missing:
    readMissing(value);
    break;
  default:
    llvm_unreachable("not a setting of a table");
  }
  if (info.separator && info.separator == (info.decimal ? info.decimal : '.'))
    diags.error(value->range, "the separator and the decimal point are the same character");
  if (info.separator && info.separator == (info.quote ? info.quote : '"'))
    diags.error(value->range, "the separator and the quote are the same character");
}

void TableReader::readSeparator(const Expr *value) {
  const char only = onlyCharacter(textOf(value));
  if (!isMark(only, ".+-\r\n\""))
    diags.error(value->range,
                "`separator` is the character between cells: `\",\"`, `\";\"`, `\"\\t\"`, `\"|\"`");
  info.separator = only;
}

void TableReader::readDecimal(const Expr *value) {
  const StringRef text = textOf(value);
  if (text != "." && text != ",")
    diags.error(value->range, "`decimal` is `\".\"` or `\",\"`");
  info.decimal = onlyCharacter(text);
}

void TableReader::readQuote(const Expr *value) {
  auto *word = dyn_cast<NameExpr>(value);
  const char only = onlyCharacter(textOf(value));
  const bool none = word && word->name.text == nameOf(AmbientKind::None);
  if (!none && !isMark(only, " \t\r\n"))
    diags.error(value->range, "`quote` is the character around cells, such as `\"'\"`, or `none`");
  info.quote = none ? nnrt::noQuotes : only;
}

void TableReader::readEncoding(const Expr *value) {
  const StringRef text = textOf(value);
  const auto *known =
      llvm::find_if(encodings, [&](const auto &e) { return text.equals_insensitive(e.first); });
  if (known != std::end(encodings))
    info.encoding = known->second;
  else
    diags.error(value->range,
                "`encoding` is `\"utf-8\"`, `\"latin1\"`, `\"cp1252\"` or `\"utf-16\"`");
}

void TableReader::readMissing(const Expr *value) {
  auto *list = dyn_cast<ListExpr>(value);
  info.hasMissing = true;
  auto add = [&](const Expr *e) {
    if (auto *s = dyn_cast<StringExpr>(e))
      info.missing.push_back(s->value.str());
    else
      diags.error(e->range, "`missing` lists the texts that cells without a value hold, in "
                            "quotes: `missing = [\"?\", \"-999\"]`");
  };
  if (list)
    llvm::for_each(list->elements, add);
  else
    add(value);
}

} // namespace nnc::sema
