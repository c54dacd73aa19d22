// The formulas of a step that is written as a function of the nn dialect.
#pragma once

#include "compiler/driver/math/Sheet.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"
#include "mlir/Parser/Parser.h"
#include "test/loops/Loops.h"

namespace nnc::math {

/// The sections of a function whose first result is the loss and whose arguments have names. A
/// result with `nn.update` is the new value of a parameter, one with `nn.gradient` its gradient.
inline std::string formulas(const char *text, bool latex) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  context.loadDialect<nn::NnDialect, test::TestDialect, mlir::func::FuncDialect>();
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module)
    return "not parsed";
  const Typography type(latex);
  Step step;
  step.function = *module->getOps<mlir::func::FuncOp>().begin();
  mlir::Operation *end = step.function.getBody().front().getTerminator();
  step.loss = end->getOperand(0);
  for (mlir::BlockArgument argument : step.function.getArguments())
    if (auto name = step.function.getArgAttrOfType<mlir::StringAttr>(argument.getArgNumber(),
                                                                     "nn.tensor")) {
      Parameter p{argument, {}, type.name(name.getValue()), name.str()};
      for (unsigned i = 0; i < end->getNumOperands(); ++i)
        if (step.function.getResultAttr(i, "nn.gradient") == name)
          p.gradient = end->getOperand(i);
      step.parameters.push_back(p);
    }
  std::string out;
  llvm::raw_string_ostream os(out);
  for (const Section &section : Sheet(step, type).build())
    if (!llvm::StringRef(section.title).starts_with("Sizes"))
      print(os, section, type);
  return out;
}

} // namespace nnc::math
