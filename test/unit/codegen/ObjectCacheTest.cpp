// Tests of the cache of compiled code: keys, damaged entries, folders that are not trusted, limits.
#include "compiler/codegen/ObjectCache.h"
#include "compiler/codegen/Object.h"
#include "compiler/codegen/Target.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

#include <csignal>
#include <set>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace nnc;

namespace {

/// A separate folder for each test, removed at the end.
struct ObjectCacheTest : testing::Test {
  ObjectCacheTest() {
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("nnc-cache", root));
    folder = (root + "/a/b").str();
  }
  ~ObjectCacheTest() override { llvm::sys::fs::remove_directories(root); }

  static std::string contents(const std::string &path) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : "";
  }
  /// The files in the folder, except its secret.
  std::set<std::string> files() const {
    std::set<std::string> names;
    std::error_code error;
    for (llvm::sys::fs::directory_iterator at(folder, error), end; !error && at != end;
         at.increment(error))
      if (llvm::StringRef name = llvm::sys::path::filename(at->path()); name != "key")
        names.insert(name.str());
    return names;
  }
  static std::string found(const ObjectCache &cache, llvm::StringRef key) {
    std::unique_ptr<llvm::MemoryBuffer> buffer = cache.find(key);
    return buffer ? buffer->getBuffer().str() : "nothing";
  }

  llvm::SmallString<128> root;
  std::string folder;
  const std::string object = std::string("\0object\n", 8) + std::string(5000, 'x');
};

} // namespace

TEST_F(ObjectCacheTest, FindsWhatItKept) {
  ObjectCache cache(folder);
  EXPECT_EQ(found(cache, "k"), "nothing");
  cache.keep("k", object);
  EXPECT_EQ(found(cache, "k"), object);
  EXPECT_EQ(found(cache, "other"), "nothing");
  EXPECT_EQ(found(ObjectCache(folder), "k"), object);
  EXPECT_EQ(files().size(), 1u); // no temporary file is left
  cache.keep("empty", "");
  EXPECT_EQ(found(cache, "empty"), "");
}

TEST_F(ObjectCacheTest, IgnoresAndReplacesDamagedEntries) {
  ObjectCache cache(folder);
  cache.keep("k", object);
  const std::string path = cache.path("k"), whole = contents(path);
  ASSERT_GT(whole.size(), object.size());
  auto rejects = [&](const std::string &bytes) {
    EXPECT_FALSE(bool(writeFile(path, bytes)));
    return found(cache, "k") == "nothing";
  };
  // Damages each byte of the header and some of the object, and truncates in several ways.
  for (size_t at = 0; at < whole.size(); at += at < 64 ? 1 : 997) {
    std::string damaged = whole;
    damaged[at] ^= 1;
    EXPECT_TRUE(rejects(damaged)) << "byte " << at;
    EXPECT_TRUE(rejects(whole.substr(0, at))) << "the first " << at << " bytes";
  }
  EXPECT_TRUE(rejects(whole + "x"));
  cache.keep("k", object);
  EXPECT_EQ(found(cache, "k"), object);
  // An intact entry under the name of another one.
  ASSERT_FALSE(bool(writeFile(cache.path("other"), whole)));
  EXPECT_EQ(found(cache, "other"), "nothing");
}

TEST_F(ObjectCacheTest, FolderThatCannotBe) {
  // A file where the folder should be; a folder where the entry should be.
  ASSERT_FALSE(bool(writeFile((root + "/file").str(), "x")));
  ObjectCache file((root + "/file").str());
  file.keep("k", object);
  EXPECT_EQ(found(file, "k"), "nothing");
  EXPECT_EQ(contents((root + "/file").str()), "x");
  ObjectCache cache(folder);
  ASSERT_FALSE(llvm::sys::fs::create_directories(cache.path("k")));
  EXPECT_EQ(found(cache, "k"), "nothing");
  cache.keep("k", object);
  EXPECT_EQ(found(cache, "k"), "nothing");
  EXPECT_EQ(files(), std::set<std::string>{"llvmcache-k"});
}

TEST_F(ObjectCacheTest, BelievesOnlyItsOwnSecret) {
  ObjectCache one((root + "/one").str()), other((root + "/other").str());
  one.keep("k", object);
  other.keep("k", object);
  ASSERT_FALSE(bool(writeFile(other.path("k"), contents(one.path("k")))));
  EXPECT_EQ(found(other, "k"), "nothing");
  ASSERT_FALSE(bool(writeFile((root + "/other/key").str(), contents((root + "/one/key").str()))));
  ASSERT_EQ(chmod((root + "/other/key").str().c_str(), 0600), 0);
  EXPECT_EQ(found(ObjectCache((root + "/other").str()), "k"), object);
}

TEST_F(ObjectCacheTest, TrustsNoFolderThatOthersMayWrite) {
  const std::string shared = (root + "/shared").str();
  ASSERT_EQ(mkdir(shared.c_str(), 0700), 0);
  ObjectCache(shared).keep("k", object);
  EXPECT_EQ(ObjectCache(shared).distrust(), "");
  for (mode_t mode : {0720, 0702, 01777}) {
    ASSERT_EQ(chmod(shared.c_str(), mode), 0);
    ObjectCache cache(shared);
    EXPECT_EQ(found(cache, "k"), "nothing");
    EXPECT_NE(cache.distrust().find("others may write into it"), std::string::npos);
    cache.keep("more", object);
  }
  ASSERT_EQ(chmod(shared.c_str(), 0755), 0); // reading is harmless
  EXPECT_EQ(found(ObjectCache(shared), "k"), object);
  EXPECT_EQ(found(ObjectCache(shared), "more"), "nothing");
  ASSERT_EQ(chmod((shared + "/key").c_str(), 0644), 0);
  EXPECT_EQ(found(ObjectCache(shared), "k"), "nothing");
}

