// The data that irgen keeps about an experiment for the statements that use its result.
#pragma once

#include "compiler/irgen/program/ProgramGenerator.h"

namespace nnc {

/// Names that temporarily hide those of the program.
using Names = std::map<std::string, const ast::Decl *>;

class NamesGuard {
public:
  NamesGuard(sema::Symbols &symbols, const Names &names) : symbols(symbols) {
    for (auto &[name, decl] : names) {
      hidden[name] = symbols.user.lookup(name);
      symbols.user[name] = decl;
    }
  }
  NamesGuard(const NamesGuard &) = delete;
  ~NamesGuard() {
    for (auto &[name, decl] : hidden)
      if (decl)
        symbols.user[name] = decl;
      else
        symbols.user.erase(name);
  }

private:
  sema::Symbols &symbols;
  Names hidden;
};

/// What a drawn constant is drawn from.
program::draw drawOf(const ast::LetDecl *let);
/// Whether the constant is drawn from a list of literal numbers.
bool listsNumbers(const ast::LetDecl *let);
/// The drawn constants on which the code depends, except those drawn from lists of functions and
/// similar. Reports nothing in `diags`.
BuiltIn findBuiltIn(Diagnostics &diags, mlir::MLIRContext &context, const ast::Program &program,
                    const sema::Symbols &symbols, const IrgenOptions &options);

/// `let rate ~ log_uniform(1e-4, 1e-1)`
struct Drawn {
  const ast::LetDecl *let = nullptr;
  program::draw draw = NN_DRAW_LIST;
  double low = 0, high = 0;
  std::vector<const ast::Expr *> values; // for a list
  std::vector<std::string> labels;
  std::vector<double> numbers; // empty if the values are not numbers
  bool builtIn = false;        // the code depends on it
  std::string scalar;          // otherwise, the name of its scalar
};

/// One combination of the values on which the code depends.
struct ExperimentVariant {
  Names names;                         // of the block
  std::map<std::string, Value> values; // of the drawn constants, for `best.rate`
  std::vector<const ast::TrainStmt *> trains;
  const ast::ModelDecl *model = nullptr; // the result of a search
  std::map<std::string, const ast::ModelDecl *> ensembles;
};

struct Experiment {
  int32_t ordinal = 0;
  std::vector<ExperimentVariant> variants;
};

} // namespace nnc
