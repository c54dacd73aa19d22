// Checks data declarations: the source, the fields computed from its columns, and the entries that
// use the fields.
#include "compiler/sema/Analyzer.h"
#include "compiler/sema/data/SourceTable.h"

#include "llvm/ADT/STLExtras.h"

using llvm::cast;
using llvm::dyn_cast;
using llvm::isa;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

const DataInfo &Analyzer::dataInfo(const DataDecl &decl, const Scope *outer) {
  auto [it, fresh] = symbols.data.try_emplace(&decl);
  if (fresh) {
    // Checked separately, because another data declaration may move the entries of the map.
    DataInfo info;
    info.decl = &decl;
    checkData(decl, outer, info);
    return symbols.data[&decl] = std::move(info);
  }
  return it->second;
}

void Analyzer::checkData(const DataDecl &decl, const Scope *outer, DataInfo &info) {
  Context top = topContext;
  top.owner = &decl;
  Scope settings(outer, top);
  checkSource(decl.source, settings, info.source);

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
    checkRows(decl, info.source);
  for (const Entry *e : decl.entries) {
    if (auto *setting = dyn_cast<SettingEntry>(e)) {
      if (setting->name.text == "test")
        checkTestSource(*setting, settings, info);
      else
        checkFieldSetting(*setting, columns, info);
    } else if (auto *where = dyn_cast<WhereEntry>(e)) {
      checkExpr(where->condition, columns);
      info.conditions.push_back(where->condition);
    } else if (auto *drop = dyn_cast<DropEntry>(e)) {
      checkDrop(*drop, info);
    } else if (auto *fill = dyn_cast<FillEntry>(e)) {
      checkFill(*fill, info);
    } else if (!isa<RowEntry, SplitEntry, NormalizeEntry, BalanceEntry, AugmentEntry>(e)) {
      misplacedEntry(*e, "data");
    }
  }

  bool assigned = !info.fields.empty();
  const SourceFunction *source =
      info.source.call ? findSource(cast<NameExpr>(info.source.call->callee)->name.text) : nullptr;
  const bool isFile = source && source->isFile();
  if (!assigned || !isFile) {
    std::vector<FieldInfo> plain;
    for (const SourceInfo::Column &c : info.source.columns)
      if (info.fieldIndex(c.name) < 0)
        plain.push_back({c.name, nullptr, declared});
    info.fields.insert(info.fields.begin(), plain.begin(), plain.end());
  }
  info.sound = info.source.sound || (info.source.call && isFile && assigned);
  checkFieldUses(decl, outer, info);
}

void Analyzer::checkFieldSetting(const SettingEntry &entry, const Scope &scope, DataInfo &info) {
  checkExpr(entry.value, scope);
  int i = info.fieldIndex(entry.name.text);
  if (i >= 0) {
    diags.error(entry.name.range, quoted(entry.name.text) + " is given twice")
        .note(info.fields[i].where, "first given here");
    return;
  }
  info.fields.push_back({entry.name.text.str(), entry.value, entry.name.range});
}

