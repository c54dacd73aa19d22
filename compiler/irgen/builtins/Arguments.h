// Arguments that several builtin functions have. All report their errors.
#pragma once

#include "compiler/irgen/builtins/Builtins.h"

namespace nnc {

/// The example axis that a positional or named `axis` argument denotes. Negative: counted from the
/// end.
bool axisOf(Elaborator &elab, const Arg *arg, int64_t fallback, int64_t rank, int64_t &axis);

/// Reads one whole number, or a list of `count` of them.
bool integers(Elaborator &elab, const Arg *arg, size_t count, int64_t fallback,
              llvm::SmallVectorImpl<int64_t> &out, llvm::StringRef what, int64_t least);

/// The items of a list; of any other value, the value itself.
std::vector<Value> itemsOf(const Value &v);

/// The numbers of a list of sizes, in which a list stands for its items: `[c, [3, 3]]`.
std::vector<Value> flatItemsOf(const Value &v);

/// Appends the sizes of axes, one or a list of them.
bool shapeFrom(Elaborator &elab, const Value &v, std::vector<int64_t> &shape, Range at);

/// The first argument of a function that moves elements, as a tensor. Not a tensor after an error,
/// or if it is unavailable.
Value movedTensor(Elaborator &elab, const BuiltinCall &call);

} // namespace nnc
