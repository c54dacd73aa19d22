// Checks search, compare and ensemble: their settings and the contents of their blocks.
#include "compiler/sema/runs/ExperimentChecker.h"

#include "compiler/sema/Declarations.h"
#include "compiler/sema/Entries.h"
#include "compiler/sema/Text.h"
#include "compiler/sema/data/Splits.h"
#include "compiler/sema/expressions/Calls.h"
#include "compiler/sema/runs/Experiments.h"
#include "compiler/sema/runs/Paths.h"
#include "compiler/sema/runs/Runs.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/SaveAndRestore.h"

using llvm::dyn_cast;
using llvm::isa;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

namespace {
constexpr unsigned any = ~0u;
const Distribution distributions[] = {
    {"each", NN_DRAW_LIST, 1, any, "each(relu, tanh)"},
    {"choice", NN_DRAW_LIST, 1, any, "choice(64, 128)"},
    {"uniform", NN_DRAW_UNIFORM, 2, 2, "uniform(0, 0.5)"},
    {"log_uniform", NN_DRAW_LOG_UNIFORM, 2, 2, "log_uniform(1e-4, 1e-1)"},
    {"normal", NN_DRAW_NORMAL, 2, 2, "normal(0, 1)"},
    {"integer", NN_DRAW_INTEGER, 2, 2, "integer(1, 8)"},
};
constexpr StringRef runSettings[] = {"trials", "members", "seed"}; // in the order of RunSetting
constexpr StringRef trials = runSettings[size_t(RunSetting::Trials)],
                    members = runSettings[size_t(RunSetting::Members)],
                    seed = runSettings[size_t(RunSetting::Seed)];
const SearchMethod searchMethods[] = {
    {"random", NN_RANDOM, true}, {"grid", NN_GRID, false}, {"tpe", NN_TPE, true}};

template <class T, size_t n> const T *findNamed(const T (&all)[n], StringRef name) {
  const T *found = llvm::find_if(all, [&](const T &one) { return one.name == name; });
  return found == std::end(all) ? nullptr : found;
}
} // namespace

const Distribution *findDistribution(StringRef name) { return findNamed(distributions, name); }
const SearchMethod *findSearchMethod(StringRef name) { return findNamed(searchMethods, name); }

std::optional<RunSetting> findRunSetting(StringRef name) {
  const auto *found = llvm::find(runSettings, name);
  if (found == std::end(runSettings))
    return std::nullopt;
  return RunSetting(found - runSettings);
}

void ExperimentChecker::checkSearch(const SearchStmt &stmt, const Scope &scope) {
  static const StringRef keys[] = {trials, seed};
  const SearchMethod *method = findSearchMethod(stmt.method.text);
  if (!method)
    diags.error(stmt.method.range, "unknown method of search " + quoted(stmt.method.text))
        .suggest(stmt.method.text, namesOf(searchMethods))
        .note("the methods are " + listed(namesOf(searchMethods)));
  std::map<StringRef, Range> seen;
  for (const Argument &a : stmt.settings) {
    if (!llvm::is_contained(keys, a.name.text))
      diags.error(a.name ? a.name.range : a.range, "`search` has no setting " + quoted(a.name.text))
          .suggest(a.name.text, keys);
    else
      once(seen, a.name.text, a.range);
    checkExpr(a.value, scope);
  }
  if (method && method->needsTrials && !seen.count(trials) && !shared.syntaxErrors)
    diags.error(stmt.method.range, "a search by " + quoted(stmt.method.text) +
                                       " needs the number of its trials: `trials = 20`");
  const Path &goal = stmt.objective;
  if (!goal.empty() && findSplit(goal.front().text) == NN_SPLIT_TEST)
    diags.error(goal.range, "a search never sees the test split")
        .note("what is chosen by the test split is no longer judged by it; use `val` or folds");
  else if (!goal.empty() && (goal.parts.size() != 2 || !findSplit(goal.front().text)))
    diags.error(goal.range, "a search is judged by a value of a split, such as `val.loss`");
  checkNested(stmt.body, scope, /*compared=*/false);
}

void ExperimentChecker::checkDrawn(const LetDecl &let, const Scope &scope, bool compared) {
  auto *call = llvm::dyn_cast_or_null<CallExpr>(let.value);
  auto *name = call ? dyn_cast<NameExpr>(call->callee) : nullptr;
  const Distribution *from = name ? findDistribution(name->name.text) : nullptr;
  if (!from) {
    auto e = diags.error(let.value ? let.value->range : let.range,
                         "what a value is drawn from is expected here");
    if (name)
      e.suggest(name->name.text, namesOf(distributions));
    e.note("that is " + listed(namesOf(distributions), "or") + ": `let units ~ choice(64, 128)`");
    return;
  }
  if (compared && from->draw != NN_DRAW_LIST) // it runs all values, so they must be a list
    diags
        .error(call->range, "`compare` makes a run of each value, and " + quoted(from->name) +
                                " has no list of them")
        .note("`each(…)` lists them; `search` draws from " + quoted(from->name));
  for (const Argument &a : call->args)
    if (a.name)
      diags.error(a.range, quoted(from->name) + " has no argument " + quoted(a.name.text));
  const unsigned given = call->args.size();
  if (given < from->least || given > from->most)
    diags
        .error(call->range,
               quoted(from->name) + " takes " +
                   (from->draw == NN_DRAW_LIST ? std::string("the values to choose from")
                                               : counted(from->least, "argument")) +
                   ", not " + llvm::Twine(given))
        .note("such as `" + from->example + "`");
  CallChecker(shared).checkArgumentValues(call->args, scope, nullptr);
}

