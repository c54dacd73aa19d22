// The loop over the elements of sequences, and the op that ends the block of any loop.
#ifndef NNC_NN_LOOP_TD
#define NNC_NN_LOOP_TD

include "compiler/dialect/NnDialect.td"

// yield: the values of one run of a loop's block; the loop says what becomes of them
def Nn_YieldOp : Op<Nn_Dialect, "yield", [Pure, Terminator]> {
  let summary = "the values of one run of a loop's block";
  let arguments = (ins Variadic<Nn_Tensor>:$values);
  let assemblyFormat = "($values^ `:` type($values))? attr-dict";
  let hasVerifier = 1;
}

// scan: for t = 0, 1, …: (s, y_t, …) = block(s, x_t, …, w, …);  the results are the last s, and all y_t
//   Operands and block arguments are in the same order: states (first their start), sequences (in the
//   block the element of the run), and invariants. The block yields the next states, then the values
//   whose stacks are the results after those of the states. Elements and stacks are along dim 1 if dim 0
//   is the batch, and along dim 0 otherwise (stepDim).
//   backward: the elements are taken from the last to the first.
//   recompute: the gradient keeps the states before each run and computes all else again; without it the
//   gradient keeps whatever is expensive to compute again.
def Nn_ScanOp : Op<Nn_Dialect, "scan", [Pure, IsolatedFromAbove, SingleBlock, AttrSizedOperandSegments,
    DeclareOpInterfaceMethods<LoopOp,
        ["getInvariant", "getRuns", "getStart", "getElementOf", "runsBackwards", "backward", "getHeading",
         "hasSequences", "savesMemory", "cloneWith"]>]> {
  let summary = "the block applied to each element of the sequences, one after the other";
  let arguments = (ins I64Attr:$length, UnitAttr:$backward, UnitAttr:$recompute,
                       Variadic<Nn_Tensor>:$starts, Variadic<Nn_Tensor>:$sequences,
                       Variadic<Nn_Tensor>:$invariants);
  let results = (outs Variadic<Nn_Tensor>:$values);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $length (`backward` $backward^)? (`recompute` $recompute^)?
    `states` `(` ($starts^ `:` type($starts))? `)` `over` `(` ($sequences^ `:` type($sequences))? `)`
    `with` `(` ($invariants^ `:` type($invariants))? `)` `->` `(` type($values) `)` attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
  let builders = [OpBuilder<(ins "int64_t":$length, "bool":$backward, "::mlir::ValueRange":$starts,
                                 "::mlir::ValueRange":$sequences, "::mlir::ValueRange":$invariants,
                                 "::mlir::TypeRange":$stacked)>];
  let extraClassDeclaration = [{
    unsigned getNumStates() { return getStarts().size(); }
    ::mlir::OperandRange getYielded() { return getBody().front().getTerminator()->getOperands(); }
    /// The block arguments of one kind, in the order of the operands.
    ::mlir::MutableArrayRef<::mlir::BlockArgument> getStates();
    ::mlir::MutableArrayRef<::mlir::BlockArgument> getElements();
    ::mlir::MutableArrayRef<::mlir::BlockArgument> getConstants();
  }];
}

#endif
