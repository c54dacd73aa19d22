// Evaluates to numbers, whole numbers and shapes that are known before the run; limits how deeply
// values are nested.
#include "compiler/irgen/eval/Elaborator.h"
#include "compiler/irgen/builtins/Arguments.h"

#include <cmath>

using namespace nnc;

Part::Part(Elaborator &elab) : elab(elab), fn(elab.fn), diags(elab.diags), symbols(elab.symbols) {}

Elaborator::Elaborator(Diagnostics &diags, const sema::Symbols &symbols)
    : diags(diags), symbols(symbols), expressions(*this), arithmetic(*this), axes(*this),
      indexing(*this), calls(*this), places(*this), layers(*this), bodies(*this),
      initializers(*this), scans(*this) {}

Elaborator::Nesting::Nesting(Elaborator &e, const llvm::Twine &name, Range at)
    : e(e), allowed(++e.depth <= mostNesting) {
  if (!allowed)
    e.diags
        .error(at, "`" + name + "` is more than " + llvm::Twine(mostNesting) +
                       " values, functions and layers deep, each of which is made of the next; nnc "
                       "goes no deeper")
        .note("a longer chain can be cut by arguments: `fn f(x) = …` of a value that is computed "
              "before");
}

bool Elaborator::integerOf(const Value &v, int64_t &n, Range at, llvm::StringRef what) {
  if (v.isError())
    return false;
  const std::optional<double> number = knownNumber(v);
  if (!number) {
    auto report = diags.error(at, what + " must be known at compile time; this is " + v.describe());
    if (v.isHostScalar())
      report.note("an `option` is a flag of the compiled program; a `let` is known here");
    return false;
  }
  if (*number != std::floor(*number) || std::abs(*number) > 1e15) {
    diags.error(at, what + " must be a whole number");
    return false;
  }
  n = int64_t(*number);
  return true;
}

bool Elaborator::evaluateInteger(const ast::Expr *e, const Scope &scope, int64_t &n,
                                 llvm::StringRef what) {
  return integerOf(evaluate(e, scope), n, e->range, what);
}

bool Elaborator::evaluateNumber(const ast::Expr *e, const Scope &scope, double &n,
                                llvm::StringRef what) {
  Value v = evaluate(e, scope);
  if (v.isError())
    return false;
  const std::optional<double> number = knownNumber(v);
  if (!number) {
    diags.error(e->range,
                what + " must be a number known at compile time; this is " + v.describe());
    return false;
  }
  n = *number;
  return true;
}

bool Elaborator::evaluateShape(const ast::Shape &shape, const Scope &scope,
                               std::vector<int64_t> &sizes, std::vector<std::string> &axes) {
  const unsigned frame = scope.frameOfCall();
  std::map<std::string, unsigned> seen;
  for (const ast::Expr *dim : shape.dims) {
    if (llvm::isa<ast::EllipsisExpr>(dim)) {
      // The other axes of the input, under the names that matchShape gave them.
      for (int i = 0;; ++i) {
        const std::string name = "..." + std::to_string(i);
        const Value *v = scope.find(name);
        if (!v)
          break;
        sizes.push_back(int64_t(v->number));
        axes.push_back(axisId(frame, name));
      }
      continue;
    }
    // A list stands for as many axes as it has items. They have no names.
    Value v = evaluate(dim, scope);
    for (const Value &item : flatItemsOf(v)) {
      int64_t n;
      if (!integerOf(item, n, dim->range, "the size of an axis"))
        return false;
      if (n < 1 || n > (int64_t(1) << 32)) {
        diags.error(dim->range,
                    "an axis of size " + llvm::Twine(n) + ": it must be 1 or more, and below 2^32");
        return false;
      }
      sizes.push_back(n);
    }
    if (v.kind == Value::Kind::List) {
      axes.resize(sizes.size());
      continue;
    }
    auto *name = llvm::dyn_cast<ast::NameExpr>(dim);
    axes.push_back(name ? axisId(frame, name->name.text, seen[name->name.text.str()]++) : "");
  }
  double elements = 1;
  for (int64_t s : sizes)
    elements *= double(s);
  if (elements > double(int64_t(1) << 33)) {
    diags.error(shape.range,
                "a tensor of " + llvm::Twine(shapeText(sizes)) + " would not fit in memory");
    return false;
  }
  return true;
}
