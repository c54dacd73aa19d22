// Counter-based random numbers: the same seed, step and place give the same numbers, in any order
// of evaluation.
#ifndef NNC_NN_RANDOM_TD
#define NNC_NN_RANDOM_TD

include "compiler/dialect/NnDialect.td"

/// Philox4x32-10 with key (seed low 32 bits, seed high 32 bits ^ place) and counter (block low,
/// block high, step low, step high). The element with linear (row-major) index e has block (e >> 6)
/// * 16 + (e & 15) and word (e >> 4) & 3, so four 16-lane vectors can share one evaluation. With
/// first_row, the result is a piece of a larger tensor: its row 0 is that row of the whole, and e
/// counts from the first element of the whole.
class Nn_Random<string mnemonic, string math>
    : Nn_Op<mnemonic, math, "Zero", [DeclareOpInterfaceMethods<PullOp, ["getCost", "getSharedRun"]>]> {
  let arguments = (ins Nn_HostScalar:$seed, Nn_HostScalar:$step, Optional<Nn_HostScalar>:$first_row,
                       I64Attr:$place);
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = [{
    $seed `,` $step (`from` $first_row^)? `place` $place attr-dict `:` type($result)
  }];
}

// random_uniform: y = (word >> 8) 2⁻²⁴, in [0, 1)
def Nn_RandomUniformOp : Nn_Random<"random_uniform", "y = uniform random numbers in [0, 1)"> {
  let notation = Nn_Notation<"Symbol", "U[0, 1)", "\\mathcal{U}[0, 1)">;
}
// random_normal: y = √(-2 ln(1 - u)) cos(2π v): u as above, v from word ^ 1 of the counter with step high ^ 2³¹
def Nn_RandomNormalOp : Nn_Random<"random_normal", "y = standard normal random numbers"> {
  let notation = Nn_Notation<"Symbol", "N(0, 1)", "\\mathcal{N}(0, 1)">;
}

#endif
