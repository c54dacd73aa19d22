// Checks the uses of the fields of a data set.
#include "compiler/sema/data/Fields.h"

#include "compiler/sema/Text.h"

using llvm::dyn_cast;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

FieldInfo *FieldChecker::find(const Ident &name, DataInfo &info) {
  int i = info.fieldIndex(name.text);
  if (i >= 0)
    return &info.fields[i];
  if (!info.sound)
    return nullptr;
  const std::vector<StringRef> names = namesOf(info.fields);
  auto e =
      diags.error(name.range, quoted(info.decl->name.text) + " has no field " + quoted(name.text))
          .suggest(name.text, names);
  if (didYouMean(name.text, names).empty())
    e.note(info.decl->name.range,
           names.empty() ? "it has no fields" : "its fields are " + listed(names));
  return nullptr;
}

bool FieldChecker::checkCategory(const FieldInfo &field, const DataInfo &info, Range where) {
  auto *call = llvm::dyn_cast_or_null<CallExpr>(field.value);
  auto *callee = call ? dyn_cast<NameExpr>(call->callee) : nullptr;
  if (!info.source.sound || (callee && isBuiltin(callee->name.text, BuiltinKind::Category)))
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
void FieldChecker::checkClassWeights(const CallExpr &call, const Scope &scope) {
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

/// The field of the data set of a run that an expression names, or null.
FieldInfo *FieldChecker::fieldOf(const Expr *value, const Scope &scope) {
  auto *name = llvm::dyn_cast_or_null<NameExpr>(value);
  const Local *local = name ? scope.find(name->name.text) : nullptr;
  if (!local || local->kind != LocalKind::Field || scope.context().at == AtAugment)
    return nullptr;
  const DataInfo &info = *scope.context().data;
  const int i = info.fieldIndex(name->name.text);
  return i < 0 ? nullptr : &symbols.data.find(info.decl)->second.fields[i];
}

void FieldChecker::checkDenormalize(const CallExpr &call, const Scope &scope) {
  if (call.args.size() != 2)
    return; // reported as for every call
  checkExpr(call.args[0].value, scope);
  FieldInfo *field = fieldOf(call.args[1].value, scope);
  if (field && field->normalize) {
    field->unscaled = true;
    return;
  }
  if (scope.context().open)
    return;
  auto e = diags.error(call.args[1].range,
                       field ? quoted(field->name) + " is not normalised: it has its own units"
                             : "`denormalize` takes a field of the data set that a run is on: "
                               "`denormalize(net(x), y)`");
  if (field)
    e.note(field->where, "it comes from here; `normalize " + field->name + "` would normalise it");
}

void FieldChecker::noteCompared(const CallExpr &call, const Scope &scope) {
  for (const Argument &a : call.args)
    if (FieldInfo *field = fieldOf(a.value, scope); field && field->normalize)
      field->unscaled = true;
}

void addFields(const DataInfo *info, Scope &scope) {
  if (info)
    for (const FieldInfo &f : info->fields)
      scope.add({f.name, LocalKind::Field, f.where, nullptr});
}

} // namespace nnc::sema
