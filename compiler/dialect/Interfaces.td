// The op interfaces of the nn dialect. Passes use these and never name an op.
#ifndef NNC_INTERFACES_TD
#define NNC_INTERFACES_TD

include "mlir/IR/OpBase.td"

def DifferentiableOp : OpInterface<"DifferentiableOp"> {
  let cppNamespace = "::nnc::nn";
  let description = "Each nn op says how gradients pass through it.";
  let methods = [
    StaticInterfaceMethod<"Whether there is a rule, a zero gradient, or an explicit none.",
      "::nnc::nn::DerivativeKind", "getDerivativeKind">,
    InterfaceMethod<
      "Builds the gradients of the operands that `d` wants from the gradient of the result, with d.give().",
      "void", "backward", (ins "::nnc::nn::Derivation &":$d), [{}],
      [{ llvm_unreachable("no derivative rule"); }]>,
  ];
}

def ScalarBodyOp : OpInterface<"ScalarBodyOp"> {
  let cppNamespace = "::nnc::nn";
  let description = [{
    Elementwise: every element of the result depends on the operands' elements at the same index. All
    such ops also implement PullOp.
  }];
  let methods = [
    StaticInterfaceMethod<"The number of operands.", "unsigned", "getArity">,
    InterfaceMethod<
      "Emits the computation on scalars or vectors of the operands' element types (arith and math ops).",
      "::mlir::Value", "buildScalar",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Location":$loc, "::mlir::ValueRange":$operands)>,
    InterfaceMethod<"Where the result lies, if the operands lie in `operands`; see Range.h.",
      "::nnc::nn::Range", "getRange", (ins "::llvm::ArrayRef<::nnc::nn::Range>":$operands), [{}],
      [{ return ::nnc::nn::Range::unknown(); }]>,
  ];
}

def PullOp : OpInterface<"PullOp"> {
  let cppNamespace = "::nnc::nn";
  let description = "Each result element can be computed alone, so the op fuses into its consumers.";
  let methods = [
    InterfaceMethod<
      "Emits the result's value at `index` (one entry a result dimension); see ElementBuilder.",
      "::mlir::Value", "buildAt",
      (ins "::nnc::nn::ElementBuilder &":$eb, "::llvm::ArrayRef<::nnc::nn::Index>":$index)>,
    InterfaceMethod<
      "About how many vector instructions one element costs beyond its loads (0 = only addressing).",
      "unsigned", "getCost", (ins), [{}], [{ return 1; }]>,
    InterfaceMethod<
      "Elements of an aligned row-major run of this length share most of that cost, if they are computed together.",
      "int64_t", "getSharedRun", (ins), [{}], [{ return 1; }]>,
    InterfaceMethod<
      "For each dim, the first index and the limit of the part outside of which elements are 0, whatever the operands; or nothing.",
      "::llvm::SmallVector<int64_t>", "getNonZeroPart", (ins), [{}], [{ return {}; }]>,
  ];
}

def ReductionOp : OpInterface<"ReductionOp"> {
  let cppNamespace = "::nnc::nn";
  let description = [{
    Combines the elements along dimensions of operand 0, which the result no longer has. The state is one
    or more values (scalars or vectors alike). The order of combination is the code generator's, but it
    must be fixed by shapes alone.
  }];
  let methods = [
    InterfaceMethod<"The reduced dimensions of operand 0, ascending.",
      "::llvm::ArrayRef<int64_t>", "getReducedDims">,
    InterfaceMethod<"The same reduction of `operand` over `dims`.",
      "::mlir::Value", "cloneOver",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Value":$operand, "::llvm::ArrayRef<int64_t>":$dims)>,
    InterfaceMethod<"Whether accumulate() needs the element's linear index over the reduced dimensions.",
      "bool", "needsIndex", (ins), [{}], [{ return false; }]>,
    InterfaceMethod<"The state before any element; `type` is T or a vector of T.",
      "::llvm::SmallVector<::mlir::Value>", "buildInitial",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Location":$loc, "::mlir::Type":$type)>,
    InterfaceMethod<
      "The state after element `x`. `index` is its linear index as T, row-major over the reduced dimensions; null unless needsIndex().",
      "::llvm::SmallVector<::mlir::Value>", "buildAccumulate",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Location":$loc, "::mlir::ValueRange":$state,
           "::mlir::Value":$x, "::mlir::Value":$index)>,
    InterfaceMethod<"Two states as one (lanes or chunks of one reduction).",
      "::llvm::SmallVector<::mlir::Value>", "buildMerge",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Location":$loc, "::mlir::ValueRange":$left,
           "::mlir::ValueRange":$right)>,
    InterfaceMethod<"The result's element from the final state.",
      "::mlir::Value", "buildFinal",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Location":$loc, "::mlir::ValueRange":$state)>,
  ];
}

