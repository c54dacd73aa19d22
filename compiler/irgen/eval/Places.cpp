// Gives layers and the parts of models their places: `mlp.hidden`.
#include "compiler/irgen/eval/Elaborator.h"
#include "compiler/sema/names/PartTensors.h"

#include "compiler/dialect/NnDialect.h"

using namespace nnc;

/// Reports a name that is given again to something that must not share its place.
static void reportTaken(Diagnostics &diags, llvm::StringRef name, Range at, Range first) {
  diags.error(at, "the place `" + name + "` is taken: what has one place shares its weights")
      .note(first, "first named here")
      .note("give each a name of its own; a layer that is to be shared is named once, `let f = "
            "dense(4)`, and used twice");
}

bool Places::give(Placement &in, std::string &name, const void *who, Range at) {
  givenNames[{around.model, in.owner}].insert(name);
  auto [it, fresh] = in.taken.try_emplace(name, Placement::Taken{who, at, false});
  if (fresh || it->second.by == who)
    return true;
  if (it->second.numbered && fn->initializing) {
    elab.renumber = true; // this elaboration is discarded and should not report other errors
    name += "?" + std::to_string(in.taken.size());
    return true;
  }
  reportTaken(diags, name, at, it->second.where);
  return false;
}

bool Places::placeFor(const std::shared_ptr<Applicable> &layer, llvm::StringRef placeName,
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
      if (sema::findPartTensors(name)) {
        diags.error(at, "a layer cannot be called `" + name + "`: that means all of a part's");
        return false;
      }
      layer->givenBefore = std::exchange(layer->given, name);
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
  elab.placed.push_back(layer);
  return true;
}

bool Places::notePart(const Applicable &model, mlir::Value input, const std::string &place,
                      Range at) {
  if (fn->initializing && place != fn->initializes && around.member.empty() &&
      !elab.known.count(model.decl)) {
    elab.missing = elab.missing ? elab.missing : model.decl;
    return false;
  }
  if (!around.model)
    return true;
  auto add = [&](const ast::Decl *part, const std::string &where) {
    std::string name = part->name.text.str();
    if (!give(*around.placement, name, part, at))
      return false;
    if (around.member.empty())
      elab.parts[around.model][where] = part;
    return true;
  };
  if (!add(model.decl, place))
    return false;
  if (around.member.empty()) {
    const NameMap<const ast::Decl *> inner = elab.parts[model.decl];
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
    elab.passesOn[around.model].insert(model.decl);
  return true;
}

bool Places::isTrained(llvm::StringRef place) const {
  // Includes the models that it is made of.
  auto holds = [&](const std::string &part) { return elab.belongsTo(place, part); };
  return !elab.isFrozen(place) && llvm::any_of(fn->trained, holds);
}
