// Generates the functions of a model: `init` draws its tensors, `predict` applies it to a batch.
#include "compiler/irgen/program/Models.h"

#include "compiler/irgen/program/Targets.h"
#include "compiler/irgen/statements/Report.h"

#include "llvm/ADT/ScopeExit.h"

using namespace nnc;

bool ModelGenerator::draw(const ast::ModelDecl *decl, Function &init, const Elaborator::Arg &x,
                          Value &made) {
  const unsigned errors = ctx.diags.errorCount();
  const size_t before = ctx.elab.tensors.size();
  ctx.elab.fn = &init;
  init.initializing = true;
  init.initializes = ctx.elab.placeOf(decl);
  ctx.elab.parts.erase(decl);
  ctx.elab.passesOn.erase(decl);
  made = ctx.elab.call(ctx.elab.declared(decl, false), x, decl->name.range);
  const bool renumber = std::exchange(ctx.elab.renumber, false);
  const ast::Decl *missing = std::exchange(ctx.elab.missing, nullptr);
  if (ctx.diags.errorCount() != errors || (!missing && !renumber))
    return true;
  while (ctx.elab.tensors.size() > before)
    ctx.elab.tensors.pop_back();
  ProgramContext::drop(init);
  if (missing)
    generate(llvm::cast<ast::ModelDecl>(missing));
  return false;
}

void ModelGenerator::generate(const ast::ModelDecl *decl) {
  if (indices.count(decl))
    return; // a part of another model, which needed it first
  const int32_t index = ctx.out.models.size();
  indices[decl] = index;
  ctx.out.models.emplace_back();
  ModelT row; // takes its place at the end: parts are added meanwhile
  auto complete = llvm::make_scope_exit([&] { ctx.out.models[index] = std::move(row); });
  const std::string symbol = "model_" + ctx.symbolOf(decl);
  auto use = ctx.elab.modelUses.find(decl);
  const bool ensemble = use != ctx.elab.modelUses.end() && use->second.members;
  row.hidden = use != ctx.elab.modelUses.end() && use->second.place.find('#') != std::string::npos;
  row.name = decl->name.text.str();
  row.where = ctx.where(decl->name.range);

  std::vector<int64_t> inShape;
  if (decl->inputs.size() != 1 || !decl->inputs[0].shape) {
    ctx.diags.error(decl->name.range, "a model takes one input with a shape: `model " +
                                          decl->name.text + "(x: [n]) -> [m] { … }`");
    return;
  }
  Elaborator::Arg x{"", {}, decl->inputs[0].range};
  Value y;
  std::unique_ptr<Function> init;
  size_t before = 0;
  do {
    init = std::make_unique<Function>(ctx.diags, ctx.module, symbol + "_init", ctx.element);
    ctx.elab.fn = init.get();
    if (inShape.empty() && !inputs.shapeOf(decl, inShape)) {
      init->finish();
      return;
    }
    // Elaborate the layers on an input of zeros. The results are dead code, but the draws are not.
    x.value = init->standIn(inShape, decl->inputs[0].range);
    before = ctx.elab.tensors.size();
  } while (!draw(decl, *init, x, y));
  ctx.elab.known.insert(decl);
  ctx.elab.inputShapes[decl] = inShape;
  row.in_shape = inShape;
  // Read the shape now: the function that holds y may be erased below.
  const llvm::SmallVector<int64_t> outShape(y.isTensor() ? exampleShape(y.tensor)
                                                         : llvm::ArrayRef<int64_t>());
  const bool draws = addTensors(decl, before, row);
  if (draws && !ensemble) // an ensemble's members are copies of trained models
    row.init = ctx.finish(*init);
  else
    ProgramContext::drop(*init);
  if (!y.isTensor())
    return;
  row.out_shape.assign(outShape.begin(), outShape.end());

  generatePredict(decl, x, symbol, row);
}

bool ModelGenerator::addTensors(const ast::ModelDecl *decl, size_t before, ModelT &row) {
  row.tensors = nn_range{int32_t(ctx.out.tensors.size()), 0};
  for (auto it = ctx.elab.tensors.begin() + before; it != ctx.elab.tensors.end(); ++it) {
    const TensorInfo &info = it->second;
    TensorT t;
    t.name = info.name;
    t.key = llvm::StringRef(info.name).split('.').second.str();
    t.shape = info.shape;
    t.kind = info.kind;
    ctx.out.tensors.push_back(std::move(t));
  }
  const bool draws = ctx.out.tensors.size() > size_t(row.tensors.first);
  // The tensors of the models that it is made of belong to it too. They get additional rows, with
  // keys that begin with the name of the part.
  for (const auto &[place, part] : ctx.elab.parts[decl]) {
    const nn_range own = ctx.out.models[indexOf(llvm::cast<ast::ModelDecl>(part))].tensors;
    for (int32_t i = own.first; i < own.first + own.count; ++i) {
      TensorT t = ctx.out.tensors[i];
      if (!isUnder(t.name, place))
        continue; // of a part of that part, which has its own turn
      t.key = (part->name.text + "." + t.key).str();
      ctx.out.tensors.push_back(std::move(t));
    }
  }
  row.tensors.count = ctx.out.tensors.size() - row.tensors.first;
  return draws;
}

void ModelGenerator::generatePredict(const ast::ModelDecl *decl, Elaborator::Arg x,
                                     llvm::StringRef symbol, ModelT &row) {
  Function predict(ctx.diags, ctx.module, (symbol + "_predict").str(), ctx.element);
  ctx.elab.fn = &predict;
  predict.batched = predict.inPieces = true;
  x.value = predict.addField("x", row.in_shape);
  std::vector<Application> applications;
  predict.applications = ctx.reports() ? &applications : nullptr;
  std::vector<Elaborator::Bound> outer;
  std::swap(outer, ctx.elab.bounds);
  Value y = ctx.elab.call(ctx.elab.declared(decl, false), x, decl->name.range);
  predict.applications = nullptr;
  noteLayers(ctx, applications, row);
  // Indices are checked on the rows that are predicted.
  llvm::erase_if(ctx.elab.bounds, [](const Elaborator::Bound &bound) {
    return bound.row.kind != NN_SELECTS && bound.row.kind != NN_LOOKS_UP;
  });
  const mlir::Value given = x.value.tensor;
  row.bounds = boundsOf(ctx, given);
  row.computed = computedTargets(ctx, (symbol + "_predict").str(), given,
                                 [&](Function &fn, std::vector<mlir::Value> &again) {
                                   again.push_back(fn.addField("x", row.in_shape).tensor);
                                 });
  if (row.computed->bounds.empty())
    row.computed = nullptr;
  std::swap(outer, ctx.elab.bounds);
  if (y.isTensor())
    predict.addResult("output", predict.emit.batched(y.tensor));
  row.predict = ctx.finish(predict);
}

void ModelGenerator::noteData(const ast::ModelDecl *model, int32_t data) {
  if (ownData.insert(model).second)
    ctx.out.models[indexOf(model)].data = data;
  std::set<const ast::Decl *> seen{model};
  llvm::SmallVector<const ast::Decl *> open{model};
  while (!open.empty()) {
    const ast::Decl *one = open.pop_back_val();
    for (const auto &[outer, inner] : ctx.elab.passesOn)
      for (const ast::Decl *part : inner)
        for (const ast::Decl *next : {outer, part})
          if ((one == outer || one == part) && seen.insert(next).second) {
            open.push_back(next);
            ModelT &row = ctx.out.models[indexOf(llvm::cast<ast::ModelDecl>(next))];
            if (row.data < 0)
              row.data = data;
          }
  }
}
