// addProgram: a trainer's module holds its program as an nn_image.
#include "Sample.h"
#include "compiler/codegen/Tables.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Verifier.h"

using namespace nnc;

namespace {

/// A constant that another one points to.
llvm::GlobalVariable *pointedTo(llvm::Constant *pointer) {
  return llvm::cast<llvm::GlobalVariable>(pointer->stripPointerCasts());
}

} // namespace

// What the tables hold is checked by running a linked program: ExecutableTest.
TEST(Image, ModuleIsValidAndComplete) {
  Sample sample;
  ProgramTables tables;
  fillTables(tables);
  LlvmProgram program = sample.translate();
  addProgram(*program.module, tables);
  std::string message;
  llvm::raw_string_ostream stream(message);
  EXPECT_FALSE(llvm::verifyModule(*program.module, &stream)) << message;
  auto *image = program.module->getNamedGlobal("nn_program");
  ASSERT_NE(image, nullptr);
  EXPECT_TRUE(image->isConstant());
  EXPECT_NE(program.module->getFunction("main"), nullptr);
}

TEST(Image, HasTheBytesAndTheFunctionsInTheirOrder) {
  Sample sample;
  ProgramTables tables;
  fillTables(tables);
  LlvmProgram program = sample.translate();
  addProgram(*program.module, tables);
  auto *image = llvm::cast<llvm::ConstantStruct>(
      program.module->getNamedGlobal("nn_program")->getInitializer());
  const std::string packed = nnrt::packProgram(tables.program);

  auto *bytes = pointedTo(image->getOperand(0));
  EXPECT_TRUE(bytes->isConstant());
  EXPECT_GE(bytes->getAlign().valueOrOne().value(), 16u);
  EXPECT_EQ(llvm::cast<llvm::ConstantDataArray>(bytes->getInitializer())->getRawDataValues().str(),
            nnrt::compressed(packed));
  EXPECT_EQ(llvm::cast<llvm::ConstantInt>(image->getOperand(1))->getZExtValue(),
            nnrt::compressed(packed).size());
  EXPECT_EQ(llvm::cast<llvm::ConstantInt>(image->getOperand(3))->getZExtValue(), packed.size());

  auto *functions = pointedTo(image->getOperand(2));
  EXPECT_TRUE(functions->isConstant());
  auto *addresses = llvm::cast<llvm::ConstantArray>(functions->getInitializer());
  ASSERT_EQ(addresses->getNumOperands(), tables.program.functions.size());
  for (unsigned f = 0; f < addresses->getNumOperands(); ++f)
    EXPECT_EQ(addresses->getOperand(f)->getName().str(), tables.program.functions[f].symbol);
}
