// Tests of the functions and rows of models and data sets.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;

TEST(Models, HaveAnInitAndAPredictFunction) {
  Generated g(withCommon(""));
  ASSERT_TRUE(g.generated);
  const ModelT &net = g.program().models.at(0);
  EXPECT_EQ(net.in_shape, std::vector<int64_t>{2});
  EXPECT_EQ(net.out_shape, std::vector<int64_t>{2});
  EXPECT_EQ(g.result.tables->symbolOf(net.init), "model_net_init");
  mlir::func::FuncOp init = g.function("model_net_init"), predict = g.function("model_net_predict");
  ASSERT_TRUE(init && predict);
  EXPECT_EQ(init.getNumResults(), 2u); // w and b
  EXPECT_EQ(countOf<nn::RandomUniformOp>(init), 1u);
  EXPECT_EQ(predict.getNumArguments(), 3u);
  EXPECT_EQ(countOf<nn::ContractOp>(predict), 1u);
}

TEST(Models, WithoutTensorsDrawNothing) {
  Generated g("model twice(x: [3]) { 2 * x }\n");
  ASSERT_TRUE(g.generated);
  EXPECT_FALSE(g.program().models.at(0).init.exists());
  EXPECT_FALSE(g.function("model_twice_init"));
}

TEST(Models, ShapesMustBeThoseThatAreStated) {
  Generated g("model net(x: [2]) -> [3] { x |> dense(4) }\n");
  EXPECT_FALSE(g.generated);
  EXPECT_EQ(g.errors().size(), 1u);
}

TEST(DataSets, FieldsAreResultsOfPrepare) {
  Generated g("data d = moons(n = 9) { z = 2 * x }\n");
  ASSERT_TRUE(g.generated) << testing::PrintToString(g.errors());
  const DataT &d = g.program().data.at(0);
  ASSERT_FALSE(d.fields.empty());
  mlir::func::FuncOp prepare = g.function("data_d_prepare");
  ASSERT_TRUE(prepare);
  EXPECT_EQ(prepare.getNumResults(), d.fields.size());
  for (auto [i, field] : llvm::enumerate(d.fields))
    EXPECT_EQ(prepare.getResultAttrOfType<mlir::StringAttr>(i, "nn.result").getValue(), field.name);
}
