// What the loops of the test dialect compute, for the reference interpreter.
#include "test/interpreter/Interpreter.h"
#include "test/loops/Loops.h"

namespace nnc::test {

static reference::Outcome repeat(const reference::LoopCall &call) {
  auto loop = mlir::cast<RepeatOp>(call.op);
  std::vector<reference::Tensor> arguments = call.operands;
  for (uint64_t run = 0; run < loop.getTimes(); ++run) {
    reference::Outcome outcome = call.runBlock(arguments);
    if (!outcome.error.empty())
      return outcome;
    llvm::copy(outcome.results, arguments.begin());
  }
  arguments.resize(loop.getNumResults());
  return {std::move(arguments), ""};
}

void addLoopSemantics() { reference::addLoop(RepeatOp::getOperationName(), repeat); }

} // namespace nnc::test