/// Whether the statement is part of one that the session has run before. Later declarations do not
/// affect it.
bool ExperimentChecker::ranBefore(const Stmt &stmt) const {
  return shared.options.earlier && stmt.range.begin.getPointer() >= shared.options.earlier;
}

void ExperimentChecker::checkCompare(const CompareStmt &stmt, const Scope &scope) {
  checkNested(stmt.body, scope, /*compared=*/true);
}

/// Checks the block of search and compare: a small program of its own, whose lets may be drawn.
void ExperimentChecker::checkNested(llvm::ArrayRef<Stmt *> body, const Scope &outer,
                                    bool compared) {
  Scope scope(&outer, shared.topContext);
  declareNested(body, scope);
  llvm::SaveAndRestore<const Scope *> inside(shared.block, &scope);
  for (const Stmt *s : body) {
    auto *let = dyn_cast<LetDecl>(s);
    if (let && let->drawn) {
      checkDrawn(*let, scope, compared);
    } else if (isa<OptionDecl>(s)) {
      diags.error(s->range,
                  "an `option` is a flag of the whole program: it belongs outside this block");
    } else if (auto *d = dyn_cast<Decl>(s)) {
      DeclChecker(shared).check(*d, &scope, false);
    } else if (isa<SearchStmt, CompareStmt, EnsembleStmt, ReportStmt, SaveStmt>(s)) {
      diags
          .error(s->range, "this statement does not belong in the block of `search` or `compare`, "
                           "which runs many times")
          .note("write it below the block");
    } else {
      checkNestedRun(*s, scope);
    }
  }
}

void ExperimentChecker::declareNested(llvm::ArrayRef<Stmt *> body, Scope &scope) {
  for (const Stmt *s : body)
    if (auto *d = dyn_cast<Decl>(s)) {
      const Decl *program = symbols.user.lookup(d->name.text);
      if (const sema::Local *first = scope.findHere(d->name.text))
        diags.error(d->name.range, quoted(d->name.text) + " is declared twice")
            .note(first->where, "first declared here");
      else if (program && !ranBefore(*d))
        // A declaration of the program that uses the name means that of the program. One name for
        // two things would only confuse.
        diags
            .error(d->name.range,
                   quoted(d->name.text) + " is declared outside of this block already")
            .note(program->name.range, "declared here");
      else
        scope.add({d->name.text, LocalKind::Declaration, d->name.range, d});
    }
}

/// Checks a run that happens many times. It must not write one file again and again.
void ExperimentChecker::checkNestedRun(const Stmt &stmt, const Scope &scope) {
  if (auto *predict = dyn_cast<PredictStmt>(&stmt); predict && predict->file)
    diags
        .error(predict->file->range,
               "the runs of `search` and `compare` cannot all write the same file")
        .note("write the `predict` below the block");
  RunChecker(shared).check(stmt, scope);
  if (auto *train = dyn_cast<TrainStmt>(&stmt))
    for (const Entry *e : train->entries)
      if (isa<CheckpointEntry>(e))
        diags.error(e->range,
                    "the runs of `search` and `compare` cannot all write the same checkpoint");
}

void ExperimentChecker::checkEnsemble(const EnsembleStmt &stmt, const Scope &scope) {
  static const StringRef keys[] = {members, seed};
  PathChecker(shared).checkModel(stmt.of, scope, "ensemble", false);
  if (const DataDecl *decl = PathChecker(shared).checkData(stmt.data, scope);
      decl && stmt.data.parts.size() > 1 && findSplit(stmt.data.parts[1].text) != NN_SPLIT_TRAIN)
    diags.error(stmt.data.parts[1].range, "an ensemble is trained on the training split");
  for (const Entry *e : stmt.entries) {
    auto *setting = dyn_cast<SettingEntry>(e);
    if (!setting) {
      misplacedEntry(diags, *e, "ensemble");
      continue;
    }
    if (!llvm::is_contained(keys, setting->name.text))
      diags.error(setting->name.range, "`ensemble` has no setting " + quoted(setting->name.text))
          .suggest(setting->name.text, keys);
    checkExpr(setting->value, scope);
  }
}

} // namespace nnc::sema
