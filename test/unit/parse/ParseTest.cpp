// Tests of parsing whole programs: the samples, the prelude, the round trip through the printer,
// mutations, prompts and speed.
#include "test/unit/parse/Parsed.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include <chrono>
#include <cstdlib>
#include <random>

using namespace nnc;
using namespace nnc::test;

/// The texts of all .nn files of a folder, by path; none if it does not exist.
static std::vector<std::pair<std::string, std::string>> programsIn(const std::string &folder) {
  std::vector<std::pair<std::string, std::string>> programs;
  std::error_code error;
  for (llvm::sys::fs::directory_iterator at(folder, error), end; at != end && !error;
       at.increment(error))
    if (llvm::sys::path::extension(at->path()) == ".nn")
      programs.emplace_back(at->path(),
                            (*llvm::MemoryBuffer::getFile(at->path()))->getBuffer().str());
  llvm::sort(programs);
  return programs;
}

static std::vector<std::pair<std::string, std::string>> allPrograms() {
  const char *shared = std::getenv("NNC_SHARED");
  const std::string samples = std::string(shared ? shared : NNC_SHARED_DIR) + "/programs";
  auto programs = programsIn(samples);
  // Their README names those that use the next edition of the language.
  if (auto readme = llvm::MemoryBuffer::getFile(samples + "/README.md"))
    if (const llvm::StringRef text = (*readme)->getBuffer(); text.contains("second edition"))
      llvm::erase_if(programs, [&](auto &program) {
        return text.contains(("`" + llvm::sys::path::stem(program.first) + "`").str());
      });
  for (const char *folder : {"/compiler/prelude", "/examples"})
    llvm::append_range(programs, programsIn(NNC_SOURCE_DIR + std::string(folder)));
  return programs;
}

TEST(Parse, ReadsEveryProgramAndPrintsItStably) {
  auto programs = allPrograms();
  if (programs.empty())
    GTEST_SKIP() << "no programs found";
  for (auto &[path, text] : programs) {
    Parsed first(text);
    ASSERT_EQ(first.messages(), "") << path;
    std::string once = first.printed();
    Parsed second(once);
    ASSERT_EQ(second.messages(), "") << path << "\n" << once;
    EXPECT_EQ(second.printed(), once) << path;
    EXPECT_EQ(second.program->statements.size(), first.program->statements.size()) << path;
  }
}

/// Deletes, doubles, swaps or replaces a part of `text`.
static std::string mutate(std::string text, std::mt19937 &random) {
  static const char *const pieces[] = {
      "(",       ")",    "[",   "]",   "{",      "}",      "\"",   "`",   "'",    "\n",
      ";",       ",",    "|>",  "if ", " then ", " else ", "let ", "fn ", "=",    "<-",
      "~",       "..",   "...", "%",   "^",      "-",      "1e9",  "θ",   "\x80", "train ",
      "metric ", " as ", "#",   "##",  "split ", "->",     ":",    "\0"};
  size_t at = random() % (text.size() + 1), length = random() % 12;
  switch (random() % 4) {
  case 0:
    text.erase(at, length);
    break;
  case 1:
    text.insert(at, text.substr(random() % (text.size() + 1), length));
    break;
  case 2:
    text.insert(at, pieces[random() % std::size(pieces)]);
    break;
  default:
    text.replace(at, length, pieces[random() % std::size(pieces)]);
  }
  return text;
}

TEST(Parse, SurvivesMutatedPrograms) {
  std::mt19937 random(1);
  for (auto &[path, text] : allPrograms())
    for (int i = 0; i != 40; ++i) {
      std::string mutant = text;
      for (unsigned n = 1 + random() % 4; n != 0; --n)
        mutant = mutate(mutant, random);
      Parsed parsed(mutant);
      if (parsed.diags.hasErrors()) {
        EXPECT_NE(parsed.messages(), "");
        for (const Diagnostic &message : parsed.diags.all())
          EXPECT_TRUE(parsed.diags.position(message.where).isValid() || !parsed.program)
              << message.message;
        parsed.printed(); // the rest must be printable too
        continue;
      }
      std::string once = parsed.printed();
      Parsed second(once);
      EXPECT_EQ(second.messages(), "") << mutant << "\n----\n" << once;
      EXPECT_EQ(second.printed(), once) << mutant;
    }
}

TEST(Parse, TellsWhenAPromptNeedsMoreLines) {
  for (const char *text :
       {"model m(x: [2]) {", "let a = f(1,", "let a =", "let a = 1 +", "x |>", "[1, 2", "a and",
        "## A comment that documents what is to come.\n", "fn f(x) {\n  let a = 1\n", "fn f(x) ="})
    EXPECT_TRUE(isIncomplete(text)) << text;
  for (const char *text : {"", "let a = 1", "let a = \"abc", "let a = )", "f(1))", "(]", "x\n|> f",
                           "# comment", "a'", "80%", "fn f(x) {\n  x\n}\n", "let a = $"})
    EXPECT_FALSE(isIncomplete(text)) << text;
}

TEST(Parse, GivesNothingWhereNothingCanBeRead) {
  EXPECT_EQ(Parsed("let a = (").program, nullptr);
  EXPECT_EQ(Parsed("let a = \"").program, nullptr);
  EXPECT_NE(Parsed("let a = *").program, nullptr);
}

// A guard against ANTLR's slow paths, far above the measured time (README): a machine under load
// must pass it too.
TEST(Parse, IsQuick) {
  std::string text;
  for (int i = 0; i != 100; ++i)
    text += "## A layer.\nlayer dense" + std::to_string(i) +
            "(units, weights = glorot)(x: [n]) -> [units] {\n  param w: [n, units] ~ weights\n"
            "  if training { x @ w + sqrt(1 / (n + 1)) * tanh(x[0]) } else { x |> relu |> f(k = 3) "
            "}\n}\n";
  auto start = std::chrono::steady_clock::now();
  Parsed parsed(text);
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  EXPECT_EQ(parsed.errors(), "");
  EXPECT_LT(seconds.count(), 2.0);
}
