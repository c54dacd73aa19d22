// Checks the settings of `csv(…)` that say how the table is written, and `drop missing` and `fill`,
// which handle cells without a value.
#include "compiler/sema/Analyzer.h"

#include "llvm/ADT/STLExtras.h"

using llvm::dyn_cast;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

namespace {

const std::pair<StringRef, program::encoding> encodings[] = {
    {"utf-8", NN_UTF8},          {"utf8", NN_UTF8},         {"latin1", NN_LATIN1},
    {"latin-1", NN_LATIN1},      {"iso-8859-1", NN_LATIN1}, {"cp1252", NN_CP1252},
    {"windows-1252", NN_CP1252}, {"utf-16", NN_UTF16},      {"utf16", NN_UTF16},
};

const std::pair<StringRef, program::absent> statistics[] = {{"mean", NN_ABSENT_MEAN},
                                                            {"median", NN_ABSENT_MEDIAN},
                                                            {"mode", NN_ABSENT_MODE},
                                                            {"previous", NN_ABSENT_PREVIOUS}};

} // namespace

bool Analyzer::readTableSetting(StringRef name, const Expr *value, SourceInfo &info) {
  auto *string = dyn_cast<StringExpr>(value);
  auto *word = dyn_cast<NameExpr>(value);
  const StringRef text = string ? StringRef(string->value) : StringRef();
  const char only = text.size() == 1 ? text[0] : 0; // the only character
  if (name == "separator") {
    if (!only || (unsigned char)only >= 0x80 || llvm::isAlnum(only) ||
        StringRef(".+-\r\n\"").contains(only))
      diags.error(
          value->range,
          "`separator` is the character between cells: `\",\"`, `\";\"`, `\"\\t\"`, `\"|\"`");
    info.separator = only;
  } else if (name == "decimal") {
    if (text != "." && text != ",")
      diags.error(value->range, "`decimal` is `\".\"` or `\",\"`");
    info.decimal = only;
  } else if (name == "quote") {
    const bool none = word && word->name.text == "none";
    if (!none && (!only || (unsigned char)only >= 0x80 || llvm::isAlnum(only) ||
                  StringRef(" \t\r\n").contains(only)))
      diags.error(value->range,
                  "`quote` is the character around cells, such as `\"'\"`, or `none`");
    info.quote = none ? nnrt::noQuotes : only;
  } else if (name == "encoding") {
    const auto *known =
        llvm::find_if(encodings, [&](const auto &e) { return text.equals_insensitive(e.first); });
    if (known != std::end(encodings))
      info.encoding = known->second;
    else
      diags.error(value->range,
                  "`encoding` is `\"utf-8\"`, `\"latin1\"`, `\"cp1252\"` or `\"utf-16\"`");
  } else if (name == "missing") {
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
  } else {
    return false;
  }
  if (info.separator && info.separator == (info.decimal ? info.decimal : '.'))
    diags.error(value->range, "the separator and the decimal point are the same character");
  if (info.separator && info.separator == (info.quote ? info.quote : '"'))
    diags.error(value->range, "the separator and the quote are the same character");
  return true;
}

/// Returns false after an error: the column is unknown, or it was named before.
bool Analyzer::addAbsent(const Ident &column, AbsentInfo absent, DataInfo &info) {
  if (!info.source.sound)
    return false;
  if (info.source.columnIndex(column.text) < 0) {
    std::vector<StringRef> names;
    for (const SourceInfo::Column &c : info.source.columns)
      names.push_back(c.name);
    diags.error(column.range, "unknown column " + quoted(column.text)).suggest(column.text, names);
    return false;
  }
  for (const AbsentInfo &known : info.absent)
    if (known.column == column.text) {
      diags.error(column.range, "what becomes of gaps in " + quoted(column.text) + " is said twice")
          .note(known.where, "first here");
      return false;
    }
  absent.column = column.text.str();
  absent.where = column.range;
  info.absent.push_back(std::move(absent));
  return true;
}

/// Whether the source can have cells without a value, which `entry` handles. Reports an error if it
/// cannot.
bool Analyzer::hasGaps(const Entry &entry, const SourceInfo &source) {
  if (!source.call || source.kind == NN_CSV)
    return true;
  diags.error(entry.range, "only a table of `csv` has cells without a value")
      .note(source.call->range, "the examples come from here");
  return false;
}

void Analyzer::checkDrop(const DropEntry &drop, DataInfo &info) {
  if (!hasGaps(drop, info.source))
    return;
  info.dropsAll |= drop.columns.empty();
  AbsentInfo absent;
  absent.absent = NN_ABSENT_DROP;
  for (const Ident &column : drop.columns)
    addAbsent(column, absent, info);
}

void Analyzer::checkFill(const FillEntry &fill, DataInfo &info) {
  if (!hasGaps(fill, info.source))
    return;
  AbsentInfo absent;
  absent.absent = NN_ABSENT_VALUE;
  auto *word = dyn_cast<NameExpr>(fill.value);
  const auto *statistic =
      llvm::find_if(statistics, [&](const auto &s) { return word && word->name.text == s.first; });
  if (statistic != std::end(statistics)) {
    absent.absent = statistic->second;
  } else if (auto *text = dyn_cast<StringExpr>(fill.value)) {
    absent.isText = true;
    absent.text = text->value.str();
  } else if (auto number = constantValue(fill.value)) {
    absent.number = *number;
  } else {
    diags.error(fill.value->range, "gaps are filled by `mean`, `median`, `mode`, `previous`, a "
                                   "number that is known before the run, "
                                   "or a class in quotes");
    return;
  }
  for (const Ident &column : fill.columns)
    addAbsent(column, absent, info);
}

} // namespace nnc::sema
