// Elementwise ops. Each entry defines the whole op: its math, its derivative (d<operand>, written
// with Expr: operands by name, y the result, dy its gradient), its scalar body (arith/math ops for
// scalars and vectors; constant folding evaluates it too), and the range of its values (Range.h; a
// and b are the ranges of the first and the last operand). An op without a range may give
// infinities and NaN.
#ifndef NNC_NN_ELEMENTWISE_TD
#define NNC_NN_ELEMENTWISE_TD

include "compiler/dialect/NnDialect.td"

/// Common to all: operands and result have one type; element i of the result depends only on
/// element i of each operand.
class Nn_Elementwise<string mnemonic, string math, string derivative, int cost, list<string> names,
                     list<Trait> traits = []>
    : Nn_Op<mnemonic, math, derivative, !listconcat([
        Nn_Infer,
        DeclareOpInterfaceMethods<ScalarBodyOp, ["getRange"]>, DeclareOpInterfaceMethods<PullOp, ["getCost"]>,
        DeclareOpInterfaceMethods<StepsOp, ["isLinearIn", "getAddend"]>], traits)> {
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "operands attr-dict `:` custom<OneType>(type($"
    # !interleave(names, "), type($") # "), type($result))";
  let hasFolder = 1;
  code scalar = "";
  code gradients = "";
  code range = "Range::unknown()";
  code linear = "false"; // StepsOp::isLinearIn(stacked)
  code addend = "{}";    // StepsOp::getAddend(term)
  let definitions = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> loc,
        ::mlir::ValueRange operands, ::mlir::DictionaryAttr, ::mlir::OpaqueProperties, ::mlir::RegionRange,
        ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::nnc::nn::inferElementwise(getOperationName(), loc, operands, getArity(), types);
    }
    ::mlir::Value $cppClass::buildAt(::nnc::nn::ElementBuilder &eb, ::llvm::ArrayRef<::nnc::nn::Index> index) {
      return ::nnc::nn::buildElementwiseAt(*this, eb, index);
    }
    ::mlir::OpFoldResult $cppClass::fold(FoldAdaptor adaptor) {
      return ::nnc::nn::foldElementwise(*this, adaptor.getOperands());
    }
    unsigned $cppClass::getCost() { return }] # cost # [{; }
    unsigned $cppClass::getArity() { return }] # !size(names) # [{; }
    ::mlir::Value $cppClass::buildScalar(::mlir::OpBuilder &b, ::mlir::Location loc, ::mlir::ValueRange operands) {
      [[maybe_unused]] ::nnc::nn::ScalarEmitter e(b, loc);
      }] # scalar # [{
    }
    ::nnc::nn::Range $cppClass::getRange(::llvm::ArrayRef<::nnc::nn::Range> operands) {
      using namespace ::nnc::nn;
      [[maybe_unused]] Range a = operands[0], b = operands.back();
      return }] # range # [{;
    }
    ::mlir::Value $cppClass::buildOverSteps(::mlir::OpBuilder &b, ::mlir::ValueRange operands,
        ::llvm::ArrayRef<bool> stacked, int64_t length) {
      return ::nnc::nn::buildElementwiseOverSteps(*this, b, operands, stacked, length);
    }
    bool $cppClass::isLinearIn(::llvm::ArrayRef<bool> stacked) { return }] # linear # [{; }
    ::mlir::Value $cppClass::getAddend(::mlir::Value term) { return }] # addend # [{; }
    }]
    # !if(!eq(derivative, "Rule"), [{
    void $cppClass::backward(::nnc::nn::Derivation &d) {
      using namespace ::nnc::nn;
      [[maybe_unused]] Expr dy = d.gradient(), y = d.result();
      }] # gradients # "\n}\n", "");
}

class Nn_Unary<string mnemonic, string math, string dx, string body, int cost>
    : Nn_Elementwise<mnemonic, math, !if(!empty(dx), "Zero", "Rule"), cost, ["x"]> {
  let arguments = (ins Nn_Tensor:$x);
  let scalar = "::mlir::Value x = operands[0]; return " # body # ";";
  let gradients = "[[maybe_unused]] Expr x = d.operand(0);\nif (d.wants(0)) d.give(0, " # dx # ");";
}

