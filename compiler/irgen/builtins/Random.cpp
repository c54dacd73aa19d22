// Builtin functions that draw random numbers: random_uniform, random_normal, random_bernoulli.
#include "compiler/irgen/builtins/Arguments.h"
#include "compiler/irgen/builtins/Builtins.h"
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

#include "runtime/program/statements.h"

#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

using namespace nnc;

/// What to draw: the shape that is given, or that of `like`. Null after an error, or, with `v` set,
/// if that is unavailable.
static mlir::RankedTensorType drawnType(Elaborator &elab, llvm::StringRef name,
                                        const BuiltinCall &call, Value &v) {
  const Arg *like = call.named("like"), *shapeArg = call.positional(0);
  v = Value::error();
  if (elab.column) {
    elab.diags
        .error(
            call.at,
            "a field is computed from its columns alone, so that a row is the same whenever it is "
            "read: nothing is drawn here")
        .note("`augment` draws, anew at each step: `augment x = noise(x)`");
    return {};
  }
  if (like) {
    v = elab.fn->emit.toTensor(like->value, like->range);
    return v.isTensor() ? llvm::cast<mlir::RankedTensorType>(v.tensor.getType())
                        : mlir::RankedTensorType();
  }
  if (!shapeArg) {
    elab.diags.error(call.at, "`" + name + "` needs a shape, or `like = x`");
    return {};
  }
  std::vector<int64_t> shape;
  if (!shapeFrom(elab, shapeArg->value, shape, shapeArg->range))
    return {};
  return elab.fn->emit.typeOf(shape, elab.fn->batched);
}

/// The place of a draw, which is the key of its numbers: the layer, and which draw of the layer it
/// is. A model in the block of an experiment draws the same numbers in every variant, so that only
/// the compared values differ.
static int64_t nextSite(Function &fn) {
  std::string site = fn.placement         ? nnrt::withoutVariant(fn.placement->path) + fn.draws
                     : fn.drawsAs.empty() ? nnrt::withoutVariant(fn.op().getName().str())
                                          : nnrt::withoutVariant(fn.drawsAs);
  site += "#" + std::to_string(fn.placement ? fn.placement->randomSites++ : int(fn.applied.size()));
  if (int before = fn.placement ? 0 : fn.randomSites++)
    site += "." + std::to_string(before);
  return int64_t(llvm::xxh3_64bits(site) & 0xffffffffu);
}

/// Draws with the op OpT. `name` is that of the builtin.
template <class OpT>
static Value random(Elaborator &elab, llvm::StringRef name, const BuiltinCall &call) {
  Emitter &emit = elab.fn->emit;
  Value like;
  mlir::RankedTensorType type = drawnType(elab, name, call, like);
  if (!type)
    return like;
  const int64_t place = nextSite(*elab.fn);
  mlir::Value seed = elab.fn->scalar("seed");
  // Draws also must not depend on the pieces in which rows are evaluated. Each row has the numbers
  // of its position among all rows.
  mlir::Value firstRow;
  if ((elab.fn->inPieces || elab.fn->addsGradients) && !type.getShape().empty() &&
      type.isDynamicDim(0))
    firstRow = elab.fn->scalar("first_row");
  mlir::Value drawn = elab.scans.drawn(type, [&](mlir::RankedTensorType all) -> mlir::Value {
    // Without steps, draws must not depend on how many steps an earlier training has made.
    mlir::Value step = !elab.fn->hasClock ? emit.hostConstant(0)
                       : elab.fn->counter ? elab.fn->counter
                                          : elab.fn->scalar(nn::stepScalar);
    return emit.make<OpT>(all, seed, step, firstRow, place);
  });
  return Value::of(drawn, like.axes);
}

Value nnc::buildRandomUniform(Elaborator &elab, const BuiltinCall &call) {
  return random<nn::RandomUniformOp>(elab, "random_uniform", call);
}

Value nnc::buildRandomNormal(Elaborator &elab, const BuiltinCall &call) {
  return random<nn::RandomNormalOp>(elab, "random_normal", call);
}

Value nnc::buildRandomBernoulli(Elaborator &elab, const BuiltinCall &call) {
  Value v = random<nn::RandomUniformOp>(elab, "random_bernoulli", call);
  if (!v.isTensor())
    return v;
  const Arg *p = call.named("like") ? call.either(0, "p") : call.either(1, "p");
  if (p && p->value.isKnown() && !(p->value.number >= 0 && p->value.number <= 1)) {
    std::string message;
    llvm::raw_string_ostream(message)
        << "a probability is from 0 to 1, not " << llvm::format("%g", p->value.number);
    elab.diags.error(p->range, message);
    return Value::error();
  }
  return elab.fn->emit.elementwise<nn::LtOp>({v, p ? p->value : Value::of(0.5)}, {call.at, call.at},
                                             call.at);
}
