// Tests that readers survive randomly damaged files: they give an error or a result, never a crash
// (the sanitizer build also checks memory).
#include "runtime/sources/csv_table.h"
#include "runtime/sources/idx_file.h"
#include "runtime/sources/source.h"
#include "runtime/support/json.h"
#include "runtime/support/philox.h"
#include "runtime/weights/safetensors.h"
#include "test/unit/runtime/LinearProgram.h"

using namespace nnrt;
using nnrt_test::TemporaryFolder;

/// `text` with a few bytes changed, removed or repeated; a function of `round`.
static std::string damaged(std::string text, uint64_t round) {
  Philox p = randomWords(42, Stream::Generator, round);
  for (uint32_t edits = 1 + p.word[3] % 3; edits && !text.empty(); --edits) {
    Philox q = randomWords(43, Stream::Generator, round, edits);
    size_t at = below(q.word[0], uint32_t(text.size()));
    switch (q.word[1] % 4) {
    case 0:
      text[at] = char(q.word[2]);
      break;
    case 1:
      text.erase(at, 1 + q.word[2] % 4);
      break;
    case 2:
      text.insert(at, text.substr(at, 1 + q.word[2] % 8));
      break;
    default:
      text[at] = "\",\n\r0-.e{}[]:\\"[q.word[2] % 14];
    }
  }
  return text;
}

TEST(Damage, Csv) {
  std::string text =
      "a,\"b \"\"x\"\"\",c\r\n1,2.5,red\r\n-3e2,\"4\",\"gr\neen\"\r\n\r\n5,6,blue\r\n";
  TemporaryFolder folder;
  SourceT description;
  for (uint64_t round = 0; round < 1500; ++round) {
    folder.write("f", damaged(text, round));
    CsvTable table;
    description.encoding = round % 3 ? NN_UTF8 : NN_LATIN1;
    if (readTable(description, folder / "f", SIZE_MAX, {}, table).failed())
      continue;
    CsvScanner scanner(table.text, "f", table.dialect);
    std::vector<Cell> cells;
    bool done = false;
    size_t records = 0, total = 0;
    while (!done && !scanner.next(cells, done).failed() && ++records < 100)
      for (const Cell &cell : cells)
        total += cell.text.size();
    EXPECT_LT(records, 100u);
    EXPECT_LE(total, table.text.size());
  }
}

TEST(Damage, Idx) {
  TemporaryFolder folder;
  std::string text = std::string("\0\0\x08\x03\0\0\0\4\0\0\0\3\0\0\0\2", 16) + std::string(24, 'x');
  for (uint64_t round = 0; round < 300; ++round) {
    folder.write("f", damaged(text, round));
    IdxFile file;
    if (readIdx(folder / "f", file).failed())
      continue;
    double sum = 0;
    for (int64_t i = 0; i < file.items() * file.itemSize(); ++i)
      sum += file.element(i);
    (void)sum;
  }
}

TEST(Damage, Safetensors) {
  TemporaryFolder folder;
  float w[6] = {1, 2, 3, 4, 5, 6};
  ASSERT_FALSE(writeSafetensors(folder / "f",
                                {{"w", DType::F32, {2, 3}, (unsigned char *)w, sizeof w},
                                 {"b", DType::F32, {6}, (unsigned char *)w, sizeof w}},
                                {{"k", "v"}})
                   .failed());
  std::string text = folder.read("f");
  for (uint64_t round = 0; round < 1000; ++round) {
    folder.write("f", damaged(text, round));
    SafetensorsFile file;
    if (readSafetensors(folder / "f", file).failed())
      continue;
    double sum = 0;
    for (const TensorView &tensor : file.tensors)
      if (tensor.type != DType::Other)
        for (int64_t i = 0; i < tensor.elements(); ++i)
          sum += tensor.get(i);
    (void)sum;
  }
}

TEST(Damage, Json) {
  std::string text =
      R"({"a": [1, -2.5e3, true, null, "x\u00e9\ud83d\ude00\n"], "b": {"c": {}, "d": []}})";
  for (uint64_t round = 0; round < 5000; ++round) {
    Json json;
    (void)parseJson(damaged(text, round), json).failed();
  }
}
