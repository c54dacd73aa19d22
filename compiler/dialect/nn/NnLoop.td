// What loops have in common: the op that ends their block.
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

#endif
