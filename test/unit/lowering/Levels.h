// The processor levels for which tests of generated code run: this machine's, and every lower one
// with vectors of another width or other instructions. Tests with one level each are instantiated
// with
//
//   INSTANTIATE_TEST_SUITE_P(Levels, MyTest, testing::ValuesIn(nnc::test::levels()),
//   nnc::test::levelName);
#pragma once

#include "compiler/codegen/Target.h"

#include "llvm/Support/Error.h"
#include "gtest/gtest.h"

#include <algorithm>
#include <string>
#include <vector>

namespace nnc::test {

inline Target targetOf(const std::string &cpu) {
  auto target = Target::parse(cpu);
  if (!target)
    llvm::report_fatal_error(target.takeError());
  return *target;
}

/// "native", and those of AVX2 (8 lanes, 16 registers) and SSE2 (4 lanes, no fused multiply-adds)
/// that are below it.
inline std::vector<std::string> levels() {
  std::vector<std::string> result{"native"};
#if defined(__x86_64__)
  const Target here = targetOf("native");
  for (const char *level : {"x86-64-v3", "x86-64"})
    if (targetOf(level).machine.vectorBytes < here.machine.vectorBytes)
      result.push_back(level);
#endif
  return result;
}

/// A test's suffix: "x86_64_v3".
inline std::string levelName(const testing::TestParamInfo<std::string> &info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

} // namespace nnc::test
