// Tests of the tables of names that the language defines, and of the primitives that the dialect
// has.
#include "compiler/sema/Builtins.h"

#include "compiler/dialect/nn/ElementwiseOps.h"
#include "compiler/sema/Sema.h"

#include "gtest/gtest.h"

#include <set>

using namespace nnc::sema;

TEST(Builtins, elementwiseComesFromTheDialect) {
  EXPECT_EQ(elementwiseArity("exp"), 1u);
  EXPECT_EQ(elementwiseArity("pow"), 2u);
  EXPECT_EQ(elementwiseArity("select"), 3u);
  EXPECT_EQ(elementwiseArity("contract"), std::nullopt);
  EXPECT_EQ(elementwiseArity("cast"),
            std::nullopt); // between element types, which programs cannot use
  EXPECT_EQ(elementwiseArity("sigmoid"), std::nullopt); // the prelude's
}

TEST(Builtins, tableIsConsistent) {
  std::set<llvm::StringRef> names;
  for (const Builtin &b : builtins()) {
    EXPECT_TRUE(names.insert(b.name).second) << b.name.str();
    EXPECT_LE(b.min, b.max) << b.name.str();
    EXPECT_EQ(findBuiltin(b.name), &b);
    EXPECT_EQ(size_t(b.kind), size_t(&b - builtins().begin())) << b.name.str();
    EXPECT_FALSE(b.what.empty()) << b.name.str();
    // Positional arguments come before those with names only, so that their order is that of a
    // call.
    bool byName = false;
    for (const BuiltinParameter &p : b.parameters) {
      EXPECT_FALSE(p.name.empty()) << b.name.str();
      EXPECT_FALSE(byName && p.how == BuiltinParameter::How::Required) << b.name.str();
      byName |= p.how == BuiltinParameter::How::Named;
    }
  }
  EXPECT_EQ(findBuiltin("sigmoid"), nullptr);
}

TEST(Builtins, countsComeFromTheParameters) {
  const Builtin &max = *findBuiltin("max"), &concat = *findBuiltin("concat"),
                &draw = *findBuiltin("random_bernoulli"), &repeat = *findBuiltin("repeat");
  EXPECT_EQ(max.min, 1u);
  EXPECT_EQ(max.max, 2u);
  EXPECT_EQ(concat.min, 1u);
  EXPECT_EQ(concat.max, Builtin::any);
  EXPECT_EQ(draw.min, 0u);
  EXPECT_EQ(draw.max, 2u);
  EXPECT_EQ(draw.named, (llvm::SmallVector<llvm::StringRef, 4>{"like", "p"}));
  EXPECT_EQ(repeat.layersFrom, 1u);
  EXPECT_EQ(findBuiltin("seq")->layersFrom, 0u);
  EXPECT_FALSE(max.makesLayer());
  EXPECT_EQ(max.signature(), "max(x, y =, over = all, keep = false)");
  EXPECT_EQ(concat.signature(), "concat(part, …, axis = 0)");
}

TEST(Builtins, resolvesNamesOnce) {
  std::optional<Predefined> both = findPredefined("max");
  ASSERT_TRUE(both);
  EXPECT_EQ(both->builtin, findBuiltin("max"));
  EXPECT_EQ(both->elementwise->arity, 2u);
  EXPECT_EQ(findPredefined("exp")->builtin, nullptr);
  EXPECT_EQ(findPredefined("convolve")->elementwise, nullptr);
  EXPECT_FALSE(findPredefined("dense"));
  EXPECT_TRUE(isBuiltin("category", BuiltinKind::Category));
  EXPECT_FALSE(isBuiltin("categories", BuiltinKind::Category));
  EXPECT_EQ(classWeightsName("y"), "class_weights(y)");
}

TEST(Builtins, ambientsAreInOrder) {
  for (const Ambient &a : ambients()) {
    EXPECT_EQ(findAmbient(a.name), &a);
    EXPECT_EQ(nameOf(a.kind), a.name);
  }
}

TEST(Builtins, names) {
  EXPECT_TRUE(isBuiltinFunction("sum"));
  EXPECT_TRUE(isBuiltinFunction("tanh"));
  EXPECT_FALSE(isBuiltinFunction("dense"));
  EXPECT_NE(findAmbient("training"), nullptr);
  EXPECT_EQ(findAmbient("x"), nullptr);
}
