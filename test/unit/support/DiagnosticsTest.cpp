// Tests of collecting messages, and of the search for the intended name.
#include "compiler/support/Diagnostics.h"
#include <gtest/gtest.h>

using namespace nnc;

TEST(Diagnostics, CountsErrorsAndKeepsNotesWithTheirMessage) {
  Diagnostics diags;
  diags.warning(Range(), "w").note("n1");
  diags.error("e1").note("n2").note("n3");
  diags.error(llvm::Twine("e") + llvm::Twine(2));
  EXPECT_EQ(diags.errorCount(), 2u);
  ASSERT_EQ(diags.all().size(), 3u);
  EXPECT_EQ(diags.all()[0].notes.size(), 1u);
  EXPECT_EQ(diags.all()[1].notes.size(), 2u);
  EXPECT_EQ(diags.all()[2].message, "e2");
  diags.clear();
  EXPECT_FALSE(diags.hasErrors());
  EXPECT_TRUE(diags.all().empty());
}

TEST(Diagnostics, FindsTheNameThatWasMeant) {
  llvm::StringRef names[] = {"relu", "gelu", "sigmoid", "cross_entropy", "accuracy", "lr", "Adam"};
  EXPECT_EQ(didYouMean("rleu", names), "relu"); // a swap is one edit
  EXPECT_EQ(didYouMean("rlex", names), "");
  EXPECT_EQ(didYouMean("rel", names), "relu");
  EXPECT_EQ(didYouMean("sigmod", names), "sigmoid");
  EXPECT_EQ(didYouMean("crossentropy", names), "cross_entropy");
  EXPECT_EQ(didYouMean("CrossEntropy", names), "cross_entropy");
  EXPECT_EQ(didYouMean("acuracy", names), "accuracy");
  EXPECT_EQ(didYouMean("adam", names), "Adam");
  EXPECT_EQ(didYouMean("xyz", names), "");
  EXPECT_EQ(didYouMean("q", names), "");
  EXPECT_EQ(didYouMean("lr", names), "");
  EXPECT_EQ(didYouMean("", names), "");
}

TEST(Diagnostics, SuggestsInANote) {
  Diagnostics diags;
  diags.error("no loss is called `hinje`").suggest("hinje", {"mse", "hinge"});
  diags.error("no loss is called `zzz`").suggest("zzz", {"mse", "hinge"});
  ASSERT_EQ(diags.all()[0].notes.size(), 1u);
  EXPECT_EQ(diags.all()[0].notes[0].message, "did you mean `hinge`?");
  EXPECT_TRUE(diags.all()[1].notes.empty());
}
