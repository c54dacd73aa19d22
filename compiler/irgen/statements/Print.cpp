// Generates print statements: a function for each value, or a text that is known.
#include "compiler/irgen/statements/Print.h"

using namespace nnc;

const ast::Expr *PrintGenerator::printed(const ast::Expr *e, int32_t &data) {
  auto *call = llvm::dyn_cast<ast::CallExpr>(e);
  const ast::DataDecl *text =
      call ? ctx.elab.calls.dataCalled(call, sema::textMethod, Scope()) : nullptr;
  if (!text || call->args.size() != 1 || !call->args[0].value)
    return e;
  ctx.elab.spelled.insert(text);
  data = dataSets.indexOf(text);
  return call->args[0].value;
}

void PrintGenerator::generate(llvm::ArrayRef<ast::Expr *> values) {
  for (const ast::Expr *e : values) {
    Function fn(ctx.diags, ctx.module, "print" + std::to_string(count++), ctx.element);
    ctx.elab.fn = &fn;
    int32_t data = -1;
    Value v = ctx.elab.evaluate(printed(e, data), Scope());
    if (v.isError()) {
      ProgramContext::drop(fn);
      continue;
    }
    PrintT row;
    row.where = ctx.where(e->range);
    row.data = data;
    if (v.kind == Value::Kind::Text && data < 0) {
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
