// Generates the block of a compare or search statement for one combination of the values on which
// the code depends.
#pragma once

#include "compiler/irgen/experiments/Experiment.h"
#include "compiler/irgen/program/DataSets.h"
#include "compiler/irgen/program/Models.h"
#include "compiler/irgen/train/TrainStatement.h"

namespace nnc {

class StatementGenerator;

class VariantGenerator {
public:
  VariantGenerator(ProgramContext &ctx, ModelGenerator &models, DataGenerator &dataSets,
                   StatementGenerator &statements, TrainedSoFar &trained, Results &results)
      : ctx(ctx), models(models), dataSets(dataSets), statements(statements), trained(trained),
        results(results) {}

  /// `choice` has an index into the values of each drawn constant; -1: it is read at run time.
  bool generate(llvm::ArrayRef<ast::Stmt *> body, llvm::ArrayRef<Drawn> drawn,
                llvm::ArrayRef<int32_t> choice, VariantT &variant, Experiment &experiment);

private:
  /// Gives the drawn constants their names and values.
  void nameDrawn(llvm::ArrayRef<Drawn> drawn, llvm::ArrayRef<int32_t> choice, Names &names,
                 std::map<std::string, Value> &values);
  /// Gives the other declarations of the block their names. Returns its models, which are copies
  /// with places of their own.
  std::vector<const ast::ModelDecl *> nameDeclarations(llvm::ArrayRef<ast::Stmt *> body,
                                                       llvm::StringRef number, Names &names);

  ProgramContext &ctx;
  ModelGenerator &models;
  DataGenerator &dataSets;
  StatementGenerator &statements;
  TrainedSoFar &trained;
  Results &results;
};

} // namespace nnc
