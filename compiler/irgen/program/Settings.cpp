// The numbers and texts of statements and sources, and the function that computes those that depend
// on options.
#include "compiler/irgen/program/Settings.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/Format.h"

#include <cmath>

using namespace nnc;

void Settings::begin() {
  function = std::make_unique<Function>(ctx.diags, ctx.module, "settings",
                                        mlir::Float64Type::get(ctx.module.getContext()));
  enter();
}

void Settings::end() {
  if (count)
    ctx.out.settings = ctx.finish(*function);
  else
    ProgramContext::drop(*function);
  ctx.out.settings_count = count;
}

Value Settings::evaluate(const ast::Expr *e) {
  Function *outer = ctx.elab.fn;
  enter();
  Value v = ctx.elab.evaluate(e, Scope());
  ctx.elab.fn = outer;
  return v;
}

nn_number Settings::number(const ast::Expr *e, llvm::StringRef what, double least, double most,
                           bool whole) {
  Value v = evaluate(e);
  if (v.isError())
    return constantNumber(0);
  if (v.isKnown()) {
    if (!(v.number >= least && v.number <= most)) {
      auto tidy = [](double d) {
        llvm::SmallString<16> s;
        llvm::raw_svector_ostream(s) << llvm::format("%g", d);
        return std::string(s);
      };
      std::string range = most >= 1e300 ? "at least " + tidy(least)
                                        : "between " + tidy(least) + " and " + tidy(most);
      ctx.diags.error(e->range, what + " must be " + range + ", not " + tidy(v.number));
    } else if (whole && v.number != std::floor(v.number)) {
      ctx.diags.error(e->range, what + " must be a whole number");
    }
    return constantNumber(v.number);
  }
  if (!v.isHostScalar()) {
    ctx.diags.error(e->range, what + " must be a number; this is " + v.describe());
    return constantNumber(0);
  }
  function->addResult("setting" + std::to_string(count), v.tensor);
  return nn_number{0, count++};
}

nn_number Settings::epochs(const ast::Expr *e, llvm::StringRef what) {
  if (auto *n = llvm::dyn_cast<ast::NumberExpr>(e))
    if (n->unit == ast::Unit::Steps) {
      ctx.diags.error(e->range, what + " is counted in epochs here: `" + n->spelling + " epochs`");
      return constantNumber(1);
    }
  return number(e, what, 1, 1e15, /*whole=*/true);
}

bool Settings::textOf(const ast::Expr *e, std::string &text, llvm::StringRef what) {
  if (!e)
    return false;
  Value v = evaluate(e);
  if (v.isError())
    return false;
  if (v.kind != Value::Kind::Text || v.text.empty()) {
    ctx.diags.error(
        e->range,
        what + " must be a file's name in quotes; this is " +
            (v.text.empty() && v.kind == Value::Kind::Text ? std::string("empty") : v.describe()));
    return false;
  }
  text = v.text;
  return true;
}
