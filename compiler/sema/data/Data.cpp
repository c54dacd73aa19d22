// Checks data declarations: the source, the fields computed from its columns, and the entries that
// use the fields.
#include "compiler/sema/data/Data.h"

#include "compiler/sema/Entries.h"
#include "compiler/sema/Text.h"
#include "compiler/sema/data/Fields.h"
#include "compiler/sema/data/Gaps.h"
#include "compiler/sema/data/Rows.h"
#include "compiler/sema/data/SourceTable.h"
#include "compiler/sema/data/Sources.h"
#include "compiler/sema/data/Split.h"
#include "compiler/sema/data/Splits.h"

#include "llvm/ADT/STLExtras.h"

using llvm::dyn_cast;
using llvm::isa;

namespace nnc::sema {
using namespace ast;

const DataInfo &DataChecker::infoOf(const DataDecl &decl, const Scope *outer) {
  auto [it, fresh] = symbols.data.try_emplace(&decl);
  if (fresh) {
    // Checked separately, because another data declaration may move the entries of the map.
    DataInfo info;
    info.decl = &decl;
    check(decl, outer, info);
    return symbols.data[&decl] = std::move(info);
  }
  return it->second;
}

void DataChecker::check(const DataDecl &decl, const Scope *outer, DataInfo &info) {
  Context top = shared.topContext;
  top.owner = &decl;
  Scope settings(outer, top);
  SourceReader(shared, info.source).read(decl.source, settings);

  // Field values are computed from columns.
  Context context = top;
  context.at = AtColumns;
  context.data = &info;
  context.open = !info.source.sound;
  Scope columns(outer, context);
  Range declared = decl.source ? decl.source->range : decl.name.range;
  for (const SourceInfo::Column &c : info.source.columns)
    columns.add({c.name, LocalKind::Column, declared, nullptr});

  if (info.source.call)
    RowChecker(shared).check(decl, info.source);
  for (const Entry *e : decl.entries) {
    if (auto *setting = dyn_cast<SettingEntry>(e)) {
      if (findSplit(setting->name.text) == NN_SPLIT_TEST)
        checkTestSource(*setting, settings, info);
      else
        checkFieldSetting(*setting, columns, info);
    } else if (auto *where = dyn_cast<WhereEntry>(e)) {
      checkExpr(where->condition, columns);
      info.conditions.push_back(where->condition);
    } else if (auto *drop = dyn_cast<DropEntry>(e)) {
      GapChecker(shared).checkDrop(*drop, info);
    } else if (auto *fill = dyn_cast<FillEntry>(e)) {
      GapChecker(shared).checkFill(*fill, info);
    } else if (auto *series = dyn_cast<SeriesEntry>(e)) {
      checkSeries(*series, columns, info);
    } else if (!isa<RowEntry, SplitEntry, NormalizeEntry, BalanceEntry, AugmentEntry>(e)) {
      misplacedEntry(diags, *e, "data");
    }
  }

  const bool assigned = !info.fields.empty();
  const bool fromFile = isFile(info.source.kind);
  if (!assigned || !fromFile) {
    std::vector<FieldInfo> plain;
    for (const SourceInfo::Column &c : info.source.columns)
      if (info.fieldIndex(c.name) < 0)
        plain.push_back({c.name, nullptr, declared});
    info.fields.insert(info.fields.begin(), plain.begin(), plain.end());
  }
  info.sound = info.source.sound || (fromFile && assigned);
  checkFieldUses(decl, outer, info);
}

void DataChecker::checkFieldSetting(const SettingEntry &entry, const Scope &scope, DataInfo &info) {
  checkExpr(entry.value, scope);
  int i = info.fieldIndex(entry.name.text);
  if (i >= 0) {
    diags.error(entry.name.range, quoted(entry.name.text) + " is given twice")
        .note(info.fields[i].where, "first given here");
    return;
  }
  info.fields.push_back({entry.name.text.str(), entry.value, entry.name.range});
}

/// `series by time, each meter`. A column of words that is named after `each` is a category.
void DataChecker::checkSeries(const SeriesEntry &series, const Scope &columns, DataInfo &info) {
  if (info.series.isValid()) {
    diags.error(series.range, "the rows of a data set are put in order once")
        .note(info.series, "first here");
    return;
  }
  info.series = series.range;
  info.seriesKey = series.key;
  info.seriesEach = series.each;
  checkExpr(series.key, columns);
  checkExpr(series.each, columns);
}

/// `test = idx(…)`: a source of its own, with the same columns.
void DataChecker::checkTestSource(const SettingEntry &entry, const Scope &scope, DataInfo &info) {
  if (info.hasTestSource) {
    diags.error(entry.name.range, "`test` is given twice");
    return;
  }
  info.hasTestSource = info.hasTest = true;
  SourceReader(shared, info.test).read(entry.value, scope);
  if (!info.source.sound || !info.test.sound)
    return;
  auto same = [](const SourceInfo::Column &a, const SourceInfo::Column &b) {
    return a.name == b.name && a.shape == b.shape;
  };
  if (info.test.kind == NN_ROWS)
    diags.error(entry.value->range,
                "`test` cannot have rows of its own; `split test = …` takes a part of them");
  else if (!llvm::equal(info.source.columns, info.test.columns, same))
    diags
        .error(entry.value->range,
               "the test source has other columns or shapes than the training source")
        .note(info.source.call->range, "the training source");
}

/// Checks the entries that name fields. They may come before the fields.
void DataChecker::checkFieldUses(const DataDecl &decl, const Scope *outer, DataInfo &info) {
  Context top = shared.topContext, augmenting = shared.topContext;
  top.owner = augmenting.owner = &decl;
  augmenting.at = AtAugment;
  augmenting.data = &info;
  augmenting.open = !info.sound;
  Scope settings(outer, top), fields(outer, augmenting);
  addFields(&info, fields);
  for (const Entry *e : decl.entries) {
    if (auto *split = dyn_cast<SplitEntry>(e)) {
      SplitChecker(shared, info).check(*split, settings);
    } else if (auto *normalize = dyn_cast<NormalizeEntry>(e)) {
      for (const Ident &name : normalize->fields)
        if (FieldInfo *field = FieldChecker(shared).find(name, info))
          field->normalize = true, field->ownStatistics |= normalize->own;
    } else if (auto *balance = dyn_cast<BalanceEntry>(e)) {
      if (FieldInfo *field = FieldChecker(shared).find(balance->field, info);
          field && FieldChecker(shared).checkCategory(*field, info, balance->field.range)) {
        for (const FieldInfo &other : info.fields)
          if (other.balance)
            diags.error(balance->field.range, "an epoch balances one field; " + quoted(other.name) +
                                                  " is balanced already");
        field->balance = true;
      }
    } else if (auto *augment = dyn_cast<AugmentEntry>(e)) {
      checkAugment(*augment, fields, info);
    }
  }
}

void DataChecker::checkAugment(const AugmentEntry &augment, const Scope &fields, DataInfo &info) {
  checkExpr(augment.value, fields);
  for (const Ident &name : augment.fields) {
    FieldInfo *field = FieldChecker(shared).find(name, info);
    if (!field)
      continue;
    if (field->augment)
      diags.error(name.range, quoted(field->name) + " is augmented twice")
          .note(field->augment->range, "first here")
          .note("one expression does both: `augment x = flip(shift(x, 2))`");
    field->augment = augment.value;
    field->augmentPart = augment.fields.size() == 1 ? -1 : int(&name - augment.fields.begin());
  }
}

} // namespace nnc::sema
