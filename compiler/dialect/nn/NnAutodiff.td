// Ops for differentiation. None of them remains when code is generated.
#ifndef NNC_NN_AUTODIFF_TD
#define NNC_NN_AUTODIFF_TD

include "compiler/dialect/NnDialect.td"

// gradient: ∂y/∂v for each v of wrt, where y is one number; 0 if y does not depend on v
def Nn_GradientOp : Nn_Op<"gradient", "the gradients of y with respect to values", "None",
    [Nn_BeforeCodegen, Nn_Infer, DeclareOpInterfaceMethods<GradientRequestOp>]> {
  let arguments = (ins Nn_Tensor:$y, Variadic<Nn_Tensor>:$wrt);
  let results = (outs Variadic<Nn_Tensor>:$gradients);
  let assemblyFormat = "$y `wrt` $wrt attr-dict `:` type($y) `,` type($wrt)";
}

// argument: y = x;  dx = dy. Ops that differ in `number` are different variables, even if their
// values are equal
def Nn_ArgumentOp : Nn_Op<"argument", "x, as a variable of its own", "Rule",
    [Nn_BeforeCodegen, Nn_Infer,
     DeclareOpInterfaceMethods<AutodiffMarkerOp>]> {
  let notation = Nn_Notation<"Same">;
  let arguments = (ins Nn_Tensor:$x, I64Attr:$number);
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "$x `number` $number attr-dict `:` custom<OneType>(type($x), type($result))";
}

// with_derivative: the value is y;  dx = dy d. Nothing flows from y into x; everything else that y
// depends on gets its usual gradient
def Nn_WithDerivativeOp : Nn_Op<"with_derivative", "y, with d as its derivative by x", "Rule",
    [Nn_BeforeCodegen, Nn_Infer, DeclareOpInterfaceMethods<StatedDerivativeOp>,
     DeclareOpInterfaceMethods<AutodiffMarkerOp>]> {
  let arguments = (ins Nn_Tensor:$y, Nn_Tensor:$x, Nn_Tensor:$derivative);
  let notation = Nn_Notation<"Same">;
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "$y `by` $x `is` $derivative attr-dict `:` custom<OneType>(type($y), type($x), type($derivative), type($result))";
}

// stop_gradient: y = x;  dx = 0
def Nn_StopGradientOp : Nn_Op<"stop_gradient", "x, as a constant to differentiation", "Zero",
    [Nn_BeforeCodegen, Nn_Infer,
     DeclareOpInterfaceMethods<AutodiffMarkerOp>]> {
  let notation = Nn_Notation<"Same">;
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` custom<OneType>(type($x), type($result))";
}

// total: y = Σ x over the batch; a value without a batch dim is the same for all n examples: y = n x
def Nn_TotalOp : Nn_Op<"total", "the sum of x over the examples", "Rule", [Nn_BeforeCodegen, Nn_Infer]> {
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `->` type($result)";
  let hasCanonicalizer = 1;
}

#endif
