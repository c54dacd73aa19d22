// Parts of models: `mlp.hidden.w`, `mlp.weights`.
#include "compiler/irgen/Elaborator.h"

#include "llvm/ADT/StringExtras.h"

using namespace nnc;

bool nnc::isUnder(llvm::StringRef name, llvm::StringRef place) {
  return name.consume_front(place) && (name.empty() || name.front() == '.');
}

std::vector<const TensorInfo *> Elaborator::tensorsUnder(llvm::StringRef place) const {
  std::vector<const TensorInfo *> found;
  for (const auto &[name, info] : tensors)
    if (isUnder(name, place))
      found.push_back(&info);
  return found;
}

bool Elaborator::isFrozen(llvm::StringRef tensor) const {
  return llvm::any_of(frozen, [&](const std::string &place) { return isUnder(tensor, place); });
}

bool Elaborator::isTrained(llvm::StringRef place) const {
  auto holds = [&](const std::string &part) { return isUnder(place, part); };
  return !isFrozen(place) && llvm::any_of(fn->trained, holds);
}

/// A place as users write it: models of experiments have a number, `net#3.dense1.w`.
static std::string withoutNumber(llvm::StringRef place) {
  auto [name, rest] = place.split('#');
  return (name + rest.drop_while(llvm::isDigit)).str();
}

Value Elaborator::readPlace(const Value &place, Range at) {
  if (totalMode == TotalMode::Read)
    return Value::ofKind(Value::Kind::Unavailable);
  auto it = tensors.find(place.text);
  if (it != tensors.end())
    return fn->tensor(it->second);
  auto [front, last] = llvm::StringRef(place.text).rsplit('.');
  const bool weights = last == "weights", all = last == "parameters";
  if (weights || all) {
    Value list = Value::ofKind(Value::Kind::Weights);
    for (const TensorInfo *info : tensorsUnder(front))
      if (info->kind == NN_PARAMETER && (all || isWeight(*info)))
        list.items.push_back(fn->tensor(*info));
    if (!list.items.empty())
      return list;
    diags.error(at, "`" + withoutNumber(front) + "` has no " + last);
    return Value::error();
  }
  const std::string shown = withoutNumber(place.text);
  auto report = diags.error(at, tensorsUnder(place.text).empty() ? "there is no part `" + shown + "`"
                                                                 : "`" + shown + "` is a layer, not a tensor");
  std::vector<std::string> names;
  for (const auto &entry : tensors)
    names.push_back(withoutNumber(entry.first));
  report.suggest(shown, std::vector<llvm::StringRef>(names.begin(), names.end()));
  return Value::error();
}
