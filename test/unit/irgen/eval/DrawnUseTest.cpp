// Tests of how it is found which drawn constants must be known.
#include "test/unit/irgen/Elaboration.h"

#include <cmath>

using namespace nnc;

namespace {
/// An elaboration in which the options `a` and `b` stand for drawn constants with the first values
/// 2 and 3.
struct Drawing : Elaboration {
  explicit Drawing(llvm::StringRef text)
      : Elaboration("option a = 0\noption b = 0\noption free = 0\n" + text.str()) {
    elab.findsDrawn = true;
    for (auto [name, let, number] : {std::tuple("a", &letA, 2.0), std::tuple("b", &letB, 3.0)}) {
      Value &value = elab.drawnScalars[symbols.user.lookup(name)];
      value = Value::ofKind(Value::Kind::HostScalar);
      value.number = number;
      value.drawnFrom = std::make_shared<const DrawnConstants>(DrawnConstants{let});
    }
  }
  std::optional<double> known(llvm::StringRef name) { return elab.knownNumber(valueOf(name)); }

  ast::LetDecl letA, letB;
};
} // namespace

TEST(DrawnUse, KnownNumbersNeedNothing) {
  Drawing d("let n = 2 + 3\nlet m = a + n\n");
  EXPECT_EQ(d.known("n"), 5);
  EXPECT_EQ(d.known("free"), std::nullopt);
  EXPECT_TRUE(d.valueOf("m").isHostScalar()); // computed, but not needed
  EXPECT_TRUE(d.elab.needed.empty());
}

TEST(DrawnUse, NumbersAreFollowedToTheirConstants) {
  Drawing d("let n = -(2^a - 10 * b)\nlet m = if b > 2 then a else 9\nlet i = [5, 7, 11][a]\n");
  EXPECT_EQ(d.known("n"), 26);
  EXPECT_EQ(d.elab.needed, (DrawnConstants{&d.letA, &d.letB}));
  d.elab.needed.clear();
  EXPECT_EQ(d.known("i"), 11);
  EXPECT_EQ(d.elab.needed, DrawnConstants{&d.letA});
  d.elab.needed.clear();
  EXPECT_EQ(d.known("m"), 2);
  EXPECT_EQ(d.elab.needed, (DrawnConstants{&d.letA, &d.letB}));
}

TEST(DrawnUse, WhatWouldNotBeKnownIsNotFollowed) {
  Drawing d("let n = exp(a)\nlet m = a * free\n");
  for (const char *name : {"n", "m"})
    EXPECT_EQ(d.known(name), std::nullopt) << name;
  EXPECT_TRUE(d.elab.needed.empty());
}

TEST(DrawnUse, WhatTheFirstValuesDoNotGiveIsFollowed) {
  Drawing d("let z = b / (a - 2)\n"); // 3 / 0
  const std::optional<double> z = d.known("z");
  EXPECT_TRUE(z && std::isnan(*z));
  EXPECT_EQ(d.elab.needed, (DrawnConstants{&d.letA, &d.letB}));
}

TEST(DrawnUse, SidesThatExcludeEachOtherNeedTheirCondition) {
  Drawing d("let f = if a == 2 then relu else tanh\n");
  EXPECT_EQ(d.valueOf("f").describe(), "the function `relu`");
  EXPECT_EQ(d.elab.needed, DrawnConstants{&d.letA});
  EXPECT_EQ(d.messages(), Messages{});
}
