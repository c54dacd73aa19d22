// Finds the values of a forward pass that get names. The location of an op tells which part of the
// model it belongs to.
#include "compiler/driver/math/Landmarks.h"

#include "compiler/dialect/NnDialect.h"
#include "compiler/driver/math/Writer.h"

#include "mlir/IR/Matchers.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace nnc::math {

static llvm::StringRef placeOf(Operation *op) {
  if (auto named = dyn_cast<NameLoc>(op->getLoc()))
    return named.getName();
  if (auto fused = dyn_cast<FusedLoc>(op->getLoc()))
    for (Location l : fused.getLocations())
      if (auto named = dyn_cast<NameLoc>(l))
        return named.getName();
  return {};
}

static bool isUnder(llvm::StringRef place, llvm::StringRef root) {
  return place.consume_front(root) && (place.empty() || place.front() == '.');
}

static nn::Form formOf(Value v) {
  Operation *op = visible(v).getDefiningOp();
  auto notation = op ? dyn_cast<nn::NotationOp>(op) : nn::NotationOp();
  return notation ? notation.getNotation().form : nn::Form::Function;
}

namespace {

class Finder {
public:
  Finder(Step &step, const Typography &type) : step(step), type(type) {}

  void run(Value loss) {
    collectForward(loss);
    numberLayers();
    nameParameters();
    for (auto &[place, number] : layers) {
      nameActivation(place, number);
      nameLayer(place, number);
    }
    nameOutput();
    llvm::sort(step.landmarks, [](const Landmark &a, const Landmark &b) {
      return a.value.getDefiningOp()->isBeforeInBlock(b.value.getDefiningOp());
    });
  }

private:
  /// Collects the ops from which the loss is computed, in order. Those in the blocks of loops are
  /// not among them: each has a value for every run, and no gradient that one could ask for.
  void collectForward(Value loss) {
    llvm::SetVector<Operation *> needed;
    if (Operation *op = loss.getDefiningOp())
      needed.insert(op);
    for (unsigned i = 0; i < needed.size(); ++i)
      for (Value operand : needed[i]->getOperands())
        if (Operation *op = operand.getDefiningOp())
          needed.insert(op);
    for (Operation &op : step.function.getBody().front())
      if (needed.contains(&op))
        forward.push_back(&op);
    isForward.insert(forward.begin(), forward.end());
  }

  llvm::StringRef tensorName(Value v) {
    auto argument = dyn_cast<BlockArgument>(v);
    auto name =
        argument ? step.function.getArgAttrOfType<StringAttr>(argument.getArgNumber(), "nn.tensor")
                 : StringAttr();
    return name ? name.getValue() : llvm::StringRef();
  }

  void numberLayers() {
    for (Operation *op : forward)
      for (Value operand : op->getOperands())
        if (llvm::StringRef name = tensorName(operand); !name.empty()) {
          layers.insert({name.rsplit('.').first, layers.size() + 1});
          if (model.empty())
            model = name.split('.').first;
        }
  }

  void nameParameters() {
    for (BlockArgument argument : step.function.getArguments()) {
      llvm::StringRef name = tensorName(argument);
      if (name.empty() || name.contains('/')) // an optimizer's state: train0.m/net.dense1.w
        continue;
      auto [place, last] = name.rsplit('.');
      auto layer = layers.find(place);
      const bool matrix = cast<RankedTensorType>(argument.getType()).getRank() >= 2;
      std::string base = matrix && last.size() == 1 ? last.upper() : last.str();
      step.parameters.push_back(
          {argument,
           {},
           type.name(base, layer == layers.end() ? "" : std::to_string(layer->second)),
           name.str()});
    }
  }

  bool isNamed(Value v) const {
    return llvm::any_of(step.landmarks, [&](const Landmark &l) { return l.value == v; });
  }

  void add(Value v, llvm::StringRef base, llvm::StringRef index, llvm::StringRef place,
           bool affine = false) {
    v = visible(v);
    if (!v.getDefiningOp() || isNamed(v) || matchPattern(v, m_Constant()) ||
        !taken.insert((base + index).str()).second)
      return;
    Landmark l;
    l.value = v;
    l.name = type.name(base, index);
    l.index = index.str();
    l.place = place.str();
    l.isAffine = affine;
    step.landmarks.push_back(l);
  }

  /// Names the input of a layer: the activation of the layer before it.
  void nameActivation(llvm::StringRef place, unsigned number) {
    if (number < 2)
      return;
    for (Operation *op : forward)
      if (isUnder(placeOf(op), place))
        for (Value operand : op->getOperands()) {
          Value v = visible(operand);
          Operation *producer = v.getDefiningOp();
          if (producer && !isUnder(placeOf(producer), place) && isUnder(placeOf(producer), model) &&
              nn::isBatched(v.getType()) && !isLayerOf(producer))
            return add(v, "a", std::to_string(number - 1), "");
        }
  }

  /// Whether the op belongs to a layer with parameters. Its result is then named as that layer's
  /// result.
  bool isLayerOf(Operation *op) {
    return llvm::any_of(layers, [&](auto &layer) { return isUnder(placeOf(op), layer.first); });
  }

  /// The last value of a place that something outside of the place uses, or null.
  Value lastUsedBeyond(llvm::StringRef place) const {
    Value last;
    for (Operation *op : forward)
      if (isUnder(placeOf(op), place))
        for (Value result : op->getResults())
          if (llvm::any_of(result.getUsers(), [&](Operation *user) {
                return isForward.contains(user) && !isUnder(placeOf(user), place);
              }))
            last = result;
    return last;
  }

  void nameLayer(llvm::StringRef place, unsigned number) {
    Value result = lastUsedBeyond(place);
    if (!result)
      return;
    Value v = visible(result);
    if (isAffine(v))
      return add(v, "z", std::to_string(number), place, true);
    // A layer may compute more than x W + b. Then its own result is named h.
    for (Operation *op : forward)
      if (isUnder(placeOf(op), place) && isAffine(op->getResult(0))) {
        add(op->getResult(0), "z", std::to_string(number), "", true);
        break;
      }
    add(v, "h", std::to_string(number), place);
  }

  /// Whether v is a contraction plus something.
  static bool isAffine(Value v) {
    return formOf(v) == nn::Form::Sum &&
           llvm::any_of(visible(v).getDefiningOp()->getOperands(),
                        [](Value operand) { return formOf(operand) == nn::Form::Contraction; });
  }

  void nameOutput() {
    Value output = lastUsedBeyond(model);
    if (output && nn::isBatched(output.getType()))
      add(output, "ŷ", "", "");
  }

  Step &step;
  const Typography &type;
  SmallVector<Operation *> forward;
  llvm::SmallPtrSet<Operation *, 32> isForward;
  llvm::MapVector<llvm::StringRef, unsigned> layers;
  llvm::StringRef model;
  llvm::StringSet<> taken;
};

} // namespace

void findLandmarks(Step &step, Value loss, const Typography &type) { Finder(step, type).run(loss); }

} // namespace nnc::math
