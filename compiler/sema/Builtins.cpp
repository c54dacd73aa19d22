// Makes the tables of Builtins.def, and the list of elementwise primitives, which comes from the
// dialect.
#include "compiler/sema/Builtins.h"

#include "compiler/dialect/NnDialect.h"
#include "compiler/sema/Sema.h"

#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/STLExtras.h"
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

/// Reads the dialect's registry once. Every op with a scalar body whose result type follows from
/// its operands is an elementwise primitive.
struct Elementwise {
  llvm::StringMap<unsigned> arity;
  std::vector<StringRef> names;

  Elementwise() {
    mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
    context.loadDialect<nn::NnDialect>();
    for (mlir::RegisteredOperationName op : context.getRegisteredOperations()) {
      if (op.getDialectNamespace() != nn::NnDialect::getDialectNamespace())
        continue;
      auto *body = op.getInterface<nn::ScalarBodyOp>();
      if (body && op.hasInterface<mlir::InferTypeOpInterface>())
        arity[op.stripDialect()] = body->getArity();
    }
    for (const auto &entry : arity)
      names.push_back(entry.getKey());
    llvm::sort(names);
  }
};

const Elementwise &elementwise() {
  static const Elementwise all;
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
  auto it = elementwise().arity.find(name);
  if (it == elementwise().arity.end())
    return std::nullopt;
  return it->second;
}

llvm::ArrayRef<StringRef> elementwiseNames() { return elementwise().names; }

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
  if (auto it = elementwise().arity.find(name); it != elementwise().arity.end())
    return Predefined{it->getKey(), builtin, it->second};
  if (!builtin)
    return std::nullopt;
  return Predefined{builtin->name, builtin, std::nullopt};
}

std::string classWeightsName(StringRef field) {
  return (builtins()[size_t(BuiltinKind::ClassWeights)].name + "(" + field + ")").str();
}

bool isBuiltinFunction(StringRef name) { return findPredefined(name).has_value(); }

} // namespace nnc::sema
