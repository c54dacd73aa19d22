// Ops that move elements without computing on them, and constants.
#ifndef NNC_NN_SHAPE_TD
#define NNC_NN_SHAPE_TD

include "compiler/dialect/NnDialect.td"

// constant: y = value
def Nn_ConstantOp : Nn_Op<"constant", "y = value", "Zero", [ConstantLike,
    AllTypesMatch<["value", "result"]>, DeclareOpInterfaceMethods<PullOp, ["getCost"]>]> {
  let arguments = (ins ElementsAttr:$value);
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
  let builders = [OpBuilder<(ins "::mlir::RankedTensorType":$type, "double":$splat)>];
}

// iota: y[i] = the linear index of i over dims (row-major in their order)
def Nn_IotaOp : Nn_Op<"iota", "y = the index along dims", "Zero",
    [DeclareOpInterfaceMethods<PullOp, ["getCost"]>]> {
  let arguments = (ins DenseI64ArrayAttr:$dims);
  let notation = Nn_Notation<"Index">;
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "$dims attr-dict `:` type($result)";
  let hasVerifier = 1;
  let builders = [OpBuilder<(ins "::mlir::Type":$type, "int64_t":$dim), [{
    build($_builder, $_state, type, $_builder.getDenseI64ArrayAttr({dim}));
  }]>];
}

class Nn_Move<string mnemonic, string math, string derivative = "Rule", list<Trait> traits = [Nn_Infer],
              list<string> pull = ["getCost"], bit steps = 1>
    : Nn_Op<mnemonic, math, derivative,
            !listconcat([DeclareOpInterfaceMethods<PullOp, pull>],
                        !if(steps, [DeclareOpInterfaceMethods<StepsOp, ["isLinearIn"]>], []<Trait>), traits)> {
  let results = (outs Nn_Tensor:$result);
  // Moving the sum of some values is the sum of the moved ones.
  let definitions = !if(steps, [{
    bool $cppClass::isLinearIn(::llvm::ArrayRef<bool> stacked) {
      return ::llvm::all_of(stacked, [](bool each) { return each; });
    }
  }], "");
}

