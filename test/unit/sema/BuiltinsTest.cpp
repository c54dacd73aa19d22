// Tests of the tables of names that the language defines, and of the primitives that the dialect
// registers.
#include "compiler/sema/Builtins.h"
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
  }
  EXPECT_EQ(findBuiltin("sigmoid"), nullptr);
}

TEST(Builtins, names) {
  EXPECT_TRUE(isBuiltinFunction("sum"));
  EXPECT_TRUE(isBuiltinFunction("tanh"));
  EXPECT_FALSE(isBuiltinFunction("dense"));
  EXPECT_TRUE(isAmbientName("training"));
  EXPECT_FALSE(isAmbientName("x"));
}
