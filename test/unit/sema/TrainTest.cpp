// Tests of train blocks, and of the rule that training never sees the test split.
#include "Check.h"

using namespace nnc;

namespace {
/// The errors of `entries` in a train block that is complete without them; the entries are on line
/// 4.
Messages train(const std::string &entries, const std::string &target = "net on d") {
  return errorsOf(std::string(common) + "train " + target +
                  " { loss = mse(net(x), y); optimizer = adam(lr = 0.1); epochs = 3\n" + entries +
                  " }\n");
}
} // namespace

TEST(Train, sound) {
  EXPECT_EQ(train("batch = all; metric accuracy(net(x), y); clip norm 1.0; stop when val.loss "
                  "stalls for 3 epochs\n"
                  "keep best val.accuracy; checkpoint \"a.ckpt\" every 1 epochs"),
            Messages{});
}

TEST(Train, unknownSetting) {
  EXPECT_EQ(train("lerning = 3"), Messages{"4:1 `train` has no setting `lerning`"});
  EXPECT_EQ(notesOf(std::string(common) +
                    "train net on d { los = mse(net(x), y); optimizer = sgd; epochs = 1 }\n"),
            Messages{"did you mean `loss`?"});
}

TEST(Train, missing) {
  EXPECT_EQ(errorsOf(std::string(common) + "train net on d { batch = 2 }\n"),
            (Messages{"3:7 training `net` needs a loss", "3:7 training `net` needs an optimizer",
                      "3:7 training `net` needs its length"}));
}

TEST(Train, twice) {
  EXPECT_EQ(train("loss = 1"), Messages{"4:1 `loss` is given twice"});
  EXPECT_EQ(train("steps = 10"), Messages{"4:1 `epochs` and `steps` exclude each other"});
}

TEST(Train, unknownNames) {
  EXPECT_EQ(
      errorsOf(std::string(common) + "train nte on d { loss = 1; optimizer = sgd; epochs = 1 }\n"),
      Messages{"3:7 unknown model `nte`"});
  EXPECT_EQ(errorsOf(std::string(common) +
                     "train net on other { loss = mse(net(x), z); optimizer = sgd; epochs = 1 }\n"),
            Messages{"3:14 unknown data set `other`"});
  EXPECT_EQ(
      errorsOf(std::string(common) + "train d on net { loss = 1; optimizer = sgd; epochs = 1 }\n"),
      (Messages{"3:7 `d` is a data set; a model is expected here",
                "3:12 `net` is a model; a data set is expected here"}));
  EXPECT_EQ(train("metric accuracy(net(x), z)"), Messages{"4:25 unknown name `z`"});
}

TEST(Train, optimizer) {
  std::string head = std::string(common) + "train net on d { loss = 1; epochs = 1; optimizer = ";
  EXPECT_EQ(errorsOf(head + "adm(lr = 1) }\n"), Messages{"3:52 unknown optimizer `adm`"});
  EXPECT_EQ(errorsOf(head + "relu }\n"),
            Messages{"3:52 `relu` is a function; an optimizer is expected here"});
  EXPECT_EQ(errorsOf(head + "0.1 }\n"),
            Messages{"3:52 an optimizer is expected here, not a value"});
}

TEST(Train, neverSeesTheTestSplit) {
  EXPECT_EQ(errorsOf(std::string(common) +
                     "train net on d.test { loss = 1; optimizer = sgd; epochs = 1 }\n"),
            Messages{"3:16 training never sees the test split"});
  EXPECT_EQ(train("stop when test.loss stalls for 3 epochs"),
            Messages{"4:11 training never sees the test split, and `stop` is a part of training"});
  EXPECT_EQ(train("metric accuracy(net(x), y); keep best test.accuracy"),
            Messages{"4:39 training never sees the test split, and `keep` is a part of training"});
  EXPECT_EQ(errorsOf(std::string(common) +
                     "train net on d { loss = d.test; optimizer = sgd; epochs = 1 }\n"),
            Messages{"3:25 `d` is a data set, which has no value here"});
}

TEST(Train, searchNeverSeesTheTestSplit) {
  EXPECT_EQ(errorsOf(std::string(common) +
                     "search by random, trials = 3, minimize test.loss { let a ~ choice(1, 2) }\n"),
            Messages{"3:40 a search never sees the test split"});
}

TEST(Train, quantities) {
  EXPECT_EQ(train("keep best val.accuracy"), Messages{"4:15 this block has no metric `accuracy`"});
  EXPECT_EQ(train("keep best loss"),
            Messages{"4:11 `keep` watches a value of a split, such as `val.loss`"});
  EXPECT_EQ(train("keep best vla.loss"), Messages{"4:11 unknown split `vla`"});
  EXPECT_EQ(
      errorsOf("data d = moons(n = 9)\nmodel m(x: [2]) { x |> dense(2) }\n"
               "train m on d { loss = 1; optimizer = sgd; epochs = 1\n keep best val.loss }\n"),
      Messages{"4:12 `d` has no validation split to watch"});
}

