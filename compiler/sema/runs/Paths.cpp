// Checks what runs name: models and their parts, data sets and their splits, files.
#include "compiler/sema/runs/Paths.h"

#include "compiler/sema/Text.h"
#include "compiler/sema/data/Splits.h"
#include "compiler/sema/names/Places.h"
#include "compiler/sema/names/Suggestions.h"

using llvm::cast;
using llvm::dyn_cast;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

void PathChecker::checkFile(const Expr *file) {
  if (!file)
    return;
  auto *text = dyn_cast<StringExpr>(file);
  if (!text)
    diags.error(file->range, "the name of a file is expected here, in quotes");
  else if (text->value.empty())
    diags.error(file->range, "the name of a file is empty");
}

const ModelDecl *PathChecker::checkModel(const Path &path, const Scope &scope, StringRef what,
                                         bool parts) {
  if (path.empty())
    return nullptr;
  const Ident &name = path.front();
  Target t = resolve(name.text, scope);
  if (t.isDecl(StmtKind::Model)) {
    auto *model = cast<ModelDecl>(t.decl);
    if (path.parts.size() > 1 && !parts)
      diags.error(path.range, quoted(what) + " takes a whole model, not a part of one")
          .note("write `" + what + " " + name.text + " …`");
    else if (path.parts.size() > 1)
      PlaceChecker(shared).checkPlace(*model, path.parts[1]);
    return model;
  }
  if (t.kind == Target::Local && t.local->kind == LocalKind::Result) {
    checkResult(name, what);
    return nullptr;
  }
  reportOther(name, t, scope, StmtKind::Model, "not a model");
  return nullptr;
}

const DataDecl *PathChecker::checkData(const Path &path, const Scope &scope) {
  if (path.empty())
    return nullptr;
  const Ident &name = path.front();
  Target t = resolve(name.text, scope);
  if (t.isDecl(StmtKind::Data))
    return cast<DataDecl>(t.decl);
  reportOther(name, t, scope, StmtKind::Data, "no data set");
  return nullptr;
}

void PathChecker::reportOther(const Ident &name, const Target &target, const Scope &scope,
                              StmtKind wanted, StringRef undeclared) {
  const StringRef phrase = ast::inWords(wanted), noun = phrase.split(' ').second;
  if (target.kind == Target::Unknown) {
    const std::vector<StringRef> candidates = NameSuggester(shared).declaredNames(wanted, scope);
    if (!NameSuggester(shared).firstReport(name, scope, candidates))
      return;
    auto e = diags.error(name.range, "unknown " + noun + " " + quoted(name.text))
                 .suggest(name.text, candidates);
    if (didYouMean(name.text, candidates).empty() && !candidates.empty())
      e.note("the " + noun + "s are " + listed(candidates));
    return;
  }
  const Decl *other = target.kind == Target::Declaration ? target.decl : nullptr;
  auto e = diags.error(name.range, quoted(name.text) + " is " +
                                       (other ? ast::inWords(other->kind) : undeclared) + "; " +
                                       phrase + " is expected here");
  if (other)
    e.note(other->name.range, "declared here");
}

/// `digits.test`: must be one of the splits of the data set.
void PathChecker::checkSplit(const DataDecl &decl, const Ident &split, const DataInfo &info) {
  const std::optional<program::split> known = findSplit(split.text);
  if (known == NN_SPLIT_TRAIN || (known == NN_SPLIT_VAL && info.hasVal) ||
      (known == NN_SPLIT_TEST && info.hasTest))
    return;
  auto e = diags.error(split.range, quoted(decl.name.text) + " has no split " + quoted(split.text));
  if (!known)
    e.suggest(split.text, splitNames());
  else
    e.note(decl.name.range, "a `split` entry with `" + split.text + " = 10%` makes one");
}

/// A result is a model that has been found. It can be used but not changed.
void PathChecker::checkResult(const Ident &name, StringRef what) {
  if (what == "evaluate" || what == "save" || what == "predict" || what == "ensemble")
    return;
  diags.error(name.range, quoted(name.text) + " is what a search, comparison or ensemble found: " +
                              quoted(what) + " needs a model");
}

} // namespace nnc::sema
