// Checks `drop missing` and `fill`, which handle cells without a value.
#include "compiler/sema/data/Gaps.h"

#include "compiler/sema/Text.h"

#include "llvm/ADT/STLExtras.h"

using llvm::dyn_cast;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

static const std::pair<StringRef, program::absent> statistics[] = {
    {"mean", NN_ABSENT_MEAN},
    {"median", NN_ABSENT_MEDIAN},
    {"mode", NN_ABSENT_MODE},
    {"previous", NN_ABSENT_PREVIOUS}};

/// Returns false after an error: the column is unknown, or it was named before.
bool GapChecker::addAbsent(const Ident &column, AbsentInfo absent, DataInfo &info) {
  if (!info.source.sound)
    return false;
  if (info.source.columnIndex(column.text) < 0) {
    diags.error(column.range, "unknown column " + quoted(column.text))
        .suggest(column.text, namesOf(info.source.columns));
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
bool GapChecker::hasGaps(const Entry &entry, const SourceInfo &source) {
  if (!source.call || source.kind == NN_CSV)
    return true;
  diags.error(entry.range, "only a table of `csv` has cells without a value")
      .note(source.call->range, "the examples come from here");
  return false;
}

void GapChecker::checkDrop(const DropEntry &drop, DataInfo &info) {
  if (!hasGaps(drop, info.source))
    return;
  info.dropsAll |= drop.columns.empty();
  AbsentInfo absent;
  absent.absent = NN_ABSENT_DROP;
  for (const Ident &column : drop.columns)
    addAbsent(column, absent, info);
}

void GapChecker::checkFill(const FillEntry &fill, DataInfo &info) {
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
