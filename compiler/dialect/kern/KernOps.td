// The kern dialect: an nn function after it has been decided which ops share a kernel, in which
// order kernels run, and where every tensor is stored.
#ifndef NNC_KERN_OPS_TD
#define NNC_KERN_OPS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributes.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Kern_Dialect : Dialect {
  let name = "kern";
  let cppNamespace = "::nnc::kern";
  let summary = "fused kernels, their schedule and their memory";
  let description = [{
    A function is a list of kernels and loops (nn.LoopOp), whose blocks are lists of the same. A
    `kern.fused` is one kernel; its region says in nn ops what it computes. `kern.view` renames
    memory and `kern.guard` ends the call early. After planning every argument and every result has
    a place: `kern.place` on the arguments of functions, `places` on kernels, `kern.places` and
    `kern.argument_places` on loops.
  }];
  let useDefaultAttributePrinterParser = 1;
}

// The kind of loop nest that computes the kernel.
def Kern_Pointwise : I32EnumAttrCase<"pointwise", 0>;
def Kern_Reduction : I32EnumAttrCase<"reduction", 1>;
def Kern_Contraction : I32EnumAttrCase<"contraction", 2>;
def Kern_KindEnum : I32EnumAttr<"Kind", "the loop nest that computes a kernel",
    [Kern_Pointwise, Kern_Reduction, Kern_Contraction]> {
  let cppNamespace = "::nnc::kern";
  let genSpecializedAttr = 0;
}
def Kern_KindAttr : EnumAttr<Kern_Dialect, Kern_KindEnum, "kind"> {
  let assemblyFormat = "$value";
}

// The memory in which a tensor is stored; see nn_call in runtime/abi.h.
def Kern_Fixed : I32EnumAttrCase<"fixed", 0>;    // scratch, independent of the batch: byte offset
def Kern_Row : I32EnumAttrCase<"row", 1>;        // scratch for each row of capacity: bytes = offset * capacity
def Kern_Square : I32EnumAttrCase<"square", 6>;  // for each pair of rows: offset * capacity²
def Kern_Tensor : I32EnumAttrCase<"tensor", 2>;  // a persistent tensor: byte offset in the arena
def Kern_Field : I32EnumAttrCase<"field", 3>;    // an input of the call: its index
def Kern_Result : I32EnumAttrCase<"result", 4>;  // a result of the call: its index
def Kern_Scalar : I32EnumAttrCase<"scalar", 5>;  // a scalar of the call: its slot
def Kern_MemoryEnum : I32EnumAttr<"Memory", "the memory a tensor lives in",
    [Kern_Fixed, Kern_Row, Kern_Square, Kern_Tensor, Kern_Field, Kern_Result, Kern_Scalar]> {
  let cppNamespace = "::nnc::kern";
  let genSpecializedAttr = 0;
}

def Kern_PlaceAttr : AttrDef<Kern_Dialect, "Place"> {
  let mnemonic = "place";
  let summary = "where a tensor lives, row-major";
  let description = [{
    An element of a sequence, which a loop reads or writes, is where the sequence is. `steps` are the
    bytes from one element to the next for each loop around it, outer to inner. `pitch` is the
    distance of its rows in bytes, because the other elements are between them; 0: the size of a row.
  }];
  let parameters = (ins EnumParameter<Kern_MemoryEnum>:$memory, "int64_t":$offset,
                        OptionalArrayRefParameter<"int64_t">:$steps,
                        DefaultValuedParameter<"int64_t", "0">:$pitch);
  let builders = [AttrBuilder<(ins "::nnc::kern::Memory":$memory, "int64_t":$offset), [{
    return $_get($_ctxt, memory, offset, ::llvm::ArrayRef<int64_t>(), int64_t(0));
  }]>];
  let assemblyFormat = "`<` $memory `+` $offset (`steps` `[` $steps^ `]`)? (`pitch` $pitch^)? `>`";
  let extraClassDeclaration = [{
    /// The place of the whole sequence, if this is one of its elements.
    PlaceAttr getWhole() { return get(getContext(), getMemory(), getOffset()); }
  }];
}
def Kern_PlaceArrayAttr : TypedArrayAttrBase<Kern_PlaceAttr, "places"> {
  let constBuilderCall = ?;
}

class Kern_Op<string mnemonic, list<Trait> traits = []> : Op<Kern_Dialect, mnemonic, traits>;

// fused: the region is evaluated element by element over the index space of the results, which all have the same shape.
// pointwise: pull ops only. reduction: one or more reductions of equal input shape and dims, the pull ops that compute their
// inputs, and pull ops on their results. contraction: one contraction whose operands are kernel inputs, and pull ops on its result.
def Kern_FusedOp : Kern_Op<"fused", [Pure, IsolatedFromAbove, SingleBlock]> {
  let summary = "one kernel";
  let arguments = (ins Kern_KindAttr:$kind, Variadic<AnyRankedTensor>:$inputs,
                       OptionalAttr<Kern_PlaceArrayAttr>:$places);
  let results = (outs Variadic<AnyRankedTensor>:$outputs);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    $kind `` `(` $inputs `)` (`at` $places^)? attr-dict `:` functional-type($inputs, $outputs) $body
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// The values that the region yields, one for each result.
    ::mlir::OperandRange getYielded();
    /// The common shape of all results: the index space of the kernel.
    ::mlir::RankedTensorType getSpace();
    /// The place of result `i`, after planning.
    ::nnc::kern::PlaceAttr getPlace(unsigned i);
    /// The reductions or the contraction in the region, in order.
    ::llvm::SmallVector<::mlir::Operation *> getRoots();
  }];
}

def Kern_YieldOp : Kern_Op<"yield", [Pure, Terminator, ParentOneOf<["FusedOp"]>]> {
  let summary = "the results of a kernel";
  let arguments = (ins Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = "$values attr-dict `:` type($values)";
}

// view: the same memory with another shape. Elements keep their row-major order.
def Kern_ViewOp : Kern_Op<"view", [Pure]> {
  let summary = "the same elements in another shape, without a copy";
  let arguments = (ins AnyRankedTensor:$source);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `->` type($result)";
  let hasVerifier = 1;
}

// guard: the call ends here if `value` is not finite. Kernels that write persistent tensors come
// after it.
def Kern_GuardOp : Kern_Op<"guard"> {
  let summary = "return unless the value is finite";
  let arguments = (ins AnyRankedTensor:$value);
  let assemblyFormat = "$value attr-dict `:` type($value)";
}

#endif
