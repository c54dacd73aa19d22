// Parts of models: `mlp.hidden.w`, `mlp.weights`.
#include "compiler/irgen/Elaborator.h"

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
    diags.error(at, "`" + front + "` has no " + last);
    return Value::error();
  }
  auto report = diags.error(at, tensorsUnder(place.text).empty()
                                    ? "there is no part `" + place.text + "`"
                                    : "`" + place.text + "` is a layer, not a tensor");
  std::vector<llvm::StringRef> names;
  for (const auto &entry : tensors)
    names.push_back(entry.first);
  report.suggest(place.text, names);
  return Value::error();
}
