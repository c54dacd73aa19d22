// The ops with which tests prove that every pass walks into loops.
#ifndef NNC_TEST_LOOP_OPS_TD
#define NNC_TEST_LOOP_OPS_TD

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "compiler/dialect/Interfaces.td"

def Test_Dialect : Dialect {
  let name = "test";
  let cppNamespace = "::nnc::test";
  let summary = "ops for tests";
}

// repeat: (s, w) -> block(... block(block(s, w), w) ..., w), `times` times. The first operands are
// the states, as many as there are results; the others are the same in every run.
def Test_RepeatOp : Op<Test_Dialect, "repeat", [Pure, IsolatedFromAbove, SingleBlock,
    DeclareOpInterfaceMethods<LoopOp,
        ["getInvariant", "getRuns", "getStart", "backward", "getHeading", "cloneWith"]>]> {
  let summary = "the block applied `times` times to the states";
  let arguments = (ins I64Attr:$times, Variadic<AnyRankedTensor>:$inputs);
  let results = (outs Variadic<AnyRankedTensor>:$finals);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $times `times` `(` $inputs `)` attr-dict `:` functional-type($inputs, $finals) $body
  }];
  let hasVerifier = 1;
}

#endif
