// Generates the functions of a model: `init` draws its tensors, `predict` applies it to a batch.
#include "compiler/irgen/program/ProgramGenerator.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/ScopeExit.h"

using namespace nnc;

bool ProgramGenerator::genInit(const ast::ModelDecl *decl, Function &init, const Elaborator::Arg &x,
                               Value &made) {
  const unsigned errors = diags.errorCount();
  const size_t before = elab.tensors.size();
  elab.fn = &init;
  init.initializing = true;
  init.initializes = elab.placeOf(decl);
  elab.parts.erase(decl);
  elab.passesOn.erase(decl);
  made = elab.call(elab.declared(decl, false), x, decl->name.range);
  const bool renumber = std::exchange(elab.renumber, false);
  const ast::Decl *missing = std::exchange(elab.missing, nullptr);
  if (diags.errorCount() != errors || (!missing && !renumber))
    return true;
  while (elab.tensors.size() > before)
    elab.tensors.pop_back();
  drop(init);
  if (missing)
    genModel(llvm::cast<ast::ModelDecl>(missing));
  return false;
}

void ProgramGenerator::genModel(const ast::ModelDecl *decl) {
  if (modelIndex.count(decl))
    return; // a part of another model, which needed it first
  const int32_t index = out.models.size();
  modelIndex[decl] = index;
  out.models.emplace_back();
  ModelT row; // takes its place at the end: parts are added meanwhile
  auto complete = llvm::make_scope_exit([&] { out.models[index] = std::move(row); });
  const std::string symbol = "model_" + symbolOf(decl);
  auto use = elab.modelUses.find(decl);
  const bool ensemble = use != elab.modelUses.end() && use->second.members;
  row.hidden = use != elab.modelUses.end() && use->second.place.find('#') != std::string::npos;
  row.name = decl->name.text.str();
  row.where = where(decl->name.range);

  std::vector<int64_t> inShape;
  std::vector<std::string> axes;
  Scope empty;
  if (decl->inputs.size() != 1 || !decl->inputs[0].shape) {
    diags.error(decl->name.range, "a model takes one input with a shape: `model " +
                                      decl->name.text + "(x: [n]) -> [m] { … }`");
    return;
  }
  Elaborator::Arg x{"", {}, decl->inputs[0].range};
  Value y;
  std::unique_ptr<Function> init;
  size_t before = 0;
  do {
    init = std::make_unique<Function>(diags, module, symbol + "_init", element);
    elab.fn = init.get();
    if (inShape.empty() && !elab.evaluateShape(*decl->inputs[0].shape, empty, inShape, axes)) {
      init->finish();
      return;
    }
    // Elaborate the layers on an input of zeros. The results are dead code, but the draws are not.
    x.value = init->standIn(inShape, decl->inputs[0].range);
    before = elab.tensors.size();
  } while (!genInit(decl, *init, x, y));
  elab.known.insert(decl);
  row.in_shape = inShape;
  // Read the shape now: the function that holds y may be erased below.
  const llvm::SmallVector<int64_t> outShape(y.isTensor() ? exampleShape(y.tensor)
                                                         : llvm::ArrayRef<int64_t>());
  row.tensors = nn_range{int32_t(out.tensors.size()), 0};
  for (auto it = elab.tensors.begin() + before; it != elab.tensors.end(); ++it) {
    const TensorInfo &info = it->second;
    TensorT t;
    t.name = info.name;
    t.key = llvm::StringRef(info.name).split('.').second.str();
    t.shape = info.shape;
    t.kind = info.kind;
    out.tensors.push_back(std::move(t));
  }
  const bool draws = out.tensors.size() > size_t(row.tensors.first);
  // The tensors of the models that it is made of belong to it too. They get additional rows, with
  // keys that begin with the name of the part.
  for (const auto &[place, part] : elab.parts[decl]) {
    const nn_range own = out.models[modelIndex[llvm::cast<ast::ModelDecl>(part)]].tensors;
    for (int32_t i = own.first; i < own.first + own.count; ++i) {
      TensorT t = out.tensors[i];
      if (!isUnder(t.name, place))
        continue; // of a part of that part, which has its own turn
      t.key = (part->name.text + "." + t.key).str();
      out.tensors.push_back(std::move(t));
    }
  }
  row.tensors.count = out.tensors.size() - row.tensors.first;
  if (draws && !ensemble) // an ensemble's members are copies of trained models
    row.init = finish(*init);
  else
    drop(*init);
  if (!y.isTensor())
    return;
  row.out_shape.assign(outShape.begin(), outShape.end());

  Function predict(diags, module, symbol + "_predict", element);
  elab.fn = &predict;
  predict.batched = predict.inPieces = true;
  x.value = predict.addField("x", inShape);
  std::vector<Application> applications;
  predict.applications = reports() ? &applications : nullptr;
  std::vector<Elaborator::Bound> outer;
  std::swap(outer, elab.bounds);
  y = elab.call(elab.declared(decl, false), x, decl->name.range);
  predict.applications = nullptr;
  noteLayers(applications, row);
  // Indices are checked on the rows that are predicted.
  llvm::erase_if(elab.bounds, [](const Elaborator::Bound &bound) {
    return bound.row.kind != NN_SELECTS && bound.row.kind != NN_LOOKS_UP;
  });
  const mlir::Value given = x.value.tensor;
  row.bounds = boundsOf(given);
  row.computed = computedTargets(symbol + "_predict", given,
                                 [&](Function &fn, std::vector<mlir::Value> &again) {
                                   again.push_back(fn.addField("x", inShape).tensor);
                                 });
  if (row.computed->bounds.empty())
    row.computed = nullptr;
  std::swap(outer, elab.bounds);
  if (y.isTensor())
    predict.addResult("output", predict.emit.batched(y.tensor));
  row.predict = finish(predict);
}

void ProgramGenerator::noteData(const ast::ModelDecl *model, int32_t data) {
  if (ownData.insert(model).second)
    out.models[modelIndex[model]].data = data;
  std::set<const ast::Decl *> seen{model};
  llvm::SmallVector<const ast::Decl *> open{model};
  while (!open.empty()) {
    const ast::Decl *one = open.pop_back_val();
    for (const auto &[outer, inner] : elab.passesOn)
      for (const ast::Decl *part : inner)
        for (const ast::Decl *next : {outer, part})
          if ((one == outer || one == part) && seen.insert(next).second) {
            open.push_back(next);
            ModelT &row = out.models[modelIndex[llvm::cast<ast::ModelDecl>(next)]];
            if (row.data < 0)
              row.data = data;
          }
  }
}
