// Data declarations: the source, the fields computed from its columns, and what is done to them.
#include "compiler/sema/Analyzer.h"
#include "compiler/sema/SourceTable.h"

#include "llvm/ADT/STLExtras.h"

using namespace nnc::ast;
using llvm::cast;
using llvm::dyn_cast;
using llvm::isa;
using llvm::StringRef;

namespace nnc::sema {

const DataInfo &Analyzer::dataInfo(const DataDecl &decl, const Scope *outer) {
  auto [it, fresh] = symbols.data.try_emplace(&decl);
  if (fresh) {
    // Checked apart: another data declaration may move the map's entries.
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

  // Fields are computed from columns.
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
    } else if (!isa<RowEntry, SplitEntry, NormalizeEntry, AugmentEntry>(e)) {
      misplacedEntry(*e, "data");
    }
  }

  bool assigned = !info.fields.empty();
  const bool isFile = info.source.kind == NN_CSV || info.source.kind == NN_IDX;
  if (!assigned || !isFile) {
    std::vector<FieldInfo> plain;
    for (const SourceInfo::Column &c : info.source.columns)
      if (info.fieldIndex(c.name) < 0)
        plain.push_back({c.name, nullptr, declared, false, nullptr});
    info.fields.insert(info.fields.begin(), plain.begin(), plain.end());
  }
  info.sound = info.source.sound || (info.source.call && isFile && assigned);
  checkFieldUses(decl, outer, info);
}

void Analyzer::checkFieldSetting(const SettingEntry &entry, const Scope &scope, DataInfo &info) {
  checkExpr(entry.value, scope);
  int i = info.fieldIndex(entry.name.text);
  if (i >= 0) {
    diags.error(entry.name.range, quoted(entry.name.text) + " is given twice").note(info.fields[i].where, "first given here");
    return;
  }
  info.fields.push_back({entry.name.text.str(), entry.value, entry.name.range, false, nullptr});
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
    diags.error(entry.value->range, "`test` cannot have rows of its own; `split test = …` takes a part of them");
  else if (!llvm::equal(info.source.columns, info.test.columns, same))
    diags.error(entry.value->range, "the test source has other columns or shapes than the training source")
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
  auto e = diags.error(name.range, quoted(info.decl->name.text) + " has no field " + quoted(name.text))
               .suggest(name.text, names);
  if (didYouMean(name.text, names).empty())
    e.note(info.decl->name.range, names.empty() ? "it has no fields" : "its fields are " + listed(names));
  return nullptr;
}

/// The entries that name fields; they may stand above the fields themselves.
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
    } else if (auto *augment = dyn_cast<AugmentEntry>(e)) {
      checkExpr(augment->value, fields);
      if (!findField(augment->field, info))
        continue;
      FieldInfo &field = info.fields[info.fieldIndex(augment->field.text)];
      if (field.augment)
        diags.error(augment->field.range, quoted(field.name) + " is augmented twice")
            .note(field.augment->range, "first here")
            .note("one expression does both: `augment x = flip(shift(x, 2))`");
      field.augment = augment->value;
    }
  }
}

} // namespace nnc::sema
