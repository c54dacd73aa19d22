// Tests random programs: against the interpreter, and fused against not fused.
#include "test/unit/lowering/RandomProgram.h"
#include "compiler/dialect/NnDialect.h"
#include "mlir/IR/Verifier.h"

#include <cstdlib>

using namespace nnc::test;

namespace {

/// The number of programs; NNC_RANDOM_PROGRAMS overrides it, for long runs.
unsigned programs() {
  const char *given = std::getenv("NNC_RANDOM_PROGRAMS");
  return given ? std::atoi(given) : 25;
}
unsigned firstSeed() {
  const char *given = std::getenv("NNC_RANDOM_SEED");
  return given ? std::atoi(given) : 1;
}

void runSeed(unsigned seed, const std::string &element, double tolerance) {
  SCOPED_TRACE("seed " + std::to_string(seed) + " " + element);
  Program program(randomProgram(seed, 14, element));
  ASSERT_TRUE(mlir::succeeded(mlir::verify(program.getModule())));
  int64_t batch = 1 + seed % 6;
  auto arguments = program.randomArguments(batch, seed);
  check(program, arguments, batch, tolerance);
  if (testing::Test::HasFailure()) {
    std::string text;
    llvm::raw_string_ostream stream(text);
    program.getModule().print(stream);
    ADD_FAILURE() << text;
  }
}

} // namespace

// In f64, code and interpreter differ only in the last bits.
TEST(RandomProgram, AgreesWithTheInterpreterInF64) {
  for (unsigned seed = firstSeed(); seed < firstSeed() + programs() && !HasFailure(); ++seed)
    runSeed(seed, "f64", 1e-9);
}

// In f32 a comparison may give another result, but fusion and threads must not change any bit.
TEST(RandomProgram, FusionAndThreadsChangeNoBitInF32) {
  for (unsigned seed = firstSeed(); seed < firstSeed() + programs() && !HasFailure(); ++seed)
    runSeed(1000 + seed, "f32", INFINITY);
}

// tanh(exp(tanh(…))) of an iota, whose lanes are constants only in the fused kernel.
TEST(RandomProgram, FunctionsOfKnownNumbersHaveTheBitsOfUnknownOnes) {
  runSeed(1066, "f32", INFINITY);
}

TEST(RandomProgram, UsesEveryOp) {
  std::set<std::string> made;
  for (unsigned seed = 1; seed < 200; ++seed)
    randomProgram(seed, 14, seed % 2 ? "f64" : "f32", &made);
  for (mlir::RegisteredOperationName op : testContext().getRegisteredOperations()) {
    if (op.getDialectNamespace() != "nn" || op.hasTrait<nnc::nn::BeforeCodegen>() ||
        op.hasTrait<mlir::OpTrait::IsTerminator>() || // of loops' blocks
        op.hasInterface<nnc::nn::LoopOp>() ||         // RandomScanTest
        op.getStringRef() == "nn.max_plus")           // MaxPlusTest
      continue;
    EXPECT_TRUE(made.count(op.getStringRef().str()))
        << op.getStringRef().str() << " is in no random program";
  }
}
