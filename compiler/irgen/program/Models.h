// Generates model declarations: the functions of each model, and its row and those of its tensors.
#pragma once

#include "compiler/irgen/program/ModelInputs.h"

namespace nnc {

class ModelGenerator {
public:
  ModelGenerator(ProgramContext &ctx, DataGenerator &dataSets) : ctx(ctx), inputs(ctx, dataSets) {}

  void generate(const ast::ModelDecl *decl);
  /// The row of a model.
  int32_t indexOf(const ast::ModelDecl *decl) { return indices[decl]; }
  /// The model is trained on that data set, which prepares its input from here on. This also
  /// applies to models that pass their input on to it unchanged or get it from it.
  void noteData(const ast::ModelDecl *model, int32_t data);

private:
  /// Draws the tensors of the model in `init`. `x` is its input; `made` becomes its value. Returns
  /// false if one of its parts must be generated first.
  bool draw(const ast::ModelDecl *decl, Function &init, const Elaborator::Arg &x, Value &made);
  /// Generates the rows of the tensors from number `before` on, and of those of its parts. Returns
  /// whether it has tensors of its own.
  bool addTensors(const ast::ModelDecl *decl, size_t before, ModelT &row);
  void generatePredict(const ast::ModelDecl *decl, Elaborator::Arg x, llvm::StringRef symbol,
                       ModelT &row);

  ProgramContext &ctx;
  ModelInputs inputs;
  std::map<const ast::ModelDecl *, int32_t> indices;
  std::set<const ast::Decl *> ownData; // models that were trained themselves
};

} // namespace nnc