/// `test = idx(…)`: a source of its own, with the same columns.
void Analyzer::checkTestSource(const SettingEntry &entry, const Scope &scope, DataInfo &info) {
  if (info.hasTestSource) {
    diags.error(entry.name.range, "`test` is given twice");
    return;
  }
  info.hasTestSource = info.hasTest = true;
  checkSource(entry.value, scope, info.test);
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

const FieldInfo *Analyzer::findField(const Ident &name, const DataInfo &info) {
  int i = info.fieldIndex(name.text);
  if (i >= 0)
    return &info.fields[i];
  if (!info.sound)
    return nullptr;
  std::vector<StringRef> names;
  for (const FieldInfo &f : info.fields)
    names.push_back(f.name);
  auto e =
      diags.error(name.range, quoted(info.decl->name.text) + " has no field " + quoted(name.text))
          .suggest(name.text, names);
  if (didYouMean(name.text, names).empty())
    e.note(info.decl->name.range,
           names.empty() ? "it has no fields" : "its fields are " + listed(names));
  return nullptr;
}

/// Checks the entries that name fields. They may come before the fields.
void Analyzer::checkFieldUses(const DataDecl &decl, const Scope *outer, DataInfo &info) {
  Context top = topContext, augmenting = topContext;
  top.owner = augmenting.owner = &decl;
  augmenting.at = AtAugment;
  augmenting.data = &info;
  augmenting.open = !info.sound;
  Scope settings(outer, top), fields(outer, augmenting);
  addFields(&info, fields);
  for (const Entry *e : decl.entries) {
    if (auto *split = dyn_cast<SplitEntry>(e)) {
      checkSplit(*split, settings, info);
    } else if (auto *normalize = dyn_cast<NormalizeEntry>(e)) {
      for (const Ident &name : normalize->fields)
        if (findField(name, info))
          info.fields[info.fieldIndex(name.text)].normalize = true;
    } else if (auto *balance = dyn_cast<BalanceEntry>(e)) {
      if (const FieldInfo *field = findField(balance->field, info);
          field && checkCategory(*field, info, balance->field.range)) {
        for (const FieldInfo &other : info.fields)
          if (other.balance)
            diags.error(balance->field.range, "an epoch balances one field; " + quoted(other.name) +
                                                  " is balanced already");
        info.fields[info.fieldIndex(field->name)].balance = true;
      }
    } else if (auto *augment = dyn_cast<AugmentEntry>(e)) {
      checkAugment(*augment, fields, info);
    }
  }
}

void Analyzer::checkAugment(const AugmentEntry &augment, const Scope &fields, DataInfo &info) {
  checkExpr(augment.value, fields);
  for (const Ident &name : augment.fields) {
    if (!findField(name, info))
      continue;
    FieldInfo &field = info.fields[info.fieldIndex(name.text)];
    if (field.augment)
      diags.error(name.range, quoted(field.name) + " is augmented twice")
          .note(field.augment->range, "first here")
          .note("one expression does both: `augment x = flip(shift(x, 2))`");
    field.augment = augment.value;
    field.augmentPart = augment.fields.size() == 1 ? -1 : int(&name - augment.fields.begin());
  }
}

bool Analyzer::checkCategory(const FieldInfo &field, const DataInfo &info, Range where) {
  auto *call = llvm::dyn_cast_or_null<CallExpr>(field.value);
  auto *callee = call ? dyn_cast<NameExpr>(call->callee) : nullptr;
  if (!info.source.sound || (callee && callee->name.text == "category"))
    return true;
  auto *name = llvm::dyn_cast_or_null<NameExpr>(field.value);
  const int i =
      info.source.columnIndex(field.value ? (name ? name->name.text : "") : StringRef(field.name));
  if (i >= 0 && info.source.columns[i].isCategory && info.source.columns[i].shape.empty())
    return true;
  diags.error(where, quoted(field.name) + " is not a class for each example")
      .note(field.where, "it comes from here; `" + field.name +
                             " = category(column)` makes classes of a column");
  return false;
}

/// `class_weights(y)` in a run: the data set must also compute the weights.
void Analyzer::checkClassWeights(const CallExpr &call, const Scope &scope) {
  auto *name =
      call.args.empty() ? nullptr : llvm::dyn_cast_or_null<NameExpr>(call.args.front().value);
  const Local *local = name ? scope.find(name->name.text) : nullptr;
  if (!local || local->kind != LocalKind::Field || scope.context().at == AtAugment) {
    if (!scope.context().open)
      diags.error(call.range, "`class_weights` takes a field of the data set that a run is on: "
                              "`class_weights(y) * cross_entropy(net(x), y)`");
    return;
  }
  const DataInfo &info = *scope.context().data;
  const int i = info.fieldIndex(name->name.text);
  if (i >= 0 && checkCategory(info.fields[i], info, name->range))
    symbols.data.find(info.decl)->second.fields[i].weighted = true;
}

} // namespace nnc::sema
