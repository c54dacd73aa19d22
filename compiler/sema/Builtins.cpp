// Makes the tables of Builtins.def, and the list of elementwise primitives, which comes from the
// dialect.
#include "compiler/sema/Builtins.h"

#include "compiler/dialect/nn/ElementwiseOps.h"
#include "compiler/sema/Sema.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringMap.h"

using llvm::StringRef;

namespace nnc::sema {

namespace {

using How = BuiltinParameter::How;

BuiltinParameter required(StringRef name) { return {How::Required, name, {}, false}; }
BuiltinParameter optional(StringRef name, StringRef value = {}) {
  return {How::Optional, name, value, false};
}
BuiltinParameter named(StringRef name, StringRef value = {}) {
  return {How::Named, name, value, false};
}
BuiltinParameter either(StringRef name, StringRef value = {}) {
  return {How::Either, name, value, false};
}
BuiltinParameter many(StringRef name) { return {How::Many, name, {}, false}; }
BuiltinParameter layer(StringRef name) { return {How::Required, name, {}, true}; }
BuiltinParameter layers(StringRef name) { return {How::Many, name, {}, true}; }

constexpr unsigned inRuns = AtFunction | AtLayer | AtModel | AtTrain | AtPart | AtEvaluate;
constexpr StringRef duringTraining = "while a model is trained";

const Ambient ambientTable[] = {
#define NNC_AMBIENT(kind, ...) {AmbientKind::kind, __VA_ARGS__},
#include "compiler/sema/Builtins.def"
};

/// The table of the builtins, and an index by name.
struct Table {
  std::vector<Builtin> rows;
  llvm::StringMap<const Builtin *> byName;

  Table() {
#define NNC_BUILTIN(kind, name, what, ...)                                                         \
  rows.push_back(Builtin(BuiltinKind::kind, name, what, {__VA_ARGS__}));
#include "compiler/sema/Builtins.def"
    for (const Builtin &row : rows)
      byName[row.name] = &row;
  }
};

const Table &table() {
  static const Table all;
  return all;
}

} // namespace

Builtin::Builtin(BuiltinKind kind, StringRef name, StringRef what,
                 std::vector<BuiltinParameter> parameters)
    : kind(kind), name(name), what(what), parameters(std::move(parameters)) {
  unsigned position = 0;
  for (const BuiltinParameter &p : this->parameters) {
    if (p.isLayer && layersFrom == any)
      layersFrom = position;
    if (p.how == How::Named || p.how == How::Either)
      named.push_back(p.name);
    if (p.how == How::Named)
      continue;
    ++position;
    min += p.how == How::Required || p.how == How::Many;
    max = p.how == How::Many ? any : position;
  }
}

std::string Builtin::signature() const {
  std::string text = name.str() + "(";
  for (auto [i, p] : llvm::enumerate(parameters)) {
    text += (i ? ", " : "") + p.name.str();
    if (p.how == How::Many)
      text += ", …";
    else if (p.how != How::Required)
      text += p.defaultValue.empty() ? " =" : " = " + p.defaultValue.str();
  }
  return text + ")";
}

llvm::ArrayRef<Builtin> builtins() { return table().rows; }

const Builtin *findBuiltin(StringRef name) { return table().byName.lookup(name); }

bool isBuiltin(StringRef name, BuiltinKind kind) {
  const Builtin *builtin = findBuiltin(name);
  return builtin && builtin->kind == kind;
}

std::optional<unsigned> elementwiseArity(StringRef name) {
  const nn::ElementwiseOp *op = nn::findElementwise(name);
  return op ? std::optional(op->arity) : std::nullopt;
}

llvm::ArrayRef<StringRef> elementwiseNames() {
  static const auto names = llvm::map_to_vector(
      nn::elementwiseOps(), [](const nn::ElementwiseOp &op) { return op.mnemonic; });
  return names;
}

llvm::ArrayRef<Ambient> ambients() { return ambientTable; }

const Ambient *findAmbient(StringRef name) {
  for (const Ambient &a : ambientTable)
    if (a.name == name)
      return &a;
  return nullptr;
}

StringRef nameOf(AmbientKind kind) { return ambientTable[size_t(kind)].name; }

std::optional<Predefined> findPredefined(StringRef name) {
  const Builtin *builtin = findBuiltin(name);
  if (const nn::ElementwiseOp *op = nn::findElementwise(name))
    return Predefined{op->mnemonic, builtin, op};
  if (!builtin)
    return std::nullopt;
  return Predefined{builtin->name, builtin, nullptr};
}

std::string classWeightsName(StringRef field) {
  return (builtins()[size_t(BuiltinKind::ClassWeights)].name + "(" + field + ")").str();
}

std::string meanName(StringRef field) { return ("mean(" + field + ")").str(); }

std::string deviationName(StringRef field) { return ("deviation(" + field + ")").str(); }

bool isBuiltinFunction(StringRef name) { return findPredefined(name).has_value(); }

} // namespace nnc::sema
