// Tests the profiler on a function that stamps events and waits for a known time in each.
#include "runtime/device/profile.h"
#include "runtime/run/run.h"

#include <cstring>
#include <gtest/gtest.h>

using namespace nnrt;

namespace {

void busy(double seconds) {
  for (double end = now() + seconds; now() < end;)
    ;
}

KernelT kernelOf(std::string kind, std::string results, std::string places,
                 std::vector<int32_t> lines) {
  KernelT kernel;
  kernel.kind = std::move(kind);
  kernel.results = std::move(results);
  kernel.places = std::move(places);
  kernel.lines = std::move(lines);
  return kernel;
}

SourceLineT lineOf(std::string where, std::string text) {
  SourceLineT line;
  line.where = std::move(where);
  line.text = std::move(text);
  return line;
}

/// A profile of one function with three kernels: two for line 7 (with a part of line 9), one for
/// line 8.
struct Sample {
  ProgramT program;
  nn_fn fn{0};
  Sample() {
    ProfiledT profiled;
    profiled.code = fn.code;
    profiled.name = "train net on d";
    profiled.kernels = {kernelOf("contraction", "[n, 64]", "net.dense1", {0, 2}),
                        kernelOf("pointwise", "[n, 64]", "", {1}),
                        kernelOf("reduction", "[64]", "net.dense1.b", {0})};
    profiled.kernels[0].flops = {0, 1e6};
    profiled.kernels[0].traffic = {{{0, 1000}, {0, 1000}}};
    profiled.kernels[1].others = profiled.kernels[2].others = {0, 64};
    program.elements = "f32";
    program.profile = std::make_unique<ProfileT>();
    program.profile->vector_bytes = 16;
    program.profile->lines = {lineOf("7", "x |> dense(64)"), lineOf("8", "|> relu"),
                              lineOf("9", "optimizer = sgd(lr = 1)")};
    program.profile->functions = {profiled};
  }
};

/// One call on one thread: 2 ms in kernel 0, 1 ms in kernel 1, nothing in kernel 2.
void call(Profiler &profiler, const Sample &sample, double scale = 1) {
  nn_call call{};
  call.rows = 8;
  profiler.begin(sample.fn, call, 1);
  ASSERT_NE(call.stamp, nullptr);
  Profiler::started(call, 0);
  busy(2e-3 * scale);
  call.stamp(call.stamp_data, 0, 0);
  busy(1e-3 * scale);
  call.stamp(call.stamp_data, 0, 1);
  call.stamp(call.stamp_data, 0, 2);
  profiler.end();
}

/// The numbers of the first line of `text` that contains `what`: those before it.
std::vector<double> numbersOf(const std::string &text, const std::string &what) {
  size_t at = text.find(what), begin = text.rfind('\n', at) + 1;
  if (at == std::string::npos) {
    ADD_FAILURE() << what << " is not in\n" << text;
    return {0, 0, 0};
  }
  std::vector<double> numbers;
  std::string line = text.substr(begin, at - begin);
  for (char *word = strtok(&line[0], " "); word; word = strtok(nullptr, " "))
    if (isdigit(word[0]))
      numbers.push_back(atof(word));
  return numbers;
}

} // namespace

TEST(Profiler, AttributesTimesToLinesAndKernels) {
  Sample sample;
  Profiler profiler(sample.program);
  call(profiler, sample, 50); // the first call is left out
  for (int i = 0; i < 5; ++i) {
    call(profiler, sample);
    profiler.step(0.004);
  }
  std::string text = profiler.text();
  EXPECT_NE(text.find("train net on d: 5 steps of 8 rows on 1 thread, 4000.0 µs each"),
            std::string::npos)
      << text;
  std::vector<double> seven = numbersOf(text, "x |> dense(64)"), eight = numbersOf(text, "|> relu");
  EXPECT_EQ(seven[0], 7);
  EXPECT_EQ(eight[0], 8);
  // Each is at least the time waited; the machine may have added to it.
  EXPECT_GE(seven[1], 1999);
  EXPECT_GE(eight[1], 999);
  // Sorted by time: usually line 7 took longer, but a busy machine may have added more to line 8.
  EXPECT_EQ(seven[1] > eight[1], text.find("dense(64)") < text.find("|> relu")) << text;
  EXPECT_NEAR(seven[2], seven[1] / 40, 0.06);        // percent of 4000 µs
  EXPECT_NEAR(seven[3], 8e6 / seven[1] / 1e3, 0.06); // GFLOP/s
  std::vector<double> kernel = numbersOf(text, "contraction [n, 64] in net.dense1; with line 9");
  EXPECT_GE(kernel[0], 1999);
  EXPECT_NE(text.find("reduction [64] in net.dense1.b\n"), std::string::npos) << text;
  EXPECT_EQ(text.find("waiting for other threads"), std::string::npos) << "there are none";
}

TEST(Profiler, AddsUpThreadsAndWaits) {
  Sample sample;
  Profiler profiler(sample.program);
  call(profiler, sample);
  for (int i = 0; i < 3; ++i) {
    nn_call call{};
    call.rows = 8;
    profiler.begin(sample.fn, call, 2);
    // Thread 1 does nothing and waits 4 ms after kernel 0 for thread 0, which does not wait.
    Profiler::started(call, 0);
    Profiler::started(call, 1);
    busy(4e-3);
    call.stamp(call.stamp_data, 0, 0);
    call.stamp(call.stamp_data, 0, 3 + 0);
    call.stamp(call.stamp_data, 1, 3 + 0);
    profiler.end();
  }
  std::string text = profiler.text();
  std::vector<double> seven = numbersOf(text, "x |> dense(64)"),
                      waiting = numbersOf(text, "waiting for other threads");
  EXPECT_GE(seven[1], 1999) << "the mean of 4 ms and nothing\n" << text;
  EXPECT_GE(seven[3], 1999) << "waited for\n" << text;
  EXPECT_NEAR(waiting[0], seven[3], 1 + 0.01 * seven[3]);
}

TEST(Profiler, OtherFunctionsAreNotMeasured) {
  Sample sample;
  Profiler profiler(sample.program);
  nn_fn other{1};
  nn_call call{};
  profiler.begin(other, call, 1);
  EXPECT_EQ(call.stamp, nullptr);
  Profiler::started(call, 0);
  profiler.end();
  profiler.step(1);
  EXPECT_EQ(profiler.text().find("train net"), std::string::npos);
}