TEST_F(ObjectCacheTest, PassesOverWhatIsNoFile) {
  ObjectCache cache(folder);
  cache.keep("other", object);
  ASSERT_EQ(mkfifo(cache.path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(found(cache, "pipe"), "nothing");
  ASSERT_EQ(symlink(cache.path("other").c_str(), cache.path("link").c_str()), 0);
  EXPECT_EQ(found(cache, "link"), "nothing");
  cache.prune(true);
  cache.keep("pipe", object);
  EXPECT_EQ(found(cache, "pipe"), object);
}

TEST_F(ObjectCacheTest, FullDisk) {
  ObjectCache cache(folder);
  cache.keep("small", "s");
  // A limit on the size of files fails a write in its middle, as a full disk does.
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  auto old = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit little = {1000, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &little), 0);
  cache.keep("k", object);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, old);
  EXPECT_EQ(found(cache, "k"), "nothing");
  EXPECT_EQ(files(), std::set<std::string>{"llvmcache-small"});
}

TEST_F(ObjectCacheTest, NoFolderKeepsNothing) {
  ObjectCache cache;
  EXPECT_FALSE(cache.enabled());
  cache.keep("k", object);
  cache.prune(true);
  EXPECT_EQ(found(cache, "k"), "nothing");
}

TEST_F(ObjectCacheTest, PrunesToItsLimit) {
  ObjectCache cache(folder, 20000);
  for (int i = 0; i < 10; ++i)
    cache.keep(std::to_string(i), object);
  ASSERT_FALSE(bool(writeFile(folder + "/notes.txt", "not an entry")));
  EXPECT_EQ(files().size(), 11u);
  cache.prune(true);
  EXPECT_LE(files().size(), 1u + 3);
  EXPECT_GE(files().size(), 1u + 2);
  EXPECT_TRUE(files().count("notes.txt"));
}

TEST_F(ObjectCacheTest, SeveralAtOnce) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      ObjectCache cache(folder);
      for (int i = 0; i < 200; ++i) {
        cache.keep("k", object);
        std::string other = found(cache, "k");
        EXPECT_EQ(other, object);
        if (i % 16 == 0 && t == 0)
          cache.prune(true);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  EXPECT_EQ(files(), std::set<std::string>{"llvmcache-k"});
}

TEST(ObjectKey, DependsOnEveryPart) {
  std::set<std::string> keys;
  auto add = [&](const ObjectKey &key) {
    EXPECT_EQ(key.text().size(), 64u);
    EXPECT_TRUE(keys.insert(key.text()).second);
  };
  add(ObjectKey());
  add(ObjectKey().add(""));
  add(ObjectKey().add("ab").add("c"));
  add(ObjectKey().add("a").add("bc"));
  add(ObjectKey().add("c").add("ab"));
  for (const char *cpu : {"x86-64-v2", "x86-64-v3", "x86-64-v4"}) {
    auto target = Target::parse(cpu);
    ASSERT_TRUE(bool(target)) << llvm::toString(target.takeError());
    add(ObjectKey().add(*target));
    target->features += ",+aes";
    add(ObjectKey().add(*target));
  }
  EXPECT_EQ(ObjectKey().add("ab").text(), ObjectKey().add("ab").text());
}

TEST(CodeIdentity, HoldsTheIdsOfTheExecutableAndOfLlvm) {
  // At least two files, with 20 bytes each (a linker's id) or 32 (a hash of the file).
  EXPECT_GE(codeIdentity().size(), 40u);
  EXPECT_EQ(codeIdentity(), codeIdentity());
}

TEST(DefaultFolder, IsWhereTheEnvironmentSays) {
  auto with = [](const char *nnc, const char *xdg, const char *home) {
    for (auto [name, value] :
         {std::pair("NNC_CACHE_DIR", nnc), {"XDG_CACHE_HOME", xdg}, {"HOME", home}})
      value ? setenv(name, value, 1) : unsetenv(name);
    return ObjectCache::defaultFolder();
  };
  std::pair<const char *, std::string> before[] = {
      {"NNC_CACHE_DIR", ""}, {"XDG_CACHE_HOME", ""}, {"HOME", ""}};
  std::set<std::string> unset;
  for (auto &[name, value] : before)
    if (const char *now = getenv(name))
      value = now;
    else
      unset.insert(name);
  EXPECT_EQ(with("/c", "/x", "/h"), "/c");
  EXPECT_EQ(with("", "/x", "/h"), "");
  EXPECT_EQ(with(nullptr, "/x", "/h"), "/x/nnc");
  EXPECT_EQ(with(nullptr, nullptr, "/h"), "/h/.cache/nnc");
  for (auto &[name, value] : before)
    unset.count(name) ? unsetenv(name) : setenv(name, value.c_str(), 1);
}