// broadcast: y[i] = x[i[dims[0]], i[dims[1]], …];  dx = dy summed over the other dims
def Nn_BroadcastOp : Nn_Move<"broadcast", "y = x, repeated along the result dims not in dims", "Rule", []> {
  let notation = Nn_Notation<"Same">;
  let arguments = (ins Nn_Tensor:$x, DenseI64ArrayAttr:$dims);
  let assemblyFormat = "$x `to` $dims attr-dict `:` type($x) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

// reshape: y = x's elements in row-major order; a batch dim stays;  dx = dy reshaped
def Nn_ReshapeOp : Nn_Move<"reshape", "y = x's elements in the result's shape", "Rule", [Nn_SameElements]> {
  let notation = Nn_Notation<"Same">;
  let arguments = (ins Nn_Tensor:$x);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

// transpose: y's dim i is x's dim perm[i];  dx = dy transposed by perm⁻¹
def Nn_TransposeOp : Nn_Move<"transpose", "y's dim i is x's dim perm[i]"> {
  let notation = Nn_Notation<"Transposed">;
  let arguments = (ins Nn_Tensor:$x, DenseI64ArrayAttr:$perm);
  let assemblyFormat = "$x `by` $perm attr-dict `:` type($x) `->` type($result)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

// slice: y[i] = x[start + stride i], start + stride i < limit; of a batch dim: 0, -1, 1 (all);  dx
// = dy padded
def Nn_SliceOp : Nn_Move<"slice", "y = x[start : limit : stride]"> {
  let arguments = (ins Nn_Tensor:$x, DenseI64ArrayAttr:$start, DenseI64ArrayAttr:$limit,
                       DenseI64ArrayAttr:$stride);
  let assemblyFormat = "$x `from` $start `to` $limit `step` $stride attr-dict `:` type($x) `->` type($result)";
  let hasFolder = 1;
  let hasCanonicalizer = 1;
}

// pad: zeros around x, and `interior` zeros between its elements; no amount is negative;  dx = dy
// sliced
def Nn_PadOp : Nn_Move<"pad", "y = x between zeros", "Rule", [Nn_Infer], ["getCost", "getNonZeroPart"]> {
  let arguments = (ins Nn_Tensor:$x, DenseI64ArrayAttr:$low, DenseI64ArrayAttr:$high,
                       DenseI64ArrayAttr:$interior);
  let assemblyFormat = "$x `low` $low `high` $high `interior` $interior attr-dict `:` type($x) `->` type($result)";
  let hasFolder = 1;
}

// reverse: y = x with reversed order along dims, which may include the batch;  dx = dy reversed
def Nn_ReverseOp : Nn_Move<"reverse", "y = x backwards along dims"> {
  let arguments = (ins Nn_Tensor:$x, DenseI64ArrayAttr:$dims);
  let assemblyFormat = "$x `over` $dims attr-dict `:` type($x) `->` type($result)";
  let hasFolder = 1;
}

// concat: y = the operands one after another along dim;  dxᵢ = its slice of dy
def Nn_ConcatOp : Nn_Move<"concat", "y = the operands one after another along dim"> {
  let arguments = (ins Variadic<Nn_Tensor>:$xs, I64Attr:$dim);
  let assemblyFormat = "$xs `along` $dim attr-dict `:` functional-type($xs, $result)";
  let hasFolder = 1;
}

// windows: y[…, o, …, r] = x[…, stride o + dilation r, …]: adds a trailing dim for each of dims;
// dx = fold dy
def Nn_WindowsOp : Nn_Move<"windows", "y = the sliding windows of x along dims, as trailing dims"> {
  let arguments = (ins Nn_Tensor:$x, DenseI64ArrayAttr:$dims, DenseI64ArrayAttr:$size,
                       DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$dilation);
  let assemblyFormat = "$x `over` $dims `size` $size `stride` $stride `dilation` $dilation attr-dict `:` type($x) `->` type($result)";
  let builders = [OpBuilder<(ins "::mlir::Value":$x, "::llvm::ArrayRef<int64_t>":$dims,
                                 "::llvm::ArrayRef<int64_t>":$size, "::llvm::ArrayRef<int64_t>":$stride)>];
}

// fold: the transpose of windows: y[…, h, …] = Σ over stride o + dilation r = h of x[…, o, …, r];  dx = windows dy
def Nn_FoldOp : Nn_Move<"fold", "y = overlapping windows summed to where they came from"> {
  let arguments = (ins Nn_Tensor:$x, DenseI64ArrayAttr:$dims, DenseI64ArrayAttr:$extent,
                       DenseI64ArrayAttr:$stride, DenseI64ArrayAttr:$dilation);
  let assemblyFormat = "$x `over` $dims `extent` $extent `stride` $stride `dilation` $dilation attr-dict `:` type($x) `->` type($result)";
}

// dynamic_slice: for each example b: y[b, …] = x[b, … + offsets[b, k] along dims[k]], sizes[k] long; offsets
// are rounded and clamped so that the window is inside x. No derivative: it augments data.
def Nn_DynamicSliceOp : Nn_Move<"dynamic_slice", "y = a window of x at offsets of each example", "None",
                               [Nn_Infer], ["getCost"], /*steps=*/0> {
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$offsets, DenseI64ArrayAttr:$dims, DenseI64ArrayAttr:$sizes);
  let assemblyFormat = "$x `at` $offsets `over` $dims `size` $sizes attr-dict `:` type($x) `,` type($offsets) `->` type($result)";
}

// batch_size: y = n, the number of examples of this call
def Nn_BatchSizeOp : Nn_Op<"batch_size", "y = n", "Zero", [Nn_Pull]> {
  let notation = Nn_Notation<"Symbol", "n">;
  let results = (outs Nn_HostScalar:$result);
  let assemblyFormat = "attr-dict";
}

#endif
