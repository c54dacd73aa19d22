// Generates statements about the result of a compare, a search or an ensemble.
#include "compiler/irgen/experiments/Results.h"

#include "compiler/irgen/statements/Statements.h"

using namespace nnc;

std::string Results::resultOfCurrent() const {
  for (auto &[name, experiment] : experiments)
    for (const ExperimentVariant &variant : experiment->variants)
      if (&variant == current)
        return name;
  return "";
}

void ResultGenerator::generateOutcome(const ast::Stmt *s, const std::string &name) {
  auto found = results.experiments.find(name);
  if (found == results.experiments.end()) {
    ctx.diags.error(s->range, "`" + name + "` has no result yet: statements run in order")
        .note(ctx.symbols.results[name]->range, "it is found here");
    return;
  }
  OutcomeT row;
  row.where = ctx.where(s->range);
  row.experiment = found->second->ordinal;
  ctx.add(std::move(row));
}

void ResultGenerator::generate(const ast::Stmt *s, const std::set<std::string> &names) {
  if (auto *print = llvm::dyn_cast<ast::PrintStmt>(s)) {
    for (ast::Expr *const &e : print->values) {
      auto *name = llvm::dyn_cast<ast::NameExpr>(e);
      const ast::Stmt *result = name ? ctx.symbols.results.lookup(name->name.text) : nullptr;
      if (result && !llvm::isa<ast::EnsembleStmt>(result)) {
        generateOutcome(s, name->name.text.str());
        continue;
      }
      ast::PrintStmt *one = results.nodes.copyOf(*print);
      one->values = llvm::ArrayRef<ast::Expr *>(e);
      generateForEachChoice(one, names);
    }
    return;
  }
  if (llvm::isa<ast::SearchStmt, ast::CompareStmt>(s)) {
    ctx.diags.error(s->range,
                    "the block of `search` or `compare` cannot use what another one found, `" +
                        *names.begin() + "`");
    return;
  }
  generateForEachChoice(s, names);
}

void ResultGenerator::generateForEachChoice(const ast::Stmt *s,
                                            const std::set<std::string> &names) {
  Experiment *experiment = nullptr;
  for (const std::string &name : names) {
    const ast::Stmt *result = ctx.symbols.results[name];
    if (llvm::isa<ast::CompareStmt>(result)) {
      ctx.diags.error(s->range, "`" + name + "` is a comparison: `print " + name +
                                    "` shows it, and it has no other value");
      return;
    }
    std::string searched = name;
    if (llvm::isa<ast::EnsembleStmt>(result)) {
      auto known = results.ensembles.find(name);
      if (known != results.ensembles.end() && known->second.empty())
        continue; // an ensemble of a model, which is itself a model
      searched = known == results.ensembles.end() ? "" : known->second;
    }
    auto found = results.experiments.find(searched);
    if (found == results.experiments.end()) {
      if (!ctx.diags.hasErrors())
        ctx.diags.error(s->range, "`" + name + "` has no result yet: statements run in order")
            .note(result->range, "it is found here");
      return;
    }
    if (experiment && experiment != found->second.get()) {
      ctx.diags.error(s->range, "one statement cannot be about what two searches found");
      return;
    }
    experiment = found->second.get();
  }
  if (!experiment)
    return statements.generatePlain(s);

  const unsigned before = ctx.diags.errorCount();
  std::vector<std::vector<StatementT>> bodies;
  std::vector<StatementT> outer = std::exchange(ctx.statements, {});
  for (ExperimentVariant &variant : experiment->variants) {
    Names visible = variant.names;
    for (auto &[name, found] : results.experiments)
      if (found.get() == experiment) {
        visible[name] = variant.model;
        ctx.elab.modelUses[variant.model].values = variant.values;
        if (ctx.elab.modelUses[variant.model]
                .place.empty()) // a model of the program that the block trains
          ctx.elab.modelUses[variant.model].place = variant.model->name.text.str();
      }
    for (auto &[name, model] : variant.ensembles)
      visible[name] = model;
    results.current = &variant;
    {
      NamesGuard guard(ctx.symbols, visible);
      statements.generatePlain(s);
    }
    results.current = nullptr;
    if (ctx.diags.errorCount() != before) {
      ctx.statements = std::move(outer);
      return; // an error in one variant usually occurs in all
    }
    bodies.push_back(std::exchange(ctx.statements, {}));
  }
  ctx.statements = std::move(outer);
  for (size_t i = 0; i < bodies.front().size(); ++i) {
    ChosenT row;
    row.experiment = experiment->ordinal;
    for (std::vector<StatementT> &body : bodies)
      if (i < body.size())
        row.bodies.push_back(std::move(body[i]));
    ctx.add(std::move(row));
  }
}
