// Tests of the LLVM module with a program's tables.
#include "Sample.h"
#include "compiler/codegen/Tables.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Verifier.h"

using namespace nnc;

// The tables' values are checked by running a linked program: ExecutableTest.
TEST(TableWriter, ModuleIsValidAndComplete) {
  Sample sample;
  ProgramTables tables;
  fillTables(tables);
  LlvmProgram program = sample.translate();
  addProgram(*program.module, tables);
  std::string message;
  llvm::raw_string_ostream stream(message);
  EXPECT_FALSE(llvm::verifyModule(*program.module, &stream)) << message;
  auto *table = program.module->getNamedGlobal("nn_program");
  ASSERT_NE(table, nullptr);
  EXPECT_TRUE(table->isConstant());
  EXPECT_NE(program.module->getFunction("main"), nullptr);
}

TEST(TableWriter, EqualStringsAreWrittenOnce) {
  Sample sample;
  ProgramTables tables;
  tables.program.name = tables.text("same");
  tables.program.doc = tables.text("same");
  LlvmProgram program = sample.translate();
  addProgram(*program.module, tables);
  auto *table = llvm::cast<llvm::ConstantStruct>(
      program.module->getNamedGlobal("nn_program")->getInitializer());
  EXPECT_EQ(table->getOperand(2), table->getOperand(5));
}
