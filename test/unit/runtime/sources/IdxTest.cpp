// Tests of IDX files: types, compression, and files that are truncated or do not fit together.
#include "runtime/sources/idx_file.h"
#include "runtime/sources/source.h"
#include "test/unit/runtime/LinearProgram.h"

#include <zlib.h>

#include <cmath>

using namespace nnrt;
using nnrt_test::TemporaryFolder;

static std::string bigEndian(uint64_t value, int bytes) {
  std::string text;
  for (int b = bytes - 1; b >= 0; --b)
    text += char(value >> (8 * b));
  return text;
}

static std::string idx(int type, std::vector<uint32_t> shape, const std::string &data) {
  std::string text = {0, 0, char(type), char(shape.size())};
  for (uint32_t size : shape)
    text += bigEndian(size, 4);
  return text + data;
}

static std::string gzip(const std::string &text) {
  std::string out(text.size() + 100, 0);
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = (Bytef *)text.data();
  stream.avail_in = uInt(text.size());
  stream.next_out = (Bytef *)&out[0];
  stream.avail_out = uInt(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

static std::string pixels(int count) {
  std::string text;
  for (int i = 0; i < count; ++i)
    text += char(i * 37);
  return text;
}

TEST(Idx, PlainAndCompressed) {
  TemporaryFolder folder;
  std::string plain = idx(8, {5, 2, 3}, pixels(30));
  folder.write("a", plain);
  folder.write("a.gz", gzip(plain));
  for (const char *name : {"a", "a.gz"}) {
    IdxFile file;
    Status status = readIdx(folder / name, file);
    ASSERT_FALSE(status.failed()) << status.message();
    EXPECT_EQ(file.shape, (std::vector<int64_t>{5, 2, 3}));
    EXPECT_EQ(file.itemSize(), 6);
    EXPECT_EQ(file.element(29), double((unsigned char)(29 * 37)));
  }
}

TEST(Idx, OtherTypes) {
  TemporaryFolder folder;
  auto one = [&](int type, const std::string &data, double expected) {
    folder.write("a", idx(type, {1}, data));
    IdxFile file;
    Status status = readIdx(folder / "a", file);
    ASSERT_FALSE(status.failed()) << status.message();
    EXPECT_EQ(file.element(0), expected);
  };
  one(0x09, bigEndian(uint64_t(-5), 1), -5);
  one(0x0B, bigEndian(uint64_t(-500), 2), -500);
  one(0x0C, bigEndian(uint64_t(-70000), 4), -70000);
  one(0x0D, std::string("\x3f\xc0\0\0", 4), 1.5);
  one(0x0E, std::string("\x3f\xf8\0\0\0\0\0\0", 8), 1.5);
}

TEST(Idx, CutOff) {
  TemporaryFolder folder;
  std::string plain = idx(8, {5, 2, 3}, pixels(30));
  IdxFile file;
  folder.write("a", plain.substr(0, 20));
  EXPECT_EQ(readIdx(folder / "a", file).message(),
            folder / "a" +
                " is cut off: its header [5, 2, 3] announces 30 bytes of data, 4 were found");
  folder.write("a", plain.substr(0, 9));
  EXPECT_EQ(readIdx(folder / "a", file).message(),
            folder / "a" + " ends after 9 bytes, before the end of its IDX header of 16 bytes");
  folder.write("a", "ab");
  EXPECT_EQ(readIdx(folder / "a", file).message(),
            folder / "a" + " ends after 2 bytes, before the end of an IDX header");
  // Every truncation of the compressed file is noticed.
  std::string packed = gzip(plain);
  for (size_t size = 0; size < packed.size(); ++size) {
    folder.write("a", packed.substr(0, size));
    EXPECT_TRUE(readIdx(folder / "a", file).failed()) << size;
  }
}

TEST(Idx, Damaged) {
  TemporaryFolder folder;
  IdxFile file;
  std::string plain = idx(8, {5, 2, 3}, pixels(30));
  folder.write("a", plain + "x");
  EXPECT_EQ(readIdx(folder / "a", file).message(),
            folder / "a" +
                " continues after the 30 bytes of data that its header [5, 2, 3] announces");
  folder.write("a", "this is no idx file");
  EXPECT_EQ(readIdx(folder / "a", file).message(),
            folder / "a" + " is not an IDX file: it starts with 74 68 69 73");
  folder.write("a", idx(8, {0xffffffff, 0xffffffff, 0xffffffff}, ""));
  EXPECT_NE(readIdx(folder / "a", file).message().find("is damaged: its header says"),
            std::string::npos);
  folder.write("a", idx(8, {0, 28, 28}, ""));
  EXPECT_NE(readIdx(folder / "a", file).message().find("holds no items"), std::string::npos);
  folder.write("a", "");
  EXPECT_EQ(readIdx(folder / "a", file).message(), folder / "a" + " is empty");
  EXPECT_EQ(readIdx(folder.path, file).message(), folder.path + " is a directory, not a file");
  std::string packed = gzip(plain);
  packed[packed.size() - 6] ^= 1; // the checksum
  folder.write("a", packed);
  EXPECT_NE(readIdx(folder / "a", file).message().find("is damaged: "), std::string::npos);
}

namespace {
Status openPair(const TemporaryFolder &folder, std::unique_ptr<nnrt::Source> &source,
                int64_t imageSize = 6) {
  static SourceT description;
  description = {};
  description.kind = NN_IDX;
  description.where = "p.nn:1:5";
  description.path = "images";
  description.labels = "labels";
  SourceSpec spec{&description, 0, 0, 0, 0, 0, 0, 0, 0, {folder.path, ""}};
  return openSource(
      spec, {{"image", "p.nn:2:7", NN_NUMBER, imageSize}, {"label", "p.nn:3:7", NN_NUMBER, 1}},
      source);
}
} // namespace

TEST(Idx, ImagesAndLabels) {
  TemporaryFolder folder;
  folder.write("images", idx(8, {3, 2, 3}, pixels(18)));
  folder.write("labels", gzip(idx(8, {3}, std::string("\1\0\7", 3))));
  std::unique_ptr<nnrt::Source> source;
  Status status = openPair(folder, source);
  ASSERT_FALSE(status.failed()) << status.message();
  EXPECT_EQ(source->rows, 3);
  std::vector<float> images(12), labels(2);
  int64_t rows[] = {2, 0};
  source->fill(0, rows, 2, {images.data(), false});
  source->fill(1, rows, 2, {labels.data(), false});
  EXPECT_EQ(labels, (std::vector<float>{7, 1}));
  EXPECT_EQ(images[0], float((unsigned char)(12 * 37)));
  EXPECT_EQ(images[6], 0);
}

TEST(Idx, CountsDiffer) {
  TemporaryFolder folder;
  folder.write("images", idx(8, {3, 2, 3}, pixels(18)));
  folder.write("labels", idx(8, {2}, std::string("\1\0", 2)));
  std::unique_ptr<nnrt::Source> source;
  EXPECT_EQ(openPair(folder, source).message(), folder / "images" + " holds 3 images, but " +
                                                    (folder / "labels") +
                                                    " holds 2 labels (at p.nn:1:5)");
}

TEST(Idx, AnotherImageSizeThanCompiledFor) {
  TemporaryFolder folder;
  folder.write("images", idx(8, {2, 2, 3}, pixels(12)));
  folder.write("labels", idx(8, {2}, std::string("\1\0", 2)));
  std::unique_ptr<nnrt::Source> source;
  EXPECT_NE(openPair(folder, source, 784)
                .message()
                .find("has 6 elements in each row, the program was compiled for 784"),
            std::string::npos);
}

TEST(Idx, NanInData) {
  TemporaryFolder folder;
  folder.write("images", idx(0x0D, {2, 1}, std::string("\x3f\xc0\0\0\x7f\xc0\0\0", 8)));
  folder.write("labels", idx(8, {2}, std::string("\1\0", 2)));
  std::unique_ptr<nnrt::Source> source;
  EXPECT_EQ(openPair(folder, source, 1).message(),
            folder / "images" + ": element 1 of item 2 is nan (at p.nn:1:5)");
}
