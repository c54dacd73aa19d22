// What irgen remembers of an experiment while it generates the statements about its result.
#pragma once

#include "compiler/irgen/program/ProgramGenerator.h"

namespace nnc {

/// Names that stand before the program's own for a while.
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

/// What a drawn constant is drawn from: an nn_draw.
int32_t drawOf(const ast::LetDecl *let);
/// Whether it is one of some numbers that stand in the text.
bool listsNumbers(const ast::LetDecl *let);
/// The drawn constants that code depends on, other than those of lists of functions and the like.
/// Says nothing in `diags`.
BuiltIn findBuiltIn(Diagnostics &diags, mlir::MLIRContext &context, const ast::Program &program,
                    const sema::Symbols &symbols, const IrgenOptions &options);

/// `let rate ~ log_uniform(1e-4, 1e-1)`
struct Drawn {
  const ast::LetDecl *let = nullptr;
  int32_t draw = NN_DRAW_LIST; // nn_draw
  double low = 0, high = 0;
  std::vector<const ast::Expr *> values; // of a list
  std::vector<std::string> labels;
  std::vector<double> numbers; // empty where the values are no numbers
  bool builtIn = false;        // the code depends on it
  std::string scalar;          // else: what its scalar is called
};

/// A choice of the values that the code depends on.
struct ExperimentVariant {
  Names names;                         // of the block
  std::map<std::string, Value> values; // of the variables, for `best.rate`
  std::vector<const ast::TrainStmt *> trains;
  const ast::ModelDecl *model = nullptr; // a search's result
  std::map<std::string, const ast::ModelDecl *> ensembles;
};

struct Experiment {
  int32_t ordinal = 0;
  std::vector<ExperimentVariant> variants;
};

} // namespace nnc
