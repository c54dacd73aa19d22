// The arithmetic of the language on all kinds of values.
#pragma once

#include "compiler/irgen/eval/Part.h"

namespace nnc {

class Arithmetic : public Part {
public:
  using Part::Part;
  Value binary(ast::BinaryOp op, const Value &a, const Value &b, Range at, Range rangeA,
               Range rangeB);
  Value negate(const Value &a, Range at);
  Value choose(const Value &condition, const Value &a, const Value &b, Range at,
               llvm::ArrayRef<Range> ranges);
  /// Converts `10 epochs` to steps. Everything else is unchanged.
  Value inSteps(const Value &v, Range at);
  /// `f` of each of the weights of a model, or of those of two models in pairs.
  Value mapWeights(const Value &a, const Value &b,
                   llvm::function_ref<Value(const Value &, const Value &)> f);

private:
  Value computed(ast::BinaryOp op, const Value &a, const Value &b, Range at, Range rangeA,
                 Range rangeB);
  /// The arithmetic of lists of numbers, item by item.
  Value ofLists(ast::BinaryOp op, const Value &a, const Value &b, Range at, Range rangeA,
                Range rangeB);
};

} // namespace nnc
