// Handles the places of the parts of models: `mlp.hidden.w`, `mlp.weights`.
#include "compiler/irgen/eval/Elaborator.h"

#include "compiler/dialect/NnDialect.h"

#include "llvm/ADT/StringExtras.h"

using namespace nnc;

bool nnc::isUnder(llvm::StringRef name, llvm::StringRef place) {
  return name.consume_front(place) && (name.empty() || name.front() == '.');
}

bool Elaborator::belongsTo(llvm::StringRef tensor, llvm::StringRef place) const {
  if (isUnder(tensor, place))
    return true;
  for (const auto &[model, inner] : parts)
    if (placeOf(model) == place)
      return llvm::any_of(inner, [&](const auto &part) { return isUnder(tensor, part.first); });
  return false;
}

std::string Elaborator::placeBelow(const ast::Decl *model, llvm::StringRef rest) const {
  auto [first, further] = rest.split('.');
  if (auto made = parts.find(model); made != parts.end())
    for (const auto &[place, part] : made->second)
      if (part->name.text == first)
        return further.empty() ? place : place + "." + further.str();
  return rest.empty() ? placeOf(model) : placeOf(model) + "." + rest.str();
}

std::vector<const TensorInfo *> Elaborator::tensorsUnder(llvm::StringRef place) const {
  std::vector<const TensorInfo *> found;
  for (const auto &[name, info] : tensors)
    if (belongsTo(name, place))
      found.push_back(&info);
  return found;
}

bool Elaborator::isFrozen(llvm::StringRef tensor) const {
  return llvm::any_of(frozen, [&](const std::string &place) { return belongsTo(tensor, place); });
}

/// Reports a name that is given again to something that must not share its place.
static void reportTaken(Diagnostics &diags, llvm::StringRef name, Range at, Range first) {
  diags.error(at, "the place `" + name + "` is taken: what has one place shares its weights")
      .note(first, "first named here")
      .note("give each a name of its own; a layer that is to be shared is named once, `let f = "
            "dense(4)`, and used twice");
}

bool Elaborator::give(Placement &in, std::string &name, const void *who, Range at) {
  givenNames[{around.model, in.owner}].insert(name);
  auto [it, fresh] = in.taken.try_emplace(name, Placement::Taken{who, at, false});
  if (fresh || it->second.by == who)
    return true;
  if (it->second.numbered && fn->initializing) {
    renumber = true; // this elaboration is discarded and should not report other errors
    name += "?" + std::to_string(in.taken.size());
    return true;
  }
  reportTaken(diags, name, at, it->second.where);
  return false;
}

bool Elaborator::placeFor(const std::shared_ptr<Applicable> &layer, llvm::StringRef placeName,
                          Range at) {
  if (layer->placed) {
    const llvm::StringRef own = llvm::StringRef(layer->path).rsplit('.').second;
    if (placeName.empty() || placeName == own || placeName == layer->path)
      return true;
    diags
        .error(at, "this layer's place has a name, `" +
                       (own.empty() ? llvm::StringRef(layer->path) : own) + "`, and `as " +
                       placeName + "` gives it another")
        .note("`let` names a layer's place once for all its uses");
    return false;
  }
  Placement *in = fn->placement;
  std::string name = placeName.str();
  if (!in) {
    layer->path = name.empty() ? layer->name : name;
  } else {
    int count = ++in->counts[layer->given.empty() ? layer->name : layer->given];
    if (!name.empty()) {
      if (name == "weights" || name == "parameters") {
        diags.error(at, "a layer cannot be called `" + name + "`: that means all of a part's");
        return false;
      }
      layer->given = name;
      if (!give(*in, name, layer.get(), at))
        return false;
    } else {
      // A copy of a named layer is numbered after that name: `repeat(3, f)` has f1, f2, f3.
      const std::string stem = layer->given.empty() ? layer->name : layer->given;
      const std::set<std::string> &given = givenNames[{around.model, in->owner}];
      for (name = stem + std::to_string(count); given.count(name) || in->taken.count(name);
           name = stem + std::to_string(count))
        count = ++in->counts[stem];
      in->taken[name] = {layer.get(), at, true};
    }
    layer->path = in->path.empty() ? name : in->path + "." + name;
  }
  layer->placed = true;
  placed.push_back(layer);
  return true;
}

bool Elaborator::notePart(const Applicable &model, mlir::Value input, const std::string &place,
                          Range at) {
  if (fn->initializing && place != fn->initializes && around.member.empty() &&
      !known.count(model.decl)) {
    missing = missing ? missing : model.decl;
    return false;
  }
  if (!around.model)
    return true;
  auto add = [&](const ast::Decl *part, const std::string &where) {
    std::string name = part->name.text.str();
    if (!give(*around.placement, name, part, at))
      return false;
    if (around.member.empty())
      parts[around.model][where] = part;
    return true;
  };
  if (!add(model.decl, place))
    return false;
  if (around.member.empty()) {
    const NameMap<const ast::Decl *> inner = parts[model.decl];
    for (const auto &[where, part] : inner)
      if (!add(part, where))
        return false;
  }
  auto unshaped = [](mlir::Value v) { // the value with the same elements in the same order
    while (mlir::Operation *op = v.getDefiningOp()) {
      if (!llvm::isa<nn::ReshapeOp, nn::ArgumentOp>(op))
        break;
      v = op->getOperand(0);
    }
    return v;
  };
  if (unshaped(input) == unshaped(around.input))
    passesOn[around.model].insert(model.decl);
  return true;
}

bool Elaborator::isTrained(llvm::StringRef place) const {
  // Includes the models that it is made of.
  auto holds = [&](const std::string &part) { return belongsTo(place, part); };
  return !isFrozen(place) && llvm::any_of(fn->trained, holds);
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
  const bool weights = last == "weights", all = last == "parameters";
  if (weights || all) {
    Value list = Value::ofKind(Value::Kind::Weights);
    for (const TensorInfo *info : tensorsUnder(front))
      if (info->kind == NN_PARAMETER && (all || isWeight(*info)))
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