class Nn_Binary<string mnemonic, string math, string da, string db, string body, int cost,
                list<Trait> traits = []>
    : Nn_Elementwise<mnemonic, math, !if(!empty(da), "Zero", "Rule"), cost, ["a", "b"], traits> {
  let arguments = (ins Nn_Tensor:$a, Nn_Tensor:$b);
  let scalar = "::mlir::Value lhs = operands[0], rhs = operands[1]; return " # body # ";";
  let gradients = "[[maybe_unused]] Expr a = d.operand(0), b = d.operand(1);\n"
    # "if (d.wants(0)) d.give(0, " # da # ");\nif (d.wants(1)) d.give(1, " # db # ");";
}

// Unary --------------------------------------------------------------------------------------------------

// neg: y = -x;  dx = -dy
def Nn_NegOp : Nn_Unary<"neg", "y = -x", "-dy", "e.make<::mlir::arith::NegFOp>(x)", 1> {
  let linear = "true";
  let range = "-a";
  let notation = Nn_Notation<"Negative">;
  let hasCanonicalizer = 1;
}
// exp: y = e^x;  dx = dy y
def Nn_ExpOp : Nn_Unary<"exp", "y = e^x", "dy * y", "e.make<::mlir::math::ExpOp>(x)", 12> {
  let range = "exp(a)";
}
// log: y = ln x;  dx = dy / x
def Nn_LogOp : Nn_Unary<"log", "y = ln x", "dy / x", "e.make<::mlir::math::LogOp>(x)", 18> {
  let range = "log(a)";
  let notation = Nn_Notation<"Function", "ln", "\\ln">;
}
// log1p: y = ln(1 + x), accurate for small x;  dx = dy / (1 + x)
def Nn_Log1pOp : Nn_Unary<"log1p", "y = ln(1 + x)", "dy / (x + 1.0)", "e.make<::mlir::math::Log1pOp>(x)", 20> {
  let range = "log(Range{1, 1, false} + a)";
}
// expm1: y = e^x - 1, accurate for small x;  dx = dy e^x
def Nn_Expm1Op : Nn_Unary<"expm1", "y = e^x - 1", "dy * exp(x)", "e.make<::mlir::math::ExpM1Op>(x)", 16> {
  let range = "exp(a) - Range{1, 1, false}";
}
// sqrt: y = √x;  dx = dy / 2y
def Nn_SqrtOp : Nn_Unary<"sqrt", "y = √x", "dy * 0.5 / y", "e.make<::mlir::math::SqrtOp>(x)", 6> {
  let range = "sqrt(a)";
  let notation = Nn_Notation<"Root">;
}
// abs: y = |x|;  dx = dy sign x, so 0 at 0
def Nn_AbsOp : Nn_Unary<"abs", "y = |x|", "dy * sign(x)", "e.make<::mlir::math::AbsFOp>(x)", 1> {
  let range = "abs(a)";
  let notation = Nn_Notation<"Enclosed", "| |">;
  let hasCanonicalizer = 1;
}
// sign: y = x/|x|, 0 at 0, NaN at NaN;  dx = 0
def Nn_SignOp : Nn_Unary<"sign", "y = -1, 0 or 1", "",
  "e.select(e.greater(x, e.like(x, 0)), e.like(x, 1), e.select(e.greater(e.like(x, 0), x), e.like(x, -1), x))", 4> {
  let range = "(a.nan ? Range::unknown() : Range{-1, 1, false})";
}
// tanh: y = tanh x;  dx = dy (1 - y²)
def Nn_TanhOp : Nn_Unary<"tanh", "y = tanh x", "dy * (1.0 - y * y)", "e.make<::mlir::math::TanhOp>(x)", 20> {
  let range = "a.monotone(-1, 1)";
}
// sin: y = sin x;  dx = dy cos x
def Nn_SinOp : Nn_Unary<"sin", "y = sin x", "dy * cos(x)", "e.make<::mlir::math::SinOp>(x)", 20> {
  let range = "a.periodic()";
}
// cos: y = cos x;  dx = -dy sin x
def Nn_CosOp : Nn_Unary<"cos", "y = cos x", "-(dy * sin(x))", "e.make<::mlir::math::CosOp>(x)", 20> {
  let range = "a.periodic()";
}
// floor: y = ⌊x⌋;  dx = 0
def Nn_FloorOp : Nn_Unary<"floor", "y = the largest integer <= x", "", "e.make<::mlir::math::FloorOp>(x)", 1> {
  let range = "a.rounded()";
  let notation = Nn_Notation<"Enclosed", "⌊ ⌋", "\\lfloor \\rfloor">;
}
// ceil: y = ⌈x⌉;  dx = 0
def Nn_CeilOp : Nn_Unary<"ceil", "y = the smallest integer >= x", "",
  "e.make<::mlir::arith::NegFOp>(e.make<::mlir::math::FloorOp>(e.make<::mlir::arith::NegFOp>(x)))", 2> {
  let range = "a.rounded()";
  let notation = Nn_Notation<"Enclosed", "⌈ ⌉", "\\lceil \\rceil">;
}
// erf: y = 2/√π ∫₀ˣ e^(-t²) dt;  dx = dy 2/√π e^(-x²)
def Nn_ErfOp : Nn_Unary<"erf", "y = erf x", "dy * 1.1283791670955126 * exp(-(x * x))",
  "e.make<::mlir::math::ErfOp>(x)", 20> {
  let range = "a.monotone(-1, 1)";
}

