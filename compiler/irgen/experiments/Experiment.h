// The data that irgen keeps about an experiment for the statements that use its result.
#pragma once

#include "compiler/irgen/program/ProgramContext.h"

#include <memory>
#include <set>

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

/// More variants would take minutes to compile and are hardly ever intended.
inline constexpr size_t mostVariants = 512;

/// What a drawn constant is drawn from.
program::draw drawOf(const ast::LetDecl *let);
/// Whether the constant is drawn from a list of literal numbers.
bool listsNumbers(const ast::LetDecl *let);
/// Whether a drawn constant can be read at run time, and can also be built in, as a list of
/// numbers.
bool mayBeBuiltIn(const ast::LetDecl *let);
/// Those of them on which the code depends, such as a number of units. The code is compiled once
/// for each of their values. Reports nothing in `diags`.
DrawnConstants findBuiltIn(Diagnostics &diags, mlir::MLIRContext &context,
                           const ast::Program &program, const sema::Symbols &symbols,
                           const IrgenOptions &options);

/// `let rate ~ log_uniform(1e-4, 1e-1)`
struct Drawn {
  const ast::LetDecl *let = nullptr;
  program::draw draw = NN_DRAW_LIST;
  double low = 0, high = 0;
  std::vector<ast::Expr *> values; // for a list
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

/// Nodes that are not in the program: a model of a block copied for each variant, a constant for a
/// drawn value.
class CopiedNodes {
public:
  template <class T> T *copyOf(const T &node) {
    auto copy = std::make_shared<T>(node);
    made.push_back(copy);
    return copy.get();
  }
  /// A text for them.
  llvm::StringRef copyOf(std::string text) { return *copyOf<std::string>(text); }

private:
  std::vector<std::shared_ptr<void>> made;
};

/// Fills in the range or the values of a drawn constant. Returns false after an error.
bool readDrawn(ProgramContext &ctx, const DrawnConstants &builtIn, CopiedNodes &nodes,
               const ast::LetDecl *let, Drawn &drawn);

/// What the experiments and ensembles so far have found.
struct Results {
  std::map<std::string, std::shared_ptr<Experiment>> experiments; // by the name of their result
  // name of an ensemble -> the search whose result it trains, or empty
  std::map<std::string, std::string> ensembles;
  // the variant whose names are in scope, in a statement about the result of a search
  ExperimentVariant *current = nullptr;
  int variantCount = 0; // of all experiments
  CopiedNodes nodes;

  /// The name of the search that `current` belongs to.
  std::string resultOfCurrent() const;
};

} // namespace nnc
