// Formats values and shapes for messages, and builds the ids of axes.
#include "compiler/irgen/values/Value.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

std::string nnc::axisId(unsigned frame, llvm::StringRef name, unsigned again) {
  return std::to_string(frame) + (again ? "." + std::to_string(again) : std::string()) + ":" +
         name.str();
}

llvm::StringRef nnc::axisName(llvm::StringRef id) { return id.split(':').second; }

llvm::StringRef nnc::axisFrame(llvm::StringRef id) { return id.split(':').first.split('.').first; }

std::string nnc::axisIdOfName(llvm::StringRef id) {
  return (axisFrame(id) + ":" + axisName(id)).str();
}

llvm::DenseSet<mlir::Value> nnc::originsOf(llvm::ArrayRef<mlir::Value> values,
                                           llvm::function_ref<bool(mlir::Value)> border) {
  llvm::SmallVector<mlir::Value> open(values);
  llvm::DenseSet<mlir::Value> seen;
  while (!open.empty()) {
    mlir::Value one = open.pop_back_val();
    if (!seen.insert(one).second || (border && border(one)))
      continue;
    if (mlir::Operation *op = one.getDefiningOp())
      open.append(op->operand_begin(), op->operand_end());
  }
  return seen;
}

bool nnc::isBatched(mlir::Value tensor) {
  auto type = llvm::cast<mlir::RankedTensorType>(tensor.getType());
  return type.getRank() > 0 && type.isDynamicDim(0);
}

llvm::ArrayRef<int64_t> nnc::exampleShape(mlir::Value tensor) {
  auto shape = llvm::cast<mlir::RankedTensorType>(tensor.getType()).getShape();
  return isBatched(tensor) ? shape.drop_front() : shape;
}

std::string nnc::shapeText(llvm::ArrayRef<int64_t> shape) {
  std::string text = "[";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + "]";
}

std::string Value::describe() const {
  switch (kind) {
  case Kind::Error:
    return "an error";
  case Kind::Unavailable:
    return "a value that is only known for each batch";
  case Kind::Number:
    return unit == Unit::None ? "a number" : "a duration";
  case Kind::Bool:
    return "true or false";
  case Kind::Text:
    return "a string";
  case Kind::Tensor: {
    auto shape = exampleShape(tensor);
    return shape.empty() ? std::string("a number for each example")
                         : "a tensor " + shapeText(shape);
  }
  case Kind::HostScalar:
    return "a number known only during the run";
  case Kind::List:
    return "a list";
  case Kind::Weights:
    return "the weights of a model";
  case Kind::Axes:
    return "a choice of axes";
  case Kind::Place:
    return "the place `" + text + "`";
  case Kind::All:
    return "`all`";
  case Kind::None:
    return "`none`";
  case Kind::Applicable:
    switch (target->kind) {
    case nnc::Applicable::Kind::Function:
    case nnc::Applicable::Kind::Builtin:
      return "the function `" + target->name + "`";
    case nnc::Applicable::Kind::Layer:
      return "the layer `" + target->name + "`";
    case nnc::Applicable::Kind::Sequence:
      return "a sequence of layers";
    case nnc::Applicable::Kind::Init:
      return "the initializer `" + target->name + "`";
    case nnc::Applicable::Kind::Optimizer:
      return "the optimizer `" + target->name + "`";
    case nnc::Applicable::Kind::Metric:
      return "the metric `" + target->name + "`";
    case nnc::Applicable::Kind::Model:
      return "the model `" + target->name + "`";
    }
  }
  return "a value";
}
