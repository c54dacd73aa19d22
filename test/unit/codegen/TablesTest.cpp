// Tests of completing a program's tables with the results of planning.
#include "compiler/codegen/Tables.h"
#include "Sample.h"

using namespace nnc;

TEST(Tables, TakesWhatPlanningDecided) {
  Sample sample;
  ProgramTables tables;
  fillTables(tables);
  llvm::Error error = completeTables(tables, *sample.module);
  ASSERT_FALSE(bool(error)) << llvm::toString(std::move(error));
  EXPECT_EQ(tables.program.version, nnrt::programVersion);
  EXPECT_EQ(tables.program.persistent_bytes, 192);
  EXPECT_EQ(tables.program.tensors[0].offset, 64);
  EXPECT_EQ(tables.program.tensors[1].offset, 128);
  const TrainT &train = nnrt::as<TrainT>(tables.program.statements[0]);
  const CompiledFunctionT &step = tables.program.functions[size_t(train.step.code)];
  EXPECT_EQ(step.fixed_bytes, 4096);
  EXPECT_EQ(step.row_bytes, 128);
}

TEST(Tables, MissingFunctionIsNamed) {
  Sample sample;
  ProgramTables tables;
  fillTables(tables);
  tables.program.settings = tables.function("settings");
  llvm::Error error = completeTables(tables, *sample.module);
  ASSERT_TRUE(bool(error));
  EXPECT_NE(llvm::toString(std::move(error)).find("'settings'"), std::string::npos);
}

TEST(Tables, TensorWithoutAPlaceIsNamed) {
  Sample sample;
  ProgramTables tables;
  fillTables(tables);
  tables.program.tensors[1].name = "net.gone";
  llvm::Error error = completeTables(tables, *sample.module);
  ASSERT_TRUE(bool(error));
  EXPECT_NE(llvm::toString(std::move(error)).find("'net.gone'"), std::string::npos);
}
