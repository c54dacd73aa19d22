// Tests of the machine model: levels, features, and the numbers that follow from others.
#include "compiler/machine/MachineModel.h"
#include "runtime/device/costs.h"

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/MLIRContext.h"
#include "gtest/gtest.h"

#include <set>

using namespace nnc;

TEST(MachineModel, LevelsDifferInVectorsAndInstructions) {
  struct Level {
    const char *name;
    int64_t bytes, registers;
    bool fma, rounding;
  };
  for (Level level :
       {Level{"x86-64", 16, 16, false, false}, Level{"x86-64-v2", 16, 16, false, true},
        Level{"x86-64-v3", 32, 16, true, true}, Level{"x86-64-v4", 64, 32, true, true}}) {
    auto model = MachineModel::named(level.name);
    ASSERT_TRUE(model.has_value()) << level.name;
    EXPECT_EQ(model->vectorBytes, level.bytes) << level.name;
    EXPECT_EQ(model->registers, level.registers) << level.name;
    EXPECT_EQ(model->fma, level.fma) << level.name;
    EXPECT_EQ(model->rounding, level.rounding) << level.name;
  }
}

TEST(MachineModel, OnlyLevelsHaveNames) {
  for (const char *name : {"", "native", "znver5", "x86-64-v9", "generic"})
    EXPECT_FALSE(MachineModel::named(name).has_value()) << name;
}

TEST(MachineModel, TheDefaultIsTheHighestLevel) {
  EXPECT_EQ(MachineModel().text(), MachineModel::named("x86-64-v4")->text());
}

TEST(MachineModel, VectorsNeedBothPartsOfAvx512) {
  // AVX-512 without VL (Knights Landing) has no masked vectors of 32 bytes.
  MachineModel model = MachineModel::x86([](llvm::StringRef feature) {
    return feature == "avx512f" || feature == "avx2" || feature == "fma";
  });
  EXPECT_EQ(model.vectorBytes, 32);
  EXPECT_EQ(model.registers, 16);
  EXPECT_FALSE(model.rounding);
}

TEST(MachineModel, TextTellsModelsApart) {
  std::set<std::string> texts;
  auto add = [&](const MachineModel &model) { EXPECT_TRUE(texts.insert(model.text()).second); };
  for (const char *name : {"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"})
    add(*MachineModel::named(name));
  add(MachineModel::aarch64());
  MachineModel model;
  model.loadSlots = 1;
  add(model);
  model.l2Bytes *= 2;
  add(model);
  model.plannedThreads = 8;
  add(model);
  EXPECT_EQ(MachineModel().text(), MachineModel().text());
}

TEST(MachineModel, PartsOfCachesFit) {
  for (const MachineModel &model : {MachineModel(), MachineModel::aarch64()}) {
    EXPECT_LT(model.rowPanelBytes(), model.l1Bytes);
    EXPECT_LT(model.packedPanelBytes() + model.accumulatorBytes(), model.l2Bytes);
    EXPECT_EQ(model.l1Bytes % model.l1WayBytes, 0);
    EXPECT_EQ(model.l2Bytes % model.l2WayBytes, 0);
    EXPECT_LT(model.loadSlots, model.l2LoadSlots);
    EXPECT_LT(model.l2LoadSlots, model.l3LoadSlots);
  }
}

// Code is kept and compared between machines, so what decides it may change only on purpose.
TEST(MachineModel, NumbersThatDecideCode) {
  MachineModel model;
  EXPECT_EQ(model.rowPanelBytes(), 24 << 10);
  EXPECT_EQ(model.packedPanelBytes(), 256 << 10);
  EXPECT_EQ(model.accumulatorBytes(), 128 << 10);
  EXPECT_EQ(model.longestStripBytes(), 64 << 10);
  EXPECT_EQ(model.blockBytes(), 256);
  EXPECT_EQ(model.cyclesWorthSharing(), 15000);
  EXPECT_EQ(model.unitsWorthSharing(model.slotCycles), 15000);
  EXPECT_EQ(model.unitsWorthSharing(model.instructionCycles), 12000);
  EXPECT_EQ(model.unitsWorthSharing(model.reducedVectorCycles), 6000);
  EXPECT_EQ(model.unitsWorthSharing(model.rowVectorCycles), 3750);
}

TEST(MachineModel, LanesDependOnTheElement) {
  mlir::MLIRContext context;
  MachineModel model = *MachineModel::named("x86-64-v3");
  EXPECT_EQ(model.lanesOf(mlir::Float32Type::get(&context)), 8);
  EXPECT_EQ(model.lanesOf(mlir::Float64Type::get(&context)), 4);
}

TEST(MachineModel, CachesAreThoseThatTheRuntimeAssumes) {
  MachineModel model;
  EXPECT_EQ(double(model.l1Bytes), nnrt::usualCacheBytes[NN_L1]);
  EXPECT_EQ(double(model.l2Bytes), nnrt::usualCacheBytes[NN_L2]);
}
