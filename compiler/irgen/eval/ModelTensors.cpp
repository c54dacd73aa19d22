// The tensors of models by place: `mlp.hidden.w`, `mlp.weights`.
#include "compiler/irgen/eval/Elaborator.h"

#include "llvm/ADT/StringExtras.h"

using namespace nnc;

bool nnc::isUnder(llvm::StringRef name, llvm::StringRef place) {
  return name.consume_front(place) && (name.empty() || name.front() == '.');
}

std::string ModelTensors::placeOf(const ast::Decl *model) const {
  auto use = modelUses.find(model);
  return use == modelUses.end() ? model->name.text.str() : use->second.place;
}

bool ModelTensors::belongsTo(llvm::StringRef tensor, llvm::StringRef place) const {
  if (isUnder(tensor, place))
    return true;
  for (const auto &[model, inner] : parts)
    if (placeOf(model) == place)
      return llvm::any_of(inner, [&](const auto &part) { return isUnder(tensor, part.first); });
  return false;
}

std::string ModelTensors::placeBelow(const ast::Decl *model, llvm::StringRef rest) const {
  auto [first, further] = rest.split('.');
  if (auto made = parts.find(model); made != parts.end())
    for (const auto &[place, part] : made->second)
      if (part->name.text == first)
        return further.empty() ? place : place + "." + further.str();
  return rest.empty() ? placeOf(model) : placeOf(model) + "." + rest.str();
}

std::vector<const TensorInfo *> ModelTensors::tensorsUnder(llvm::StringRef place) const {
  std::vector<const TensorInfo *> found;
  for (const auto &[name, info] : tensors)
    if (belongsTo(name, place))
      found.push_back(&info);
  return found;
}

bool ModelTensors::isFrozen(llvm::StringRef tensor) const {
  return llvm::any_of(frozen, [&](const std::string &place) { return belongsTo(tensor, place); });
}

/// A place as users write it. Places of models in experiments contain a number: `net#3.dense1.w`.
static std::string withoutNumber(llvm::StringRef place) {
  auto [name, rest] = place.split('#');
  return (name + rest.drop_while(llvm::isDigit)).str();
}

Value Elaborator::readPlace(const Value &place, Range at) {
  if (totalMode == TotalMode::Read)
    return Value::ofKind(Value::Kind::Unavailable);
  auto it = tensors.find(place.text);
  auto read = [&](const TensorInfo &info) { // outside the layer to which its axis names belong
    Value v = fn->tensor(info);
    v.axes.clear();
    return v;
  };
  if (it != tensors.end())
    return read(it->second);
  auto [front, last] = llvm::StringRef(place.text).rsplit('.');
  if (const auto many = sema::findPartTensors(last)) {
    Value list = Value::ofKind(Value::Kind::Weights);
    for (const TensorInfo *info : tensorsUnder(front))
      if (info->kind == NN_PARAMETER && isOneOf(*many, *info))
        list.items.push_back(read(*info));
    if (!list.items.empty())
      return list;
    diags.error(at, "`" + withoutNumber(front) + "` has no " + last);
    return Value::error();
  }
  const std::string shown = withoutNumber(place.text);
  auto report = diags.error(at, tensorsUnder(place.text).empty()
                                    ? "there is no part `" + shown + "`"
                                    : "`" + shown + "` is a layer, not a tensor");
  std::vector<std::string> names;
  for (const auto &entry : tensors)
    names.push_back(withoutNumber(entry.first));
  report.suggest(shown, std::vector<llvm::StringRef>(names.begin(), names.end()));
  return Value::error();
}