def ContractionOp : OpInterface<"ContractionOp"> {
  let cppNamespace = "::nnc::nn";
  let description = [{
    out[mapOut(d)] = the pairs A[mapA(d)], B[mapB(d)], each combined to one number, and these reduced
    over the loop dims d that mapOut lacks: a sum of products, or another pair of operations. Entries of
    mapA are a dim or s*di + t*dj; entries of mapB and mapOut are a dim or size(dj)*di + dj. Pairs are
    taken in ascending order of the reduced dims.
  }];
  let methods = [
    InterfaceMethod<"", "::mlir::Value", "getLeft">,
    InterfaceMethod<"", "::mlir::Value", "getRight">,
    InterfaceMethod<"", "::mlir::AffineMap", "getLeftMap">,
    InterfaceMethod<"", "::mlir::AffineMap", "getRightMap">,
    InterfaceMethod<"", "::mlir::AffineMap", "getOutMap">,
    InterfaceMethod<"The extent of every loop dim; -1 is the batch.",
      "::llvm::ArrayRef<int64_t>", "getLoopSizes">,
    InterfaceMethod<"The same kind of op on other operands, with maps (left, right, out) and loop sizes of its own.",
      "::mlir::Value", "cloneWith",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Value":$left, "::mlir::Value":$right,
           "::llvm::ArrayRef<::mlir::AffineMap>":$maps, "::llvm::ArrayRef<int64_t>":$sizes)>,
    InterfaceMethod<"The state before any pair; `type` is T or a vector of T.",
      "::mlir::Value", "buildInitial",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Location":$loc, "::mlir::Type":$type)>,
    InterfaceMethod<"The state after one more pair. After the last it is the result's element.",
      "::mlir::Value", "buildAccumulate",
      (ins "::mlir::OpBuilder &":$b, "::mlir::Location":$loc, "::mlir::Value":$state,
           "::mlir::Value":$left, "::mlir::Value":$right)>,
    InterfaceMethod<
      "Whether a pair with a zero changes nothing, and long sums lose digits. The tile generator needs this.",
      "bool", "isSumOfProducts", (ins), [{}], [{ return true; }]>,
  ];
}

def NotationOp : OpInterface<"NotationOp"> {
  let cppNamespace = "::nnc::nn";
  let description = "Each nn op says how a formula writes it.";
  let methods = [StaticInterfaceMethod<"", "::nnc::nn::Notation", "getNotation">];
}

def AutodiffMarkerOp : OpInterface<"AutodiffMarkerOp"> {
  let cppNamespace = "::nnc::nn";
  let description = "Matters to differentiation alone; afterwards it is the value getForwarded().";
  let methods = [InterfaceMethod<"", "::mlir::Value", "getForwarded">];
}

def StatedDerivativeOp : OpInterface<"StatedDerivativeOp"> {
  let cppNamespace = "::nnc::nn";
  let description = [{
    The result is getValue(), whose derivative by getBy() is stated: the op's own rule gives it. Whatever else
    getValue() is computed from has the derivative that its computation has.
  }];
  let methods = [
    InterfaceMethod<"", "::mlir::Value", "getValue">,
    InterfaceMethod<"", "::mlir::Value", "getBy">,
  ];
}

def GradientRequestOp : OpInterface<"GradientRequestOp"> {
  let cppNamespace = "::nnc::nn";
  let description = "Asks for the gradients of one rank-0 value; result i belongs to the i-th value of getWithRespectTo().";
  let methods = [
    InterfaceMethod<"", "::mlir::Value", "getOf">,
    InterfaceMethod<"", "::mlir::ValueRange", "getWithRespectTo">,
  ];
}