// Binary -------------------------------------------------------------------------------------------------

// add: y = a + b;  da = dy, db = dy
def Nn_AddOp : Nn_Binary<"add", "y = a + b", "dy", "dy",
  "e.make<::mlir::arith::AddFOp>(lhs, rhs)", 1, [Commutative]> {
  let linear = "stacked[0] && stacked[1]";
  let addend = "term == getA() ? getB() : term == getB() ? getA() : ::mlir::Value()";
  let range = "a + b";
  let notation = Nn_Notation<"Sum">;
  let hasCanonicalizer = 1;
}
// sub: y = a - b;  da = dy, db = -dy
def Nn_SubOp : Nn_Binary<"sub", "y = a - b", "dy", "-dy", "e.make<::mlir::arith::SubFOp>(lhs, rhs)", 1> {
  let linear = "stacked[0] && stacked[1]";
  let range = "a - b";
  let notation = Nn_Notation<"Difference">;
  let hasCanonicalizer = 1;
}
// mul: y = a b;  da = dy b, db = dy a
def Nn_MulOp : Nn_Binary<"mul", "y = a b", "dy * b", "dy * a",
  "e.make<::mlir::arith::MulFOp>(lhs, rhs)", 1, [Commutative]> {
  let linear = "stacked[0] != stacked[1]";
  let range = "(getA() == getB() ? square(a) : a * b)";
  let notation = Nn_Notation<"Product">;
  let hasCanonicalizer = 1;
}
// div: y = a / b;  da = dy / b, db = -dy y / b
def Nn_DivOp : Nn_Binary<"div", "y = a / b", "dy / b", "-(dy * y / b)",
  "e.make<::mlir::arith::DivFOp>(lhs, rhs)", 5> {
  let linear = "!stacked[1]";
  let range = "a / b";
  let notation = Nn_Notation<"Quotient">;
  let hasCanonicalizer = 1;
}
// rem: y = a - b ⌊a / b⌋, exact, so that |y| < |b| and y has the sign of b;  da = dy, db = -dy ⌊a /
// b⌋, computed as (a - y) / b rounded to the nearest integer, because a / b may round up to the
// next integer
def Nn_RemOp : Nn_Binary<"rem", "y = a - b floor(a / b)", "dy", "-(dy * floor((a - y) / b + 0.5))",
  "e.remainder(lhs, rhs)", 30> {
  let notation = Nn_Notation<"Relation", "mod", "\\bmod">;
}
// pow: y = a^b;  da = dy b a^(b-1), 0 where b = 0;  db = dy y ln a, 0 where a = 0 and b >= 0. Where
// a < 0 there is no derivative along b, and the logarithm gives NaN.
def Nn_PowOp : Nn_Binary<"pow", "y = a^b",
  "dy * b * pow(a, select(equal(b, 0.0), 1.0, b - 1.0))",
  "dy * y * log(select(equal(a, 0.0) * (1.0 - greater(b.like(0), b)), 1.0, a))",
  "e.make<::mlir::math::PowFOp>(lhs, rhs)", 40> {
  let range = "pow(a, b)";
  let notation = Nn_Notation<"Power">;
  let hasCanonicalizer = 1;
}
// max: y = the greater, NaN if either is;  da = dy where a > b, db = dy elsewhere (so relu'(0) =
// 0). The rules of max and min test y > b instead of a > b, which is equivalent: then only the
// result must be kept.
class Nn_Extremum<string mnemonic, string math, string first, string body>
    : Nn_Binary<mnemonic, math, "dy", "dy", body, 2> {
  let gradients = "Expr b = d.operand(1), first = " # first # [{;
    if (d.wants(0)) d.giveWhere(0, dy, first);
    if (d.wants(1)) d.giveWhere(1, dy, first, /*holds=*/false);
  }];
}
def Nn_MaxOp : Nn_Extremum<"max", "y = max(a, b)", "greater(y, b)",
  "e.make<::mlir::arith::MaximumFOp>(lhs, rhs)"> {
  let range = "max(a, b)";
}
// min: y = the lesser, NaN if either is;  da = dy where a < b, db = dy elsewhere
def Nn_MinOp : Nn_Extremum<"min", "y = min(a, b)", "greater(b, y)",
  "e.make<::mlir::arith::MinimumFOp>(lhs, rhs)"> {
  let range = "min(a, b)";
}

