// The contraction: one op for matrix products, outer products and convolutions.
#ifndef NNC_NN_CONTRACT_TD
#define NNC_NN_CONTRACT_TD

include "compiler/dialect/NnDialect.td"

// contract: y[mapOut(d)] = Σ a[mapA(d)] b[mapB(d)] over the loop dims d that mapOut lacks
//   maps = [mapA, mapB, mapOut]. An entry of a map is a plain dim or a sum of two. In mapA the sum is s·di + t·dj, a
//   sliding window of stride s and dilation t. In mapB and mapOut it is size(dj)·di + dj, a dim in blocks; in mapA a dim in
//   blocks is a special case of a window. No map uses a dim twice.
//   sizes: the extent of each loop dim; -1 for the batch, which is never part of a sum.
//   Each loop dim is in at least two of the three maps.
//   db = contract(a, dy) onto mapB;  da = contract(dy, b) onto mapA. If one dim of each window is only in mapOut and the
//   other only in mapB, da is a contraction of dy, padded (low (R-1)t, interior s-1, high up to X + t(R-1) elements), with b
//   reversed. For other windows, da is a contraction followed by a fold.
def Nn_ContractOp : Nn_Op<"contract", "y = sums of products of a and b", "Rule",
    [Nn_Infer, DeclareOpInterfaceMethods<ContractionOp>]> {
  let arguments = (ins Nn_Tensor:$a, Nn_Tensor:$b, AffineMapArrayAttr:$maps, DenseI64ArrayAttr:$sizes);
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "$a `,` $b attr-dict `:` functional-type(operands, $result)";
  let notation = Nn_Notation<"Contraction">;
  let hasCanonicalizer = 1;
}

#endif
