// Contractions: matrix products, outer products and convolutions, with two pairs of operations.
#ifndef NNC_NN_CONTRACT_TD
#define NNC_NN_CONTRACT_TD

include "compiler/dialect/NnDialect.td"

/// Combines pairs of elements of a and b, and reduces over the loop dims that the result lacks.
class Nn_Contraction<string mnemonic, string math, string derivative, list<string> overrides = []>
    : Nn_Op<mnemonic, math, derivative,
            [Nn_Infer, DeclareOpInterfaceMethods<ContractionOp, overrides>,
             DeclareOpInterfaceMethods<StepsOp, ["hasSumOverSteps", "buildSumOverSteps"]>]> {
  let arguments = (ins Nn_Tensor:$a, Nn_Tensor:$b, AffineMapArrayAttr:$maps, DenseI64ArrayAttr:$sizes);
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "$a `,` $b attr-dict `:` functional-type(operands, $result)";
  let definitions = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *context,
        std::optional<::mlir::Location> loc, ::mlir::ValueRange operands, ::mlir::DictionaryAttr attributes,
        ::mlir::OpaqueProperties properties, ::mlir::RegionRange regions,
        ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      Adaptor adaptor(operands, attributes, properties, regions);
      return ::nnc::nn::inferContraction(getOperationName(), loc, operands, adaptor.getMapsAttr(),
                                         adaptor.getSizesAttr(), types);
    }
    ::mlir::Value $cppClass::getLeft() { return getA(); }
    ::mlir::Value $cppClass::getRight() { return getB(); }
    ::mlir::AffineMap $cppClass::getLeftMap() { return ::llvm::cast<::mlir::AffineMapAttr>(getMaps()[0]).getValue(); }
    ::mlir::AffineMap $cppClass::getRightMap() { return ::llvm::cast<::mlir::AffineMapAttr>(getMaps()[1]).getValue(); }
    ::mlir::AffineMap $cppClass::getOutMap() { return ::llvm::cast<::mlir::AffineMapAttr>(getMaps()[2]).getValue(); }
    ::llvm::ArrayRef<int64_t> $cppClass::getLoopSizes() { return getSizes(); }
    ::mlir::Value $cppClass::cloneWith(::mlir::OpBuilder &b, ::mlir::Value left, ::mlir::Value right,
        ::llvm::ArrayRef<::mlir::AffineMap> maps, ::llvm::ArrayRef<int64_t> sizes) {
      return b.create<$cppClass>(getLoc(), left, right, b.getAffineMapArrayAttr(maps), sizes);
    }
    ::mlir::Value $cppClass::buildOverSteps(::mlir::OpBuilder &b, ::mlir::ValueRange operands,
        ::llvm::ArrayRef<bool> stacked, int64_t length) {
      return ::nnc::nn::buildContractionOverSteps(*this, b, operands, stacked, length);
    }
    bool $cppClass::hasSumOverSteps() { return isSumOfProducts(); }
    ::mlir::Value $cppClass::buildSumOverSteps(::mlir::OpBuilder &b, ::mlir::ValueRange operands,
        ::llvm::ArrayRef<bool> stacked, int64_t length) {
      return ::nnc::nn::buildContractionSumOverSteps(*this, b, operands, stacked, length);
    }
  }];
}

// contract: y[mapOut(d)] = Σ a[mapA(d)] b[mapB(d)] over the loop dims d that mapOut lacks
//   maps = [mapA, mapB, mapOut]. An entry of a map is a plain dim or a sum of two. In mapA the sum is s·di + t·dj, a
//   sliding window of stride s and dilation t. In mapB and mapOut it is size(dj)·di + dj, a dim in blocks; in mapA a dim in
//   blocks is a special case of a window. No map uses a dim twice.
//   sizes: the extent of each loop dim; -1 for the batch, which is never part of a sum.
//   Each loop dim is in at least two of the three maps.
//   db = contract(a, dy) onto mapB;  da = contract(dy, b) onto mapA. If one dim of each window is only in mapOut and the
//   other only in mapB, da is a contraction of dy, padded (low (R-1)t, interior s-1, high up to X + t(R-1) elements), with b
//   reversed. For other windows, da is a contraction followed by a fold.
def Nn_ContractOp : Nn_Contraction<"contract", "y = sums of products of a and b", "Rule"> {
  let notation = Nn_Notation<"Contraction">;
  let hasCanonicalizer = 1;
}

// max_plus: y[mapOut(d)] = max (a[mapA(d)] + b[mapB(d)]) over the loop dims d that mapOut lacks, NaN if any sum is
//   maps and sizes as for contract. The longest paths of a graph, the best sequence of states: a product of matrices over
//   (max, +). A zero is a number like any other.
def Nn_MaxPlusOp : Nn_Contraction<"max_plus", "y = the greatest sums of an element of a and one of b", "None",
                                  ["isSumOfProducts"]>;

#endif
