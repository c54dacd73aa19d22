// The contraction: matrix products, outer products and convolutions are one op.
#ifndef NNC_NN_CONTRACT_TD
#define NNC_NN_CONTRACT_TD

include "compiler/dialect/NnDialect.td"

// contract: y[mapOut(d)] = Σ a[mapA(d)] b[mapB(d)] over the loop dims d that mapOut lacks
//   maps = [mapA, mapB, mapOut]; mapB and mapOut have distinct dims; an entry of mapA is a plain dim or
//   s·di + t·dj, a sliding window of stride s and dilation t. sizes: each loop dim's extent, -1 for the batch.
//   Any map may count a dim in blocks, as size(dj)·di + dj.
//   Each loop dim is in mapOut or mapB, and in at least two of the three maps or in a and out, or b and out.
//   db = contract(a, dy) onto mapB;  da = contract(dy, b) onto mapA, where for a window dy is padded (low
//   (R-1)t, interior s-1, high up to X + t(R-1)) and b reversed, which makes it a window again.
def Nn_ContractOp : Nn_Op<"contract", "y = sums of products of a and b", "Rule",
    [Nn_Infer, DeclareOpInterfaceMethods<ContractionOp>]> {
  let arguments = (ins Nn_Tensor:$a, Nn_Tensor:$b, AffineMapArrayAttr:$maps, DenseI64ArrayAttr:$sizes);
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "$a `,` $b attr-dict `:` functional-type(operands, $result)";
  let notation = Nn_Notation<"Contraction">;
  let hasCanonicalizer = 1;
}

#endif
