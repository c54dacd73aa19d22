// Checks the places of the parts of a model: those that `as` names, and those in paths
// (`net.head.w`).
#include "compiler/sema/names/Places.h"
#include "compiler/sema/names/PartTensors.h"

#include "compiler/sema/Text.h"

using llvm::cast;
using llvm::dyn_cast;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

namespace {

/// Collects the names after `as` and those of lets in the body of a model. They certainly name
/// places.
void collectPlaces(const Expr *expr, std::vector<Ident> &places) {
  if (!expr)
    return;
  switch (expr->kind) {
  case ExprKind::Pipe:
    for (; auto *p = dyn_cast<PipeExpr>(expr); expr = p->lhs) {
      if (p->place)
        places.push_back(p->place);
      collectPlaces(p->rhs, places);
    }
    return collectPlaces(expr, places);
  case ExprKind::Block: {
    auto *b = cast<BlockExpr>(expr);
    for (const Stmt *s : b->statements) {
      if (auto *let = dyn_cast<LetDecl>(s)) {
        places.push_back(let->name);
        collectPlaces(let->value, places);
      } else if (auto *param = dyn_cast<ParamStmt>(s)) {
        places.push_back(param->name);
      } else if (auto *state = dyn_cast<StateStmt>(s)) {
        places.push_back(state->name);
      } else if (auto *e = dyn_cast<ExprStmt>(s)) {
        collectPlaces(e->expr, places);
      }
    }
    return collectPlaces(b->value, places);
  }
  case ExprKind::Binary:
    for (; auto *b = dyn_cast<BinaryExpr>(expr); expr = b->lhs)
      collectPlaces(b->rhs, places);
    return collectPlaces(expr, places);
  case ExprKind::If: {
    auto *i = cast<IfExpr>(expr);
    collectPlaces(i->then, places);
    return collectPlaces(i->otherwise, places);
  }
  case ExprKind::Scan: {
    auto *s = cast<ScanExpr>(expr);
    for (const ScanSource &source : s->sources)
      collectPlaces(source.value, places);
    return collectPlaces(s->body, places);
  }
  case ExprKind::Call:
    for (const Argument &a : cast<CallExpr>(expr)->args)
      collectPlaces(a.value, places);
    return;
  default:
    return;
  }
}

} // namespace

/// A place that the body of the model does not name must at least look like a numbered one
/// (`dense1`). Whether it exists is known when the model is built.
void PlaceChecker::checkPlace(const ModelDecl &model, const Ident &place) {
  StringRef stem = place.text.rtrim("0123456789");
  if (findPartTensors(place.text))
    return;
  if (stem.size() != place.text.size() && !stem.empty()) {
    const Decl *kind = symbols.find(stem);
    if ((kind && kind->kind == StmtKind::Layer) ||
        (findBuiltin(stem) && findBuiltin(stem)->makesLayer()))
      return;
  }
  // The name of another model, which may be a part of this one. irgen checks that.
  if (const Decl *part = symbols.find(place.text);
      part && part->kind == StmtKind::Model && part != &model)
    return;
  std::vector<Ident> places;
  collectPlaces(model.body, places);
  std::vector<StringRef> names;
  for (const Ident &p : places) {
    if (p.text == place.text)
      return;
    names.push_back(p.text);
  }
  names.insert(names.end(), partTensorsNames().begin(), partTensorsNames().end());
  auto e = diags.error(place.range, quoted(model.name.text) + " has no part " + quoted(place.text))
               .suggest(place.text, names);
  e.note(model.name.range, "the model is declared here");
  if (didYouMean(place.text, names).empty())
    e.note("parts are named by `as` (`|> dense(10) as " + place.text +
           "`), or numbered by their kind (`dense1`); `weights` are all of them");
}

/// Two layers at the same place in one pipe would share their weights unintentionally.
void PlaceChecker::checkStages(const PipeExpr *pipe) {
  std::map<StringRef, Range> seen;
  llvm::SmallVector<const Ident *, 8> places;
  for (; pipe; pipe = dyn_cast<PipeExpr>(pipe->lhs))
    if (pipe->place)
      places.push_back(&pipe->place);
  for (const Ident *place : llvm::reverse(places)) {
    auto [it, fresh] = seen.try_emplace(place->text, place->range);
    if (!fresh)
      diags.error(place->range, "the place " + quoted(place->text) + " is taken")
          .note(it->second, "first named here");
  }
}

} // namespace nnc::sema
