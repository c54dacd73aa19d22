// Makes what the tests of irgen work on.
#include "test/unit/irgen/Elaboration.h"

#include "compiler/dialect/NnDialect.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnc {

DialectContext::DialectContext() : mlir::MLIRContext(Threading::DISABLED) {
  loadDialect<nn::NnDialect, mlir::func::FuncDialect>();
}

Elaboration::Elaboration(llvm::StringRef text)
    : Checked(text), module(mlir::ModuleOp::create(mlir::UnknownLoc::get(&context))),
      fn(diags, *module, "f", mlir::Float32Type::get(&context)), elab(diags, symbols) {
  elab.fn = &fn;
}

Value Elaboration::field(llvm::StringRef name, llvm::ArrayRef<int64_t> shape,
                         std::vector<std::string> axes) {
  fn.batched = true;
  Value v = fn.addField(name, shape);
  v.axes = std::move(axes);
  return v;
}

Value Elaboration::tensor(llvm::StringRef name, llvm::ArrayRef<int64_t> shape) {
  return fn.addField(name, shape, /*batched=*/false);
}

Value Elaboration::valueOf(llvm::StringRef name) {
  const bool prelude = !symbols.user.count(name);
  const ast::Decl *decl = symbols.find(name, prelude);
  return decl ? elab.declared(decl, prelude) : Value::error();
}

Value Elaboration::call(llvm::StringRef name, llvm::ArrayRef<Value> args) {
  std::vector<Arg> given;
  for (const Value &v : args)
    given.push_back({"", v, Range()});
  if (std::optional<sema::Predefined> function = sema::findPredefined(name))
    return callPredefined(elab, *function, BuiltinCall{given, Range()});
  return elab.call(valueOf(name), given, Range());
}

Messages Elaboration::messages() const {
  Messages all;
  for (const Diagnostic &d : diags.all())
    all.push_back(d.message);
  return all;
}

std::string Elaboration::finish() {
  std::string text;
  llvm::raw_string_ostream os(text);
  fn.finish().print(os);
  return text;
}

Generated::Generated(llvm::StringRef text) : Checked(text) {
  if (sound)
    generated = generate(diags, context, *programs.back(), symbols, IrgenOptions(), result);
}

std::string withCommon(llvm::StringRef text) { return common + text.str(); }

} // namespace nnc
