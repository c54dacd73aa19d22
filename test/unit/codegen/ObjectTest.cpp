// Tests of object files, assembly and other targets, and of replacing files.
#include "compiler/codegen/Object.h"
#include "Sample.h"
#include "compiler/codegen/Tables.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace nnc;

TEST(Object, SameModuleGivesTheSameBytes) {
  auto make = [] {
    Sample sample;
    ProgramTables tables;
    fillTables(tables);
    LlvmProgram program = sample.translate();
    addProgram(*program.module, tables);
    auto bytes = emitObject(*program.module, sample.target);
    EXPECT_TRUE(bool(bytes));
    return std::string(bytes->begin(), bytes->end());
  };
  std::string first = make();
  EXPECT_GT(first.size(), 500u);
  EXPECT_EQ(first, make());
}

TEST(Object, AssemblyNamesTheFunctions) {
  Sample sample;
  LlvmProgram program = sample.translate();
  auto text = emitAssembly(*program.module, sample.target);
  ASSERT_TRUE(bool(text));
  EXPECT_NE(text->find("numbers:"), std::string::npos);
}

TEST(Object, ForeignTarget) {
  Sample sample;
  auto target = Target::parse("native", "aarch64-unknown-linux-gnu");
  ASSERT_TRUE(bool(target));
  sample.target = *target;
  LlvmProgram program = sample.translate();
  auto text = emitAssembly(*program.module, sample.target);
  ASSERT_TRUE(bool(text)) << llvm::toString(text.takeError());
  EXPECT_NE(text->find("ret"), std::string::npos);
}

TEST(WriteFile, ReplacesAFileAndNamesWhatFails) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("nnc-object", folder));
  std::string path = (folder + "/out").str();
  ASSERT_FALSE(bool(writeFile(path, "one")));
  ASSERT_FALSE(bool(writeFile(path, "two")));
  EXPECT_EQ((*llvm::MemoryBuffer::getFile(path))->getBuffer(), "two");
  std::string directory = llvm::toString(writeFile(folder, "x"));
  EXPECT_NE(directory.find("directory"), std::string::npos) << directory;
  std::string missing = llvm::toString(writeFile((folder + "/no/where").str(), "x"));
  EXPECT_NE(missing.find("/no/where"), std::string::npos) << missing;
  std::string full = llvm::toString(writeFile("/dev/full", "x"));
  EXPECT_NE(full.find("/dev/full"), std::string::npos) << full;
  EXPECT_FALSE(llvm::sys::fs::is_regular_file("/dev/full"));
  llvm::sys::fs::remove_directories(folder);
}
