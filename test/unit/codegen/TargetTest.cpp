// Tests of targets: processor levels, features, other architectures, errors.
#include "compiler/codegen/Target.h"
#include "llvm/Target/TargetMachine.h"
#include "gtest/gtest.h"

using namespace nnc;

TEST(Target, NativeIsALevelWithFeatures) {
  auto target = Target::parse();
  ASSERT_TRUE(bool(target)) << llvm::toString(target.takeError());
  EXPECT_FALSE(target->cpu.empty());
  EXPECT_TRUE(bool(target->createMachine()));
}

TEST(Target, LevelsSetTheVectorWidth) {
  struct Case {
    const char *cpu;
    int64_t bytes, registers;
    bool fma, rounding;
  };
  for (Case c : {Case{"x86-64", 16, 16, false, false}, Case{"x86-64-v2", 16, 16, false, true},
                 Case{"x86-64-v3", 32, 16, true, true}, Case{"x86-64-v4", 64, 32, true, true}}) {
    auto target = Target::parse(c.cpu, "x86_64-unknown-linux-gnu");
    ASSERT_TRUE(bool(target)) << llvm::toString(target.takeError());
    EXPECT_EQ(target->machine.vectorBytes, c.bytes) << c.cpu;
    EXPECT_EQ(target->machine.registers, c.registers) << c.cpu;
    EXPECT_EQ(target->machine.fma, c.fma) << c.cpu;
    EXPECT_EQ(target->machine.rounding, c.rounding) << c.cpu;
    // A level's code is the same on every machine.
    auto named = MachineModel::named(c.cpu);
    ASSERT_TRUE(named.has_value());
    EXPECT_EQ(target->machine.text(), named->text()) << c.cpu;
  }
}

TEST(Target, OtherArchitectures) {
  auto target = Target::parse("native", "aarch64-unknown-linux-gnu");
  ASSERT_TRUE(bool(target)) << llvm::toString(target.takeError());
  EXPECT_EQ(target->machine.vectorBytes, 16);
  EXPECT_TRUE(bool(target->createMachine()));
}

TEST(Target, NamesAllThatCodeMayUse) {
  auto target = Target::parse("x86-64-v3", "x86_64-unknown-linux-gnu");
  ASSERT_TRUE(bool(target)) << llvm::toString(target.takeError());
  const std::string all = "," + target->all + ",";
  for (const char *name : {",sse4.2,", ",avx2,", ",fma,", ",bmi2,"})
    EXPECT_NE(all.find(name), std::string::npos) << name << all;
  EXPECT_EQ(all.find(",avx512f,"), std::string::npos);
}

TEST(Target, UnsupportedMachinesAreErrors) {
  for (const char *triple : {"riscv64-linux-gnu", "ve", "x86_64-linux-gnux32",
                             "aarch64_be-linux-gnu", "x86_64-windows-msvc", "arm64-apple-macos"}) {
    auto target = Target::parse("native", triple);
    ASSERT_FALSE(bool(target)) << triple;
    EXPECT_NE(llvm::toString(target.takeError()).find("alone"), std::string::npos) << triple;
  }
}

TEST(Target, UnknownNamesAreErrors) {
  auto cpu = Target::parse("x86-64-v9", "x86_64-unknown-linux-gnu");
  ASSERT_FALSE(bool(cpu));
  EXPECT_NE(llvm::toString(cpu.takeError()).find("x86-64-v3"), std::string::npos);
  auto triple = Target::parse("native", "pdp11-dec-unix");
  ASSERT_FALSE(bool(triple));
  EXPECT_NE(llvm::toString(triple.takeError()).find("pdp11"), std::string::npos);
  auto small = Target::parse("native", "i686-unknown-linux-gnu");
  ASSERT_FALSE(bool(small));
  llvm::consumeError(small.takeError());
}
