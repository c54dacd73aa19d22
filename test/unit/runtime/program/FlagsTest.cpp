// Tests of the trainer's command line.
#include "runtime/program/flags.h"
#include "runtime/support/suggest.h"
#include "test/unit/runtime/LinearProgram.h"

using namespace nnrt;
using namespace nnrt_test;

namespace {
struct Parsed {
  LinearProgram program;
  Flags flags;
  Status status;
  explicit Parsed(std::vector<std::string> arguments, bool lenient = false) {
    program.options.push_back(optionOf("fancy_name", "", 0, NN_OPTION_BOOL));
    arguments.insert(arguments.begin(), "./t");
    std::vector<char *> argv;
    for (std::string &a : arguments)
      argv.push_back(&a[0]);
    status = parseFlags(*program.finish(), int(argv.size()), argv.data(), lenient, flags);
  }
};
std::string errorOf(std::vector<std::string> arguments) {
  return Parsed(std::move(arguments)).status.message();
}
} // namespace

TEST(Flags, Defaults) {
  Parsed p({});
  ASSERT_FALSE(p.status.failed());
  EXPECT_EQ(p.flags.options, (std::vector<double>{0.05, 3, 0}));
  EXPECT_EQ(p.flags.seed, 0u);
  EXPECT_EQ(p.flags.threads, 0);
}

TEST(Flags, BothSpellings) {
  Parsed p({"--epochs", "20", "--rate=1e-3", "--fancy-name", "--seed=7", "--threads", "2",
            "--quiet", "--resume", "--data", "/d", "--max-steps", "9"});
  ASSERT_FALSE(p.status.failed()) << p.status.message();
  EXPECT_EQ(p.flags.options, (std::vector<double>{1e-3, 20, 1}));
  EXPECT_EQ(p.flags.seed, 7u);
  EXPECT_EQ(p.flags.threads, 2);
  EXPECT_TRUE(p.flags.quiet && p.flags.resume);
  EXPECT_EQ(p.flags.data, "/d");
  EXPECT_EQ(p.flags.maxSteps, 9);
  EXPECT_EQ(Parsed({"--epochs=10_000", "--rate=5%"}).flags.options,
            (std::vector<double>{0.05, 10000, 0}));
  EXPECT_EQ(Parsed({"--rate", "-1"}).flags.options[0], -1);
  EXPECT_EQ(Parsed({"--fancy_name=false"}).flags.options[2], 0);
}

TEST(Flags, Mistakes) {
  EXPECT_EQ(errorOf({"--epochs", "2.5"}), "--epochs needs a whole number, found `2.5`");
  EXPECT_EQ(errorOf({"--epochs", "many"}), "--epochs needs a number, found `many`");
  EXPECT_EQ(errorOf({"--rate=nan"}), "--rate needs a number, found `nan`");
  EXPECT_EQ(errorOf({"--epochs"}), "--epochs needs a value");
  EXPECT_EQ(errorOf({"--epoch", "3"}), "there is no flag --epoch; did you mean --epochs?");
  EXPECT_EQ(errorOf({"--xyzzy"}), "there is no flag --xyzzy; --help lists all");
  EXPECT_EQ(errorOf({"-q"}), "there is no flag -q; --help lists all");
  EXPECT_EQ(errorOf({"file.nn"}), "`file.nn` is not a flag; --help lists all");
  EXPECT_EQ(errorOf({"--quiet=1"}), "--quiet takes no value");
  EXPECT_EQ(errorOf({"--seed", "-1"}),
            "--seed needs a whole number from 0 to 9007199254740992, found `-1`");
  EXPECT_EQ(errorOf({"--threads", "0"}),
            "--threads needs a whole number from 1 to 1024, found `0`");
  EXPECT_EQ(errorOf({"--weights", "f"}), "there is no flag --weights; --help lists all");
  EXPECT_EQ(errorOf({"predict", "--weights", "f"}), "predict needs a CSV file to read");
  EXPECT_EQ(errorOf({"predict", "a.csv"}), "predict needs --weights FILE");
}

TEST(Flags, SessionsPassOverFlagsOfOtherPrograms) {
  Parsed p({"--other", "5", "--seed", "3", "stray"}, true);
  ASSERT_FALSE(p.status.failed()) << p.status.message();
  EXPECT_EQ(p.flags.seed, 3u);
}

TEST(Flags, ExitCodeTwoAndHelp) {
  LinearProgram program;
  program.useRows({1, 2});
  Caught wrong = caught([&] { return program.main({"--nonsense"}); });
  EXPECT_EQ(wrong.code, 2);
  EXPECT_EQ(wrong.err, "error: there is no flag --nonsense; --help lists all\n");
  Caught help = caught([&] { return program.main({"--help"}); });
  EXPECT_EQ(help.code, 0);
  for (const char *part :
       {"Fits a line.", "usage: ./linear [flags]", "--rate X", "the learning rate (default 0.05)",
        "--epochs N", "--resume", "predict [--model NAME]", "exit codes:"})
    EXPECT_NE(help.out.find(part), std::string::npos) << part << "\n" << help.out;
}

TEST(Suggest, NearNamesOnly) {
  EXPECT_EQ(nearest("sepal_lenght", {"sepal_length", "petal_length"}), "sepal_length");
  EXPECT_EQ(nearest("Relu", {"relu", "gelu"}), "relu");
  EXPECT_EQ(nearest("zzz", {"relu", "gelu"}), "");
  EXPECT_EQ(nearest("x", {"y", "abc"}), ""); // nothing in common
}
