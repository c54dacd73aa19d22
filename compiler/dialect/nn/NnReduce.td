// Reductions, and the ops that pick one element out of many.
#ifndef NNC_NN_REDUCE_TD
#define NNC_NN_REDUCE_TD

include "compiler/dialect/NnDialect.td"

/// Removes `dims` of x (ascending; dim 0 may be the batch).
class Nn_Reduce<string mnemonic, string math, string derivative, list<string> overrides = [],
                list<string> steps = []>
    : Nn_Op<mnemonic, math, derivative,
            [Nn_Infer, DeclareOpInterfaceMethods<ReductionOp, overrides>,
             DeclareOpInterfaceMethods<StepsOp, steps>]> {
  let arguments = (ins Nn_Tensor:$x, DenseI64ArrayAttr:$dims);
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "$x `over` $dims attr-dict `:` type($x) `->` type($result)";
  let definitions = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context,
        std::optional<::mlir::Location> loc, ::mlir::ValueRange operands, ::mlir::DictionaryAttr attributes,
        ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
        ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      Adaptor adaptor(operands, attributes, properties, regions);
      return ::nnc::nn::inferReduction(getOperationName(), loc, operands, adaptor.getDimsAttr(), types);
    }
    ::llvm::ArrayRef<int64_t> $cppClass::getReducedDims() { return getDims(); }
    ::mlir::Value $cppClass::cloneOver(::mlir::OpBuilder &b, ::mlir::Value operand, ::llvm::ArrayRef<int64_t> dims) {
      return b.create<$cppClass>(getLoc(), operand, dims);
    }
    ::mlir::Value $cppClass::buildOverSteps(::mlir::OpBuilder &b, ::mlir::ValueRange operands,
        ::llvm::ArrayRef<bool>, int64_t) {
      return cloneOver(b, operands[0], ::nnc::nn::dimsInStack(getX().getType(), getDims()));
    }
  }];
}

// reduce_sum: y = Σ x;  dx = dy broadcast
def Nn_ReduceSumOp : Nn_Reduce<"reduce_sum", "y = the sum of x over dims", "Rule", [],
                               ["hasSumOverSteps", "buildSumOverSteps"]> {
  let notation = Nn_Notation<"SumOver", "Σ", "\\sum">;
  let hasCanonicalizer = 1;
}
// reduce_max: y = max x, NaN if any is;  dx = dy at the first element that attains it, 0 elsewhere
def Nn_ReduceMaxOp : Nn_Reduce<"reduce_max", "y = the greatest x over dims", "Rule"> {
  let notation = Nn_Notation<"Over", "max", "\\max">;
}
// reduce_min: y = min x, NaN if any is;  dx = dy at the first element that attains it, 0 elsewhere
def Nn_ReduceMinOp : Nn_Reduce<"reduce_min", "y = the least x over dims", "Rule"> {
  let notation = Nn_Notation<"Over", "min", "\\min">;
}
// argmax: y = the linear index over dims (row-major, in T) of the first greatest x; NaN counts as greatest;  dx = 0
def Nn_ArgmaxOp : Nn_Reduce<"argmax", "y = the linear index over dims of the first greatest x", "Zero",
                            ["needsIndex"]> {
  let notation = Nn_Notation<"Over", "argmax", "\\operatorname*{argmax}">;
}

// pick: y[…] = x[…, idx[…], …], idx clamped to dim's range;  dx = dy where the index along dim is idx, 0 elsewhere
def Nn_PickOp : Nn_Op<"pick", "y = the element of x at idx along dim", "Rule",
    [Nn_Infer, Nn_Pull, DeclareOpInterfaceMethods<StepsOp>]> {
  let notation = Nn_Notation<"Element">;
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$idx, I64Attr:$dim);
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "$x `[` $idx `]` `along` $dim attr-dict `:` type($x) `,` type($idx) `->` type($result)";
}

#endif
