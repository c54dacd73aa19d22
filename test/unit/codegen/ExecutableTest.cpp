// Tests of linking trainers: tables, reproducible output, errors of the linker.
#include "compiler/codegen/Executable.h"
#include "Sample.h"
#include "compiler/codegen/Object.h"
#include "compiler/codegen/Tables.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"

#include <cstdlib>

using namespace nnc;
using namespace llvm;

namespace {

class Executable : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(sys::fs::createUniqueDirectory("nnc-executable", folder));
    path = (folder + "/trainer").str();
  }
  void TearDown() override { sys::fs::remove_directories(folder); }

  SmallVector<char, 0> object() {
    Sample sample;
    ProgramTables tables;
    fillTables(tables);
    EXPECT_FALSE(bool(completeTables(tables, *sample.module)));
    LlvmProgram program = sample.translate();
    addProgram(*program.module, tables);
    auto bytes = emitObject(*program.module, sample.target);
    EXPECT_TRUE(bool(bytes));
    return std::move(*bytes);
  }
  std::string link(StringRef to) {
    SmallVector<char, 0> bytes = object();
    return toString(linkExecutable(StringRef(bytes.data(), bytes.size()), PROBE_RUNTIME, {}, to));
  }
  unsigned files() {
    unsigned count = 0;
    std::error_code code;
    for (sys::fs::directory_iterator it(folder, code), end; it != end && !code; it.increment(code))
      ++count;
    return count;
  }

  SmallString<128> folder;
  std::string path;
};

} // namespace

TEST_F(Executable, RunsWithItsTables) {
  ASSERT_EQ(link(path), "");
  EXPECT_EQ(files(), 1u);
  std::string out = (folder + "/out").str();
  std::optional<StringRef> redirects[] = {std::nullopt, StringRef(out), std::nullopt};
  EXPECT_EQ(sys::ExecuteAndWait(path, {path, "3"}, std::nullopt, redirects), 3);
  EXPECT_EQ((*MemoryBuffer::getFile(out))->getBuffer(),
            std::to_string(nnrt::programVersion) +
                " sample [A \"quoted\" line\nand θ] f32 192\n"
                "net.w w 64 rank 2 last 5 kind 0\n"
                "net.b b 128 rank 1 last 5 kind 1\n"
                "epochs passes 0.1 1\n"
                "d 1 two test.csv -1.25 7.5 -1 none\n"
                "a.nn:1:2 -1 1 64 1 4096 612\n"
                "2.718282\n"
                "head\n"
                "16 line 7 of sin x, 1 kernels: 2.5 flops, distance 8, the step\n");
}

TEST_F(Executable, IsReproducible) {
  std::string other = (folder + "/other").str();
  ASSERT_EQ(link(path), "");
  ASSERT_EQ(link(other), "");
  EXPECT_EQ((*MemoryBuffer::getFile(path))->getBuffer(),
            (*MemoryBuffer::getFile(other))->getBuffer());
}

TEST_F(Executable, UnusableOutputs) {
  EXPECT_NE(link(folder).find("directory"), std::string::npos);
  std::string missing = link((folder + "/no/trainer").str());
  EXPECT_NE(missing.find("/no/trainer"), std::string::npos) << missing;
  EXPECT_EQ(files(), 0u);
}

TEST_F(Executable, NoCompiler) {
  std::string saved = getenv("PATH");
  setenv("PATH", folder.c_str(), 1);
  std::string message = link(path);
  setenv("PATH", saved.c_str(), 1);
  EXPECT_NE(message.find("no C++ compiler"), std::string::npos) << message;
}

TEST_F(Executable, LinkerErrorsAreShown) {
  std::string message = toString(linkExecutable("not an object", PROBE_RUNTIME, {}, path));
  EXPECT_NE(message.find("failed"), std::string::npos) << message;
  EXPECT_EQ(files(), 0u);
}

TEST(FindRuntimeLibrary, MissingIsAnError) {
  // The tests' own folder may or may not have a ../lib/libnnrt.a: both results are right.
  static int anchor;
  auto path = findRuntimeLibrary("", &anchor);
  if (path)
    EXPECT_TRUE(StringRef(*path).ends_with("/lib/libnnrt.a"));
  else
    EXPECT_NE(toString(path.takeError()).find("libnnrt.a"), std::string::npos);
}
