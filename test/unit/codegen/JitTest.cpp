// Tests of the JIT: addresses of functions, which are compiled by their first call or in advance.
#include "compiler/codegen/Jit.h"
#include "Sample.h"
#include "compiler/codegen/Object.h"
#include "compiler/codegen/Optimize.h"
#include "llvm/Target/TargetMachine.h"

#include <atomic>
#include <cmath>
#include <thread>

using namespace nnc;

static LlvmProgram optimized(Sample &sample) {
  LlvmProgram program = sample.translate();
  optimize(*program.module, **sample.target.createMachine());
  return program;
}

static llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> object(Sample &sample) {
  LlvmProgram program = optimized(sample);
  auto bytes = emitObject(*program.module, sample.target);
  if (!bytes)
    return bytes.takeError();
  return llvm::MemoryBuffer::getMemBufferCopy({bytes->data(), bytes->size()});
}

TEST(Jit, GivesTheAddressesOfAnImage) {
  Sample sample;
  ProgramTables tables;
  fillTables(tables);
  auto jit = Jit::create(sample.target);
  ASSERT_TRUE(bool(jit)) << llvm::toString(jit.takeError());
  ASSERT_FALSE(bool((*jit)->add(optimized(sample))));
  auto code = (*jit)->addresses(tables.program.functions);
  ASSERT_TRUE(bool(code)) << llvm::toString(code.takeError());
  ASSERT_EQ(code->size(), 2u);
  const TrainT &train = nnrt::as<TrainT>(tables.program.statements[0]);
  EXPECT_EQ(callFunction<int64_t>((*code)[train.step.code], 6, 0, 1, 2), 612);
  EXPECT_FALSE(train.eval.exists());
  const PrintT &print = nnrt::as<PrintT>(tables.program.statements[1]);
  EXPECT_EQ(callFunction<double>((*code)[print.fn.code], 1, 2.0), std::exp(2.0));
}

TEST(Jit, LazyFunctionsAreMadeByTheirFirstCall) {
  Sample sample;
  auto jit = Jit::create(sample.target);
  ASSERT_TRUE(bool(jit)) << llvm::toString(jit.takeError());
  int made = 0;
  std::string names[] = {"numbers", "exponential"};
  llvm::Error error =
      (*jit)->addLazily(names, [&]() -> llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> {
        ++made;
        return object(sample);
      });
  ASSERT_FALSE(bool(error)) << llvm::toString(std::move(error));
  auto address = (*jit)->lookup("numbers");
  ASSERT_TRUE(bool(address)) << llvm::toString(address.takeError());
  EXPECT_EQ(made, 0);
  auto code = reinterpret_cast<nn_code>(*address);
  EXPECT_EQ(callFunction<int64_t>(code, 3, 0), 301);
  EXPECT_EQ(callFunction<int64_t>(code, 4, 0), 401);
  auto other = (*jit)->lookup("exponential");
  ASSERT_TRUE(bool(other)) << llvm::toString(other.takeError());
  EXPECT_EQ(callFunction<double>(reinterpret_cast<nn_code>(*other), 1, 0.5), std::exp(0.5));
  EXPECT_EQ(made, 1);
}

TEST(Jit, PreparedFunctionIsNotMadeAgain) {
  Sample sample;
  auto jit = Jit::create(sample.target);
  ASSERT_TRUE(bool(jit)) << llvm::toString(jit.takeError());
  std::atomic<int> made = 0;
  std::string names[] = {"numbers", "exponential"};
  ASSERT_FALSE(
      bool((*jit)->addLazily(names, [&]() -> llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> {
        ++made;
        return object(sample);
      })));
  auto address = (*jit)->lookup("numbers");
  ASSERT_TRUE(bool(address)) << llvm::toString(address.takeError());
  // One thread prepares a function while another one calls it.
  std::thread other([&] { EXPECT_FALSE(bool((*jit)->prepare("numbers"))); });
  EXPECT_EQ(callFunction<int64_t>(reinterpret_cast<nn_code>(*address), 3, 0), 301);
  other.join();
  EXPECT_FALSE(bool((*jit)->prepare("exponential")));
  EXPECT_EQ(made, 1);
}

TEST(Jit, FailureToPrepareIsAnError) {
  Sample sample;
  auto jit = Jit::create(sample.target);
  ASSERT_TRUE(bool(jit)) << llvm::toString(jit.takeError());
  std::string name = "numbers";
  ASSERT_FALSE(
      bool((*jit)->addLazily(name, []() -> llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> {
        return llvm::createStringError("no numbers");
      })));
  llvm::Error error = (*jit)->prepare("numbers");
  EXPECT_TRUE(bool(error));
  llvm::consumeError(std::move(error));
}

TEST(Jit, MissingFunctionIsAnError) {
  Sample sample;
  auto jit = Jit::create(sample.target);
  ASSERT_TRUE(bool(jit)) << llvm::toString(jit.takeError());
  auto address = (*jit)->lookup("nothing");
  ASSERT_FALSE(bool(address));
  EXPECT_NE(llvm::toString(address.takeError()).find("nothing"), std::string::npos);
}
