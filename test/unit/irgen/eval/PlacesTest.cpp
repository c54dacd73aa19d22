// Tests of places: the names of the tensors of models.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;

static Messages tensorsOf(llvm::StringRef model) {
  Generated g(model);
  EXPECT_TRUE(g.generated) << testing::PrintToString(g.errors());
  Messages names;
  for (const TensorT &t : g.program().tensors)
    names.push_back(t.name);
  return names;
}

TEST(Places, LayersAreNumberedByKind) {
  EXPECT_EQ(tensorsOf("model m(x: [2]) { x |> dense(4) |> tanh |> dense(3) }\n"),
            (Messages{"m.dense1.w", "m.dense1.b", "m.dense2.w", "m.dense2.b"}));
}

TEST(Places, NumbersSkipGivenNames) {
  EXPECT_EQ(tensorsOf("model m(x: [2]) { x |> dense(4) |> dense(3) as dense1 }\n"),
            (Messages{"m.dense2.w", "m.dense2.b", "m.dense1.w", "m.dense1.b"}));
}

TEST(Places, ALayerUsedTwiceHasOnePlace) {
  EXPECT_EQ(tensorsOf("model m(x: [2]) { let f = dense(2)\n x |> f |> f }\n"),
            (Messages{"m.f.w", "m.f.b"}));
}

TEST(Places, CopiesAreNumberedAfterTheirName) {
  EXPECT_EQ(tensorsOf("model m(x: [2]) { let f = dense(2)\n x |> repeat(2, f) }\n"),
            (Messages{"m.f1.w", "m.f1.b", "m.f2.w", "m.f2.b"}));
}

TEST(Places, InnerLayersAreBelowTheirLayer) {
  EXPECT_EQ(
      tensorsOf("layer block(x: [n]) = x |> dense(n)\nmodel m(x: [2]) { x |> block |> block }\n"),
      (Messages{"m.block1.dense1.w", "m.block1.dense1.b", "m.block2.dense1.w",
                "m.block2.dense1.b"}));
}

TEST(Places, PartsKeepTheirOwn) {
  Generated g("model inner(x: [2]) -> [2] { x |> dense(2) }\nmodel outer(x: [2]) { inner(x) |> "
              "dense(1) }\n");
  ASSERT_TRUE(g.generated);
  Messages rows;
  const ModelT &outer = g.program().models[1];
  for (int i = 0; i < outer.tensors.count; ++i) {
    const TensorT &t = g.program().tensors[outer.tensors.first + i];
    rows.push_back(t.name + " as " + t.key);
  }
  EXPECT_EQ(rows,
            (Messages{"outer.dense1.w as dense1.w", "outer.dense1.b as dense1.b",
                      "inner.dense1.w as inner.dense1.w", "inner.dense1.b as inner.dense1.b"}));
}

TEST(Places, OneNameIsGivenOnce) {
  Elaboration e;
  Placement in;
  const int first = 1, second = 2;
  std::string name = "h";
  EXPECT_TRUE(e.elab.places.give(in, name, &first, Range()));
  EXPECT_TRUE(e.elab.places.give(in, name, &first, Range())); // the same layer again
  EXPECT_FALSE(e.elab.places.give(in, name, &second, Range()));
  EXPECT_EQ(e.messages(),
            Messages{"the place `h` is taken: what has one place shares its weights"});
}

TEST(Places, ANumberGivesWayToAName) {
  Elaboration e;
  e.fn.initializing = true;
  Placement in;
  const int layer = 1, named = 2;
  in.taken["dense1"] = {&layer, Range(), /*numbered=*/true};
  std::string name = "dense1";
  EXPECT_TRUE(e.elab.places.give(in, name, &named, Range()));
  EXPECT_TRUE(e.elab.renumber); // the function is elaborated again
  EXPECT_EQ(e.messages(), Messages{});
}