TEST(Train, directions) {
  EXPECT_EQ(train("metric mse(net(x), y); keep best val.mse"),
            Messages{"4:34 whether more or less of `mse` is better is not known"});
  EXPECT_EQ(train("metric mse(net(x), y); keep lowest val.mse"), Messages{});
  EXPECT_EQ(train("metric confusion(net(x), y); keep best val.confusion"),
            Messages{"4:40 whether more or less of `confusion` is better is not known"});
}

TEST(Train, metricsWithNames) {
  EXPECT_EQ(train("metric miss = 1 - accuracy(net(x), y)"), Messages{});
  EXPECT_EQ(train("metric miss lowest = 1 - accuracy(net(x), y); keep best val.miss"), Messages{});
  EXPECT_EQ(train("metric good = accuracy(net(x), y); keep best val.good"), Messages{});
  EXPECT_EQ(train("metric three = 3; keep highest val.three"), Messages{});
  EXPECT_EQ(train("metric miss = 1 - accuracy(net(x), y); keep best val.miss"),
            Messages{"4:50 whether more or less of `miss` is better is not known"});
  EXPECT_EQ(train("metric accuracy(net(x), y); keep best val.acuracy"),
            Messages{"4:43 this block has no metric `acuracy`"});
  EXPECT_EQ(train("metric loss = 1"), Messages{"4:8 a metric cannot be called `loss`: curves, "
                                               "`keep` and `stop` know the loss by that name"});
  EXPECT_EQ(train("metric a = 1; metric a = 2"),
            Messages{"4:22 two metrics of this block are called `a`"});
  EXPECT_EQ(train("metric a = acuracy(net(x), y)"),
            Messages{"4:12 unknown function or layer `acuracy`"});
}

TEST(Train, metricsAreCalls) {
  EXPECT_EQ(train("metric 3 + 4"),
            Messages{"4:8 a metric is called by its function, `metric accuracy(net(x), y)`, or by "
                     "a name that it is given: `metric name = …`"});
  EXPECT_EQ(train("metric acuracy(net(x), y)"), Messages{"4:8 unknown metric `acuracy`"});
}

TEST(Train, updates) {
  const std::string head = std::string(common) + "train net on d { update net { loss = mse(net(x), "
                                                 "y); optimizer = sgd }; epochs = 1\n";
  EXPECT_EQ(errorsOf(head + "keep best val.net.loss; stop when train.net.loss stalls for 1 epochs; "
                            "accumulate = 2; average = 0.9 }\nplot net.loss, val.net.loss\n"),
            Messages{});
  EXPECT_EQ(errorsOf(head + "keep best val.loss }\n"),
            Messages{"4:15 this block has no metric `loss`"});
  EXPECT_EQ(errorsOf(head + "keep best net.loss }\n"),
            Messages{"4:11 `keep` watches a value of a split, such as `val.net.loss`"});
  EXPECT_EQ(errorsOf(head + "}\nplot loss\n"), Messages{"5:6 the training above has no `loss`"});
  EXPECT_EQ(errorsOf(head + "times = 2 }\n"),
            Messages{"4:1 `times` is of one update: it belongs in the block of an `update`"});
  EXPECT_EQ(errorsOf(head + "update net { loss = 1; optimizer = sgd; steps = 1 } }\n"),
            Messages{"4:41 `steps` is of the whole step: it belongs in the block of `train`"});
}

TEST(Train, optimizersOfParts) {
  const std::string head =
      std::string(common) + "train net on d { loss = mse(net(x), y); epochs = 1\n";
  EXPECT_EQ(errorsOf(head + "optimizer net.biases = sgd; optimizer net.last = adam }\n"),
            Messages{});
  EXPECT_EQ(errorsOf(head + "optimizer net.last = sgd; optimizer net.last = adam }\n"),
            Messages{"4:37 `net.last` has an optimizer already"});
  EXPECT_EQ(errorsOf(head + "optimizer net.last = relu }\n"),
            Messages{"4:22 `relu` is a function; an optimizer is expected here"});
}

TEST(Train, parts) {
  EXPECT_EQ(errorsOf(std::string(common) +
                     "train net.last on d { loss = sum(input^2); optimizer = sgd; epochs = 1 }\n"),
            Messages{});
  EXPECT_EQ(errorsOf(std::string(common) +
                     "train net.first on d { loss = sum(input^2); optimizer = sgd; epochs = 1 }\n"),
            Messages{"3:11 `net` has no part `first`"});
  EXPECT_EQ(train("metric mse(input, y)"),
            Messages{"4:12 `input` is known only where a part of a model is trained"});
}
