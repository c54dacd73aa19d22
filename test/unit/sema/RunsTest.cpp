// Tests of evaluate, save, report, print and other statements.
#include "Check.h"

using namespace nnc;

namespace {
Messages run(const std::string &line) { return errorsOf(std::string(common) + line + "\n"); }
} // namespace

TEST(Runs, evaluate) {
  EXPECT_EQ(run("evaluate net on d.test { metric accuracy(net(x), y) }"), Messages{});
  EXPECT_EQ(run("evaluate net on d { metric accuracy(net(x), y) }"), Messages{});
  EXPECT_EQ(run("evaluate net on d.tset { metric accuracy(net(x), y) }"),
            Messages{"3:19 `d` has no split `tset`"});
  EXPECT_EQ(run("evaluate net on d.test { }"),
            Messages{"3:1 nothing to evaluate: the block has no `metric`"});
  EXPECT_EQ(run("evaluate net on d.test { loss = 3 }"),
            Messages{"3:26 `evaluate` has no setting `loss`"});
  EXPECT_EQ(run("evaluate net on d.test { metric accuracy(net(x), y); keep best val.loss }"),
            Messages{"3:54 `keep` belongs in a block of train, not of evaluate"});
}

TEST(Runs, splitThatIsMissing) {
  EXPECT_EQ(errorsOf("data d = moons(n = 9)\nmodel m(x: [2]) { x |> dense(2) }\nevaluate m on "
                     "d.test { metric accuracy(m(x), y) }\n"),
            Messages{"3:17 `d` has no split `test`"});
}

TEST(Runs, saveLoadFreeze) {
  EXPECT_EQ(run("save net to \"a\"\nload net from \"a\" except net.last\nfreeze net.last\nreport "
                "\"a.html\""),
            Messages{});
  EXPECT_EQ(run("save nett to \"a\""), Messages{"3:6 unknown model `nett`"});
  EXPECT_EQ(run("save net.last to \"a\""),
            Messages{"3:6 `save` takes a whole model, not a part of one"});
  EXPECT_EQ(run("save net to 3"), Messages{"3:13 the name of a file is expected here, in quotes"});
  EXPECT_EQ(run("save d to \"a\""), Messages{"3:6 `d` is a data set; a model is expected here"});
  EXPECT_EQ(run("report \"\""), Messages{"3:8 the name of a file is empty"});
  EXPECT_EQ(run("freeze net.lats"), Messages{"3:12 `net` has no part `lats`"});
}

TEST(Runs, print) {
  EXPECT_EQ(run("print net([0, 1]), \"text\""), Messages{});
  EXPECT_EQ(run("print nte([0, 1])"), Messages{"3:7 unknown function or layer `nte`"});
  EXPECT_EQ(run("print d.test"), Messages{"3:7 `d` is a data set, which has no value here"});
}

TEST(Runs, resultsHaveNames) {
  EXPECT_EQ(run("search best by tpe, trials = 3, minimize val.loss {\n let u ~ choice(1, 2)\n"
                " model m(x: [2]) { x |> dense(u) }\n"
                " train m on d { loss = mse(m(x), y); optimizer = sgd; epochs = 1 }\n}\n"
                "print best\nensemble five of best on d { members = 5 }\n"
                "evaluate five on d.test { metric accuracy(five(x), y) }"),
            Messages{});
  EXPECT_EQ(run("search best by random, minimize val { let u ~ uniform(1) }"),
            (Messages{"3:16 a search by `random` needs the number of its trials: `trials = 20`",
                      "3:33 a search is judged by a value of a split, such as `val.loss`",
                      "3:47 `uniform` takes 2 arguments, not 1"}));
  EXPECT_EQ(
      run("compare c { let u ~ uniform(0, 1)\n option n = 1\n report \"a.html\" }\nfreeze c.a"),
      (Messages{"3:21 `compare` makes a run of each value, and `uniform` has no list of them",
                "4:2 an `option` is a flag of the whole program: it belongs outside this block",
                "5:2 this statement does not belong in the block of `search` or `compare`, which "
                "runs many times",
                "6:8 `c` is what a search, comparison or ensemble found: `freeze` needs a model"}));
  EXPECT_EQ(run("compare { let net ~ each(1, 2) }"),
            Messages{"3:15 `net` is declared outside of this block already"});
  EXPECT_EQ(run("search best by rndom, minimize val.loss { let u ~ 3 }"),
            (Messages{"3:16 unknown method of search `rndom`",
                      "3:51 what a value is drawn from is expected here"}));
}
