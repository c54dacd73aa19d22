// A model's functions: `init` draws its tensors, `predict` applies it to a batch.
#include "compiler/irgen/ProgramGenerator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

void ProgramGenerator::genModel(const ast::ModelDecl *decl) {
  const int32_t index = modelRows.size();
  modelIndex[decl] = index;
  nn_model *slot = tables.make<nn_model>();
  nn_model &row = *slot;
  modelRows.push_back(slot);
  const std::string symbol = "model_" + symbolOf(decl);
  auto use = elab.modelUses.find(decl);
  const bool ensemble = use != elab.modelUses.end() && use->second.members;
  row.hidden = use != elab.modelUses.end() && use->second.place.find('#') != std::string::npos;
  row.name = text(decl->name.text);
  row.where = where(decl->name.range);
  row.data = -1;
  row.tensors = nn_range{int32_t(tensorRows.size()), 0};

  std::vector<int64_t> inShape;
  std::vector<std::string> axes;
  Scope empty;
  if (decl->inputs.size() != 1 || !decl->inputs[0].shape) {
    diags.error(decl->name.range, "a model takes one input with a shape: `model " + decl->name.text + "(x: [n]) -> [m] { … }`");
    return;
  }
  Function init(diags, module, symbol + "_init", element);
  elab.fn = &init;
  init.initializing = true;
  if (!elab.evaluateShape(*decl->inputs[0].shape, empty, inShape, axes)) {
    init.finish();
    return;
  }
  row.in_shape = shape(inShape);
  row.in_rank = inShape.size();
  auto makeTarget = [&] {
    Value v = elab.declared(decl, false);
    return v;
  };
  const size_t before = elab.tensors.size();
  // The layers are walked on an input of zeros; what that computes is dead, what it draws is not.
  mlir::Value zeros = init.emit.broadcast(init.emit.constant(0), init.emit.typeOf(inShape), {});
  Elaborator::Arg x{"", Value::of(zeros), decl->inputs[0].range};
  Value y = elab.call(makeTarget(), x, decl->name.range);
  // Taken now: the function that holds y may be erased below.
  const llvm::SmallVector<int64_t> outShape(y.isTensor() ? exampleShape(y.tensor) : llvm::ArrayRef<int64_t>());
  for (auto it = elab.tensors.begin() + before; it != elab.tensors.end(); ++it) {
    const TensorInfo &info = it->second;
    nn_tensor t{};
    t.name = text(info.name);
    t.key = text(llvm::StringRef(info.name).split('.').second);
    t.shape = shape(info.shape);
    t.rank = info.shape.size();
    t.kind = info.kind;
    tensorRows.push_back(t);
  }
  row.tensors.count = tensorRows.size() - row.tensors.first;
  if (row.tensors.count && !ensemble) // an ensemble's members are copies of trained models
    finish(init, &slot->init);
  else
    init.finish(), init.op().erase();
  if (!y.isTensor())
    return;
  row.out_shape = shape(outShape);
  row.out_rank = outShape.size();

  Function predict(diags, module, symbol + "_predict", element);
  elab.fn = &predict;
  predict.batched = predict.inPieces = true;
  x.value = predict.addField("x", inShape);
  y = elab.call(makeTarget(), x, decl->name.range);
  if (y.isTensor())
    predict.addResult("output", predict.emit.batched(y.tensor));
  finish(predict, &slot->predict);
}
