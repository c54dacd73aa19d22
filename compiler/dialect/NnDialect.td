// Defines the nn dialect and the base classes of its ops.
#ifndef NNC_NN_DIALECT_TD
#define NNC_NN_DIALECT_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "compiler/dialect/Interfaces.td"

def Nn_Dialect : Dialect {
  let name = "nn";
  let cppNamespace = "::nnc::nn";
  let summary = "pure tensor primitives of a training step";
  let description = [{
    Values are builtin tensors of one element type T (f32 or f64). Every `?` is the number of
    examples of the call; irgen makes it dimension 0 alone. Host scalars (step, hyper-parameters)
    are `tensor<f64>`.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect"];
  let hasConstantMaterializer = 1;
  let hasCanonicalizer = 1;
}

def Nn_Tensor : RankedTensorOf<[F32, F64]>;
def Nn_HostScalar : Type<
    CPred<"$_self == ::mlir::RankedTensorType::get({}, ::mlir::Float64Type::get($_self.getContext()))">,
    "tensor<f64>", "::mlir::RankedTensorType">,
  BuildableType<"::mlir::RankedTensorType::get({}, $_builder.getF64Type())">;

/// An op that is gone before code generation: Differentiate or Simplify rewrites it.
def Nn_BeforeCodegen : NativeOpTrait<"BeforeCodegen"> { let cppNamespace = "::nnc::nn"; }

/// The result has the elements of operand 0 in the same row-major order: a view of its memory,
/// never a copy.
def Nn_SameElements : NativeOpTrait<"SameElements"> { let cppNamespace = "::nnc::nn"; }

/// How formulas write an op: a Form of Notation.h, and the symbol as text and in LaTeX.
class Nn_Notation<string form, string text = "", string latex = text> {
  string cpp = "{::nnc::nn::Form::" # form # ", R\"(" # text # ")\", R\"(" # latex # ")\"}";
}
/// `name(x, …)`: the default notation of an op.
class Nn_FunctionNotation<string name>
    : Nn_Notation<"Function", name, "\\operatorname{" # !subst("_", "\\_", name) # "}">;

/// The base class of every nn op. It is free of side effects, and has one line of math and a kind
/// of derivative:
///   "Rule"  backward() gives the gradients of its operands,
///   "Zero"  the gradient is zero (almost) everywhere, so differentiation stops here,
///   "None"  differentiating through it is an error.
class Nn_Op<string mnemonic, string math, string derivative, list<Trait> traits = []>
    : Op<Nn_Dialect, mnemonic, !listconcat([Pure, DeclareOpInterfaceMethods<NotationOp>,
        !if(!eq(derivative, "Rule"),
            DeclareOpInterfaceMethods<DifferentiableOp, ["backward"]>,
            DeclareOpInterfaceMethods<DifferentiableOp>)], traits)> {
  let summary = math;
  Nn_Notation notation = Nn_FunctionNotation<mnemonic>;
  code definitions = "";
  let extraClassDefinition = "::nnc::nn::DerivativeKind $cppClass::getDerivativeKind() {"
    # "  return ::nnc::nn::DerivativeKind::" # derivative # ";\n}\n"
    # "::nnc::nn::Notation $cppClass::getNotation() { return " # notation.cpp # "; }\n" # definitions;
}

/// The type of the result follows from operands and attributes: `inferReturnTypes`.
def Nn_Infer : DeclareOpInterfaceMethods<InferTypeOpInterface>;
/// The op can compute its result element by element: `buildAt`.
def Nn_Pull : DeclareOpInterfaceMethods<PullOp>;

#endif
