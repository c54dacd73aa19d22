// Reports unknown names and suggests the intended ones. It suggests only things of the kind that is
// needed.
#include "compiler/sema/names/Suggestions.h"

#include "compiler/ast/Facts.h"
#include "compiler/sema/Text.h"
#include "compiler/sema/expressions/Calls.h"

#include "llvm/ADT/STLExtras.h"

using llvm::cast;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

bool NameSuggester::firstReport(const Ident &name, const Scope &scope,
                                llvm::ArrayRef<StringRef> candidates) {
  if (scope.context().open || !shared.reported.insert(name.text).second)
    return false;
  // After a syntax error, the declaration may be in the statement that could not be parsed.
  return !shared.syntaxErrors || !didYouMean(name.text, candidates).empty();
}

void NameSuggester::unknownName(const Ident &name, const Scope &scope, Wanted wanted) {
  const Context &context = scope.context();
  const bool callee = wanted == Wanted::Function || wanted == Wanted::Stage;
  const bool isArgument = shared.argument && shared.argument->range.begin == name.range.begin;
  const std::optional<StmtKind> kind = isArgument ? shared.kindOfArgument : std::nullopt;
  const bool columns = context.at == AtColumns && !callee;
  if (columns)
    wanted = Wanted::Value;
  std::vector<StringRef> candidates =
      kind ? declaredNames(*kind, scope) : visibleNames(scope, wanted, isArgument);
  if (!firstReport(name, scope, candidates))
    return;
  if (const sema::Ambient *a = findAmbient(name.text)) {
    diags.error(name.range, quoted(name.text) + " is known only " + a->place);
    return;
  }
  if (name.text == "batch") {
    diags.error(name.range, "`batch` is an axis and has no value; it is named in `over =`");
    return;
  }
  auto e = diags
               .error(name.range, llvm::Twine("unknown ") +
                                      (callee    ? "function or layer "
                                       : columns ? "column "
                                                 : "name ") +
                                      quoted(name.text))
               .suggest(name.text, candidates);
  if (wanted == Wanted::Stage && !kind && didYouMean(name.text, candidates).empty())
    e.note("the layers are " + listed(declaredNames(StmtKind::Layer, scope)) +
           ", and a function of a tensor may be here, too");
  if (callee || !context.data || !didYouMean(name.text, candidates).empty())
    return;
  std::vector<StringRef> names =
      columns ? namesOf(context.data->source.columns) : namesOf(context.data->fields);
  constexpr size_t most = 12;
  std::string more =
      names.size() > most ? " and " + std::to_string(names.size() - most) + " more" : "";
  if (names.size() > most)
    names.resize(most);
  if (!names.empty())
    e.note(context.data->decl->name.range,
           quoted(context.data->decl->name.text) + " has the " +
               (columns ? "columns " : "fields ") +
               (more.empty() ? listed(names) : llvm::join(names, ", ") + more));
}

bool isSchedule(const FnDecl &fn) {
  const char *begin = fn.range.begin.getPointer();
  const StringRef text(begin, fn.range.end.getPointer() - begin);
  llvm::SmallVector<StringRef, 64> words;
  llvm::SplitString(text, words, " \t\r\n(){}[],;:+-*/%^<>=~.'");
  return llvm::any_of(words, [](StringRef word) {
    const Ambient *ambient = findAmbient(word);
    return ambient &&
           llvm::is_contained({AmbientKind::Step, AmbientKind::Epoch, AmbientKind::TotalSteps,
                               AmbientKind::StepsPerEpoch, AmbientKind::ValLoss},
                              ambient->kind);
  });
}

/// Whether a function compares the output of a model with a target.
static bool isLoss(const FnDecl &fn) {
  return factOf(&fn, "takes") || factOf(&fn, "target") || factOf(&fn, "classes");
}

bool NameSuggester::isWanted(const Decl &decl, Wanted wanted, const Scope &scope,
                             bool isArgument) const {
  const bool callee = wanted == Wanted::Function || wanted == Wanted::Stage;
  const bool inNetwork = (scope.context().at & (AtModel | AtLayer)) != 0;
  switch (decl.kind) {
  case StmtKind::Let:
    return !callee || !holdsLiteral(&decl);
  case StmtKind::Option:
    return !callee;
  case StmtKind::Fn: {
    auto &fn = cast<FnDecl>(decl);
    if (wanted == Wanted::Value || (wanted == Wanted::Stage && isSchedule(fn)))
      return false;
    // Suggest what a network consists of. An argument of a layer may be a schedule.
    return !inNetwork || !(isLoss(fn) || (isSchedule(fn) && !isArgument));
  }
  case StmtKind::Layer:
  case StmtKind::Model:
    return wanted != Wanted::Value;
  case StmtKind::Metric:
    return wanted == Wanted::Function && shared.inMetric;
  default:
    return false; // an initializer, an optimizer: declaredNames suggests them where they are needed
  }
}

std::vector<StringRef> NameSuggester::visibleNames(const Scope &scope, Wanted wanted,
                                                   bool isArgument) const {
  const Context &context = scope.context();
  const bool callee = wanted == Wanted::Function || wanted == Wanted::Stage;
  std::vector<StringRef> names;
  scope.forEach([&](const sema::Local &l) {
    const bool isTensor = l.kind != LocalKind::Value && l.kind != LocalKind::Result;
    if (l.decl && l.kind == LocalKind::Declaration ? isWanted(*l.decl, wanted, scope, isArgument)
                                                   : !callee || !isTensor)
      names.push_back(l.name);
  });
  auto addDecls = [&](llvm::ArrayRef<const Decl *> decls) {
    for (const Decl *d : decls)
      if (isWanted(*d, wanted, scope, isArgument))
        names.push_back(d->name.text);
  };
  if (!context.prelude)
    addDecls(shared.userDecls);
  for (const sema::Ambient &a : ambients())
    if (!callee && (a.where & context.at))
      names.push_back(a.name);
  addDecls(shared.preludeDecls);
  if (wanted == Wanted::Value)
    return names;
  llvm::append_range(names, namesOf(builtins()));
  llvm::append_range(names, elementwiseNames());
  return names;
}

std::vector<StringRef> NameSuggester::declaredNames(StmtKind kind, const Scope &scope) const {
  std::vector<StringRef> names;
  scope.forEach([&](const sema::Local &l) {
    if (l.decl && l.decl->kind == kind)
      names.push_back(l.name);
  });
  for (const auto *list : {&shared.userDecls, &shared.preludeDecls})
    for (const Decl *d : *list)
      if (d->kind == kind)
        names.push_back(d->name.text);
  return names;
}

} // namespace nnc::sema
