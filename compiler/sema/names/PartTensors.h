// The names that stand for many tensors of a part of a model: `net.head.weights`.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace nnc::sema {

enum class PartTensors { Weights, Biases, Parameters };

/// The names, in the order of PartTensors.
llvm::ArrayRef<llvm::StringRef> partTensorsNames();
/// What that name stands for; nothing if it is the name of one part or tensor.
std::optional<PartTensors> findPartTensors(llvm::StringRef name);

} // namespace nnc::sema
