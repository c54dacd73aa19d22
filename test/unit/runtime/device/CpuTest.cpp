// Tests of the check for features that a program may use and the processor lacks.
#include "runtime/device/cpu.h"
#include "test/unit/runtime/LinearProgram.h"

using namespace nnrt;
using namespace nnrt_test;

namespace {

/// A processor of the third level.
Has third(const std::string &name) {
  if (name == "avx512f" || name == "avx512vl" || name == "gfni")
    return Has::No;
  return name == "tuning" ? Has::Unknown : Has::Yes;
}
Has first(const std::string &name) { return name == "tuning" ? Has::Unknown : Has::No; }

std::string errorOf(const std::string &features, Has (*has)(const std::string &)) {
  ProgramT program;
  program.cpu = "x86-64-v4";
  program.features = features;
  return checkProcessor(program, has).message();
}

} // namespace

TEST(Processor, WhatIsThereIsEnough) {
  EXPECT_EQ(errorOf("avx2,fma,tuning", third), "");
  EXPECT_EQ(errorOf("", first), "");
  EXPECT_EQ(checkProcessor(ProgramT(), first).message(), "");
}

TEST(Processor, SaysWhatIsMissing) {
  const std::string message = errorOf("avx2,avx512f,avx512vl,fma,gfni,tuning", third);
  EXPECT_EQ(message.find("the program was compiled for another processor (x86-64-v4): this one, "),
            0u);
  EXPECT_NE(message.find(", has no avx512f, avx512vl, gfni; compile it here"), std::string::npos)
      << message;
#if defined(__x86_64__)
  EXPECT_NE(message.find("`nnc --cpu x86-64-v3`"), std::string::npos) << message;
  EXPECT_NE(errorOf("avx2", first).find("`nnc --cpu x86-64`"), std::string::npos);
#endif
  EXPECT_NE(errorOf("a,b,c,d,e,f,g,h", first).find("no a, b, c, d, e, f and 2 more;"),
            std::string::npos);
}

#if defined(__x86_64__)
TEST(Processor, AgreesWithTheCompilersOwnQuestions) {
  const std::pair<const char *, bool> asked[] = {
      {"sse3", __builtin_cpu_supports("sse3")},
      {"sse4.2", __builtin_cpu_supports("sse4.2")},
      {"popcnt", __builtin_cpu_supports("popcnt")},
      {"avx", __builtin_cpu_supports("avx")},
      {"avx2", __builtin_cpu_supports("avx2")},
      {"fma", __builtin_cpu_supports("fma")},
      {"bmi", __builtin_cpu_supports("bmi")},
      {"bmi2", __builtin_cpu_supports("bmi2")},
      {"avx512f", __builtin_cpu_supports("avx512f")},
      {"avx512vl", __builtin_cpu_supports("avx512vl")},
      {"gfni", __builtin_cpu_supports("gfni")},
      {"avx512vnni", __builtin_cpu_supports("avx512vnni")},
      {"xop", __builtin_cpu_supports("xop")},
      {"fma4", __builtin_cpu_supports("fma4")}};
  for (auto [name, has] : asked)
    EXPECT_EQ(processorHas(name), has ? Has::Yes : Has::No) << name;
  EXPECT_EQ(processorHas("idivq-to-divl"), Has::Unknown);
}
#endif

TEST(Processor, RunsThatCannotBeEndBeforeTheyBegin) {
#if defined(__x86_64__)
  if (processorHas("xop") == Has::Yes) // no processor on sale has it
    GTEST_SKIP();
  LinearProgram whole;
  whole.useRows({1, 2});
  ProgramT program = *whole.finish();
  program.cpu = "x86-64-v9";
  program.features = "sse2,xop";
  auto run = [&](std::string flag) {
    std::string name = "./t";
    char *argv[] = {&name[0], flag.empty() ? nullptr : &flag[0], nullptr};
    return caught([&] { return nn_main(whole.image(program), flag.empty() ? 1 : 2, argv); });
  };
  const Caught wrong = run("");
  EXPECT_EQ(wrong.code, 1);
  EXPECT_EQ(wrong.err.find("error: the program was compiled for another processor (x86-64-v9)"), 0u)
      << wrong.err;
  EXPECT_EQ(run("--help").code, 0);
#endif
}
