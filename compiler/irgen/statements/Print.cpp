// Generates print statements: a function for each value, or a text that is known.
#include "compiler/irgen/statements/Print.h"

using namespace nnc;

void PrintGenerator::generate(llvm::ArrayRef<ast::Expr *> values) {
  for (const ast::Expr *e : values) {
    Function fn(ctx.diags, ctx.module, "print" + std::to_string(count++), ctx.element);
    ctx.elab.fn = &fn;
    Value v = ctx.elab.evaluate(e, Scope());
    if (v.isError()) {
      ProgramContext::drop(fn);
      continue;
    }
    PrintT row;
    row.where = ctx.where(e->range);
    if (v.kind == Value::Kind::Text) {
      ProgramContext::drop(fn);
      row.text = v.text;
      ctx.add(std::move(row));
      continue;
    }
    if (v.kind == Value::Kind::Place)
      v = ctx.elab.readPlace(v, e->range);
    if (v.kind == Value::Kind::Applicable) {
      ctx.diags.error(e->range, v.describe() + " cannot be printed; its value for an input can: `" +
                                    v.target->name + "([…])`");
      ProgramContext::drop(fn);
      continue;
    }
    Value t = fn.emit.toTensor(v, e->range);
    if (!t.isTensor()) {
      ProgramContext::drop(fn);
      continue;
    }
    row.text.assign(e->range.begin.getPointer(), e->range.end.getPointer());
    fn.addResult("value", t.tensor);
    row.shape = exampleShape(t.tensor).vec();
    row.fn = ctx.finish(fn);
    ctx.add(std::move(row));
  }
}