def LoopOp : OpInterface<"LoopOp"> {
  let cppNamespace = "::nnc::nn";
  let description = [{
    Runs its block several times. The block reads nothing from outside: what it needs is an operand
    of the op. A block argument is an operand that is the same in every run, or a value of the run:
    a state, or an element of a sequence. The block ends with nn.yield. Loops nest. Every loop is
    IsolatedFromAbove.
  }];
  let verifyWithRegions = 1;
  let verify = [{ return ::nnc::nn::verifyLoop($_op); }];
  let methods = [
    InterfaceMethod<"The block that runs.", "::mlir::Block &", "getBlock", (ins), [{}],
      [{ return $_op->getRegion(0).front(); }]>,
    InterfaceMethod<
      "The number of the operand that block argument `i` is in every run, or nothing.",
      "::std::optional<unsigned>", "getInvariant", (ins "unsigned":$i)>,
    InterfaceMethod<
      "Builds, with d.give(), the gradients of the operands that `d` wants from the results'.",
      "::llvm::LogicalResult", "backward", (ins "::nnc::nn::LoopDerivation &":$d)>,
    InterfaceMethod<"How a formula introduces the block: `repeat 3 times`.",
      "::std::string", "getHeading">,
    InterfaceMethod<"How often the block runs.", "int64_t", "getRuns">,
    InterfaceMethod<[{
        The number of the operand that block argument `i` is in the first run, if it is a state,
        which later runs get from the run before; or nothing. The states, the values that nn.yield
        has for them and the results that are their last values are in the same order, before all
        others.}],
      "::std::optional<unsigned>", "getStart", (ins "unsigned":$i)>,
    InterfaceMethod<[{
        The number of the operand whose elements block argument `i` is in turn, one in each run, or
        nothing. The elements are those along stepDim() of the operand.}],
      "::std::optional<unsigned>", "getElementOf", (ins "unsigned":$i), [{}],
      [{ return ::std::nullopt; }]>,
    InterfaceMethod<[{
        Whether the first run has the last elements, and the last run the first. Results after those of the
        states are the values of all runs, stacked along stepDim(): that of the run with element t is
        element t.}],
      "bool", "runsBackwards", (ins), [{}], [{ return false; }]>,
    InterfaceMethod<"Whether operands may be sequences and results stacks.",
      "bool", "hasSequences", (ins), [{}], [{ return false; }]>,
    InterfaceMethod<[{
        Whether the program wants memory saved rather than time: what one run computes is not to be kept
        for all of them.}],
      "bool", "savesMemory", (ins), [{}], [{ return false; }]>,
    InterfaceMethod<[{
        Builds a loop of the same kind, number of runs and direction with other operands: the starts of states,
        sequences, and invariants. Its results are the states' last values and stacks of these types. Its block
        has its arguments, in the order of the operands, and is empty.}],
      "::mlir::Operation *", "cloneWith",
      (ins "::mlir::OpBuilder &":$b, "::mlir::ValueRange":$starts, "::mlir::ValueRange":$sequences,
           "::mlir::ValueRange":$invariants, "::mlir::TypeRange":$stacks)>,
  ];
}

def StepsOp : OpInterface<"StepsOp"> {
  let cppNamespace = "::nnc::nn";
  let description = [{
    Can be computed for all runs of a loop at once. What differs from run to run is then a stack: a tensor with
    one more dim, at stepDim(). Only for ops all of whose types have the batch at dim 0 or not at all; see
    hasStepsForm().
  }];
  let methods = [
    InterfaceMethod<[{
        Builds the op for `length` runs. Operand i is a stack if `stacked[i]`, and otherwise the same in every
        run. One of them is a stack, and so is the result.}],
      "::mlir::Value", "buildOverSteps",
      (ins "::mlir::OpBuilder &":$b, "::mlir::ValueRange":$operands, "::llvm::ArrayRef<bool>":$stacked,
           "int64_t":$length)>,
    InterfaceMethod<"Whether the sum of all runs' results can be computed without these results.",
      "bool", "hasSumOverSteps", (ins), [{}], [{ return false; }]>,
    InterfaceMethod<"Builds that sum. The arguments are those of buildOverSteps().",
      "::mlir::Value", "buildSumOverSteps",
      (ins "::mlir::OpBuilder &":$b, "::mlir::ValueRange":$operands, "::llvm::ArrayRef<bool>":$stacked,
           "int64_t":$length), [{}],
      [{ llvm_unreachable("has no sum over steps"); }]>,
    InterfaceMethod<[{
        Whether the sum of all runs' results is the result for the sums of the stacked operands, while the others
        stay.}],
      "bool", "isLinearIn", (ins "::llvm::ArrayRef<bool>":$stacked), [{}], [{ return false; }]>,
    InterfaceMethod<"What the op adds to its operand `term`, or null if it is no addition.",
      "::mlir::Value", "getAddend", (ins "::mlir::Value":$term), [{}], [{ return {}; }]>,
  ];
}

#endif
