// Finds the sizes that the declaration of a model's input leaves open: `x: [t]`.
#pragma once

#include "compiler/irgen/program/DataSets.h"

#include <set>

namespace nnc {

class ModelInputs {
public:
  ModelInputs(ProgramContext &ctx, DataGenerator &dataSets) : ctx(ctx), dataSets(dataSets) {}

  /// The shape of the model's input: as it is declared, and where that names an axis without a
  /// size, as that of the first value to which the program applies the model. Returns false after
  /// an error.
  bool shapeOf(const ast::ModelDecl *model, std::vector<int64_t> &shape);

private:
  /// Whether a dimension of an input only names its axis.
  bool isOpen(const ast::Expr *dim) const;
  using Shape = std::optional<std::vector<int64_t>>;
  /// The shape of the first value to which the model is applied, in the order of the program.
  Shape applied(const ast::ModelDecl *model);
  Shape appliedIn(llvm::ArrayRef<ast::Stmt *> statements, const ast::ModelDecl *model);
  Shape appliedBy(const ast::Stmt *statement, const ast::ModelDecl *model);
  /// That of the argument in one of these expressions, which may name the fields of `data`.
  Shape argumentIn(llvm::ArrayRef<const ast::Expr *> all, const ast::DataDecl *data,
                   const ast::ModelDecl *model);
  const ast::Expr *argument(const ast::Expr *e, const ast::ModelDecl *model) const;
  const ast::DataDecl *dataNamed(llvm::StringRef name) const;

  ProgramContext &ctx;
  DataGenerator &dataSets;
  std::set<const ast::ModelDecl *> open; // those whose shape is being looked for
};

} // namespace nnc