// Comparisons: y = 1 where the relation holds, else 0; NaN is unequal to everything and neither
// less nor greater;  da = db = 0
class Nn_Compare<string mnemonic, string sign, string predicate>
    : Nn_Binary<mnemonic, "y = 1 where a " # sign # " b, else 0", "", "",
        "e.truth(e.compare(::mlir::arith::CmpFPredicate::" # predicate # ", lhs, rhs))", 1> {
  let range = "(Range{0, 1, false})";
  let notation = Nn_Notation<"Relation", !subst("<=", "≤", !subst(">=", "≥", sign)),
      !subst("<=", "\\le", !subst(">=", "\\ge", !subst("≠", "\\ne", sign)))>;
}
def Nn_EqOp : Nn_Compare<"eq", "=", "OEQ">;
def Nn_NeOp : Nn_Compare<"ne", "≠", "UNE">;
def Nn_LtOp : Nn_Compare<"lt", "<", "OLT"> { let hasCanonicalizer = 1; }
def Nn_LeOp : Nn_Compare<"le", "<=", "OLE">;
def Nn_GtOp : Nn_Compare<"gt", ">", "OGT"> { let hasCanonicalizer = 1; }
def Nn_GeOp : Nn_Compare<"ge", ">=", "OGE">;

// select: y = a where cond ≠ 0, else b;  da = dy where cond ≠ 0, db = dy elsewhere
def Nn_SelectOp : Nn_Elementwise<"select", "y = a where cond is not 0, else b", "Rule", 1, ["cond", "a", "b"]> {
  let linear = "!stacked[0] && stacked[1] && stacked[2]";
  let arguments = (ins Nn_Tensor:$cond, Nn_Tensor:$a, Nn_Tensor:$b);
  let notation = Nn_Notation<"Cases">;
  let hasCanonicalizer = 1;
  let scalar = [{
    return e.select(e.compare(::mlir::arith::CmpFPredicate::UNE, operands[0], e.like(operands[0], 0)),
                    operands[1], operands[2]);
  }];
  let range = "hull(operands[1], operands[2])";
  let gradients = [{
    if (d.wants(1)) d.giveWhere(1, dy, d.operand(0));
    if (d.wants(2)) d.giveWhere(2, dy, d.operand(0), /*holds=*/false);
  }];
}

// cast: y = x as another floating-point type;  dx = dy as x's type
def Nn_CastOp : Nn_Op<"cast", "y = x in the result's element type", "Rule",
    [DeclareOpInterfaceMethods<ScalarBodyOp, ["getRange"]>, Nn_Pull,
     DeclareOpInterfaceMethods<StepsOp>]> {
  let arguments = (ins Nn_Tensor:$x);
  let results = (outs Nn_Tensor:$result);
  let assemblyFormat = "$x attr-dict `:` type($x) `to` type($result)";
  let notation = Nn_Notation<"Same">;
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif
