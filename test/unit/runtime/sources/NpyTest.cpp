// Tests of NumPy's files: types, byte orders, orders of axes, versions; archives, stored and
// deflated; and errors in damaged ones.
#include "runtime/sources/npy_file.h"
#include "runtime/sources/source.h"
#include "test/unit/runtime/LinearProgram.h"

#include <zlib.h>

using namespace nnrt;
using namespace nnrt_test;

namespace {

std::string little(uint64_t value, int bytes) {
  std::string text;
  for (; bytes; --bytes, value >>= 8) // there may be more bytes than a number has
    text += char(value);
  return text;
}

std::string npy(const std::string &descr, const std::string &shape, const std::string &data,
                bool fortran = false, int version = 1) {
  std::string header = "{'descr': " + descr + ", 'fortran_order': " + (fortran ? "True" : "False") +
                       ", 'shape': " + shape + ", }\n";
  return "\x93NUMPY" + std::string(1, char(version)) + std::string(1, 0) +
         little(header.size(), version == 1 ? 2 : 4) + header + data;
}

template <class T> std::string bytesOf(std::initializer_list<T> values) {
  return std::string(reinterpret_cast<const char *>(values.begin()), values.size() * sizeof(T));
}

std::string deflated(const std::string &text) {
  std::string out(text.size() + 100, 0);
  z_stream stream = {};
  deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = (Bytef *)text.data();
  stream.avail_in = uInt(text.size());
  stream.next_out = (Bytef *)&out[0];
  stream.avail_out = uInt(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

/// An archive of members; with `wide`, sizes are in zip64 fields.
std::string zip(const std::vector<std::pair<std::string, std::string>> &members, bool pack,
                bool wide = false) {
  std::string file, directory;
  for (const auto &[name, data] : members) {
    const std::string body = pack ? deflated(data) : data;
    const uint32_t sum = uint32_t(crc32(0, (const Bytef *)data.data(), uInt(data.size())));
    const std::string common =
        little(20, 2) + little(0, 2) + little(pack ? 8 : 0, 2) + little(0, 4) + little(sum, 4);
    const std::string extra =
        wide ? little(1, 2) + little(16, 2) + little(data.size(), 8) + little(body.size(), 8) : "";
    const std::string sizes =
        wide ? std::string(8, '\xff') : little(body.size(), 4) + little(data.size(), 4);
    directory += "PK\1\2" + little(20, 2) + common + sizes + little(name.size(), 2) +
                 little(extra.size(), 2) + little(0, 10) + little(file.size(), 4) + name + extra;
    file += "PK\3\4" + common + sizes + little(name.size(), 2) + little(extra.size(), 2) + name +
            extra + body;
  }
  const size_t start = file.size();
  return file + directory + "PK\5\6" + little(0, 4) + little(members.size(), 2) +
         little(members.size(), 2) + little(directory.size(), 4) + little(start, 4) + little(0, 2);
}

struct Files : testing::Test {
  TemporaryFolder folder;
  std::vector<double> values(const std::string &contents) {
    folder.write("a.npy", contents);
    NpyArray array;
    Status status = readNpy(folder / "a.npy", array, false);
    EXPECT_FALSE(status.failed()) << status.message();
    std::vector<double> result(status.failed() ? 0 : array.rows() * array.rowSize());
    if (!result.empty())
      array.read(0, int64_t(result.size()), result.data());
    return result;
  }
  std::string error(const std::string &contents) {
    folder.write("a.npy", contents);
    NpyArray array;
    std::string text = readNpy(folder / "a.npy", array, false).message();
    return text.substr(0, folder.path.size() + 1) == folder.path + "/"
               ? text.substr(folder.path.size() + 1)
               : text;
  }
  std::string zipError(const std::string &contents, const std::string &member = "x") {
    folder.write("a.npz", contents);
    NpyArray array;
    std::string text = readNpz(folder / "a.npz", member, array, false).message();
    return text.substr(0, folder.path.size() + 1) == folder.path + "/"
               ? text.substr(folder.path.size() + 1)
               : text;
  }
};

} // namespace

using Npy = Files;

TEST_F(Npy, EveryType) {
  const std::vector<double> expected = {1, 2, 3};
  EXPECT_EQ(values(npy("'<f4'", "(3,)", bytesOf<float>({1, 2, 3}))), expected);
  EXPECT_EQ(values(npy("'<f8'", "(3,)", bytesOf<double>({1, 2, 3}))), expected);
  EXPECT_EQ(values(npy("'|u1'", "(3,)", bytesOf<uint8_t>({1, 2, 255}))),
            (std::vector<double>{1, 2, 255}));
  EXPECT_EQ(values(npy("'<u2'", "(3,)", bytesOf<uint16_t>({1, 2, 65535}))),
            (std::vector<double>{1, 2, 65535}));
  EXPECT_EQ(values(npy("'<u4'", "(2,)", bytesOf<uint32_t>({1, 4000000000u}))),
            (std::vector<double>{1, 4e9}));
  EXPECT_EQ(values(npy("'<u8'", "(2,)", bytesOf<uint64_t>({1, 1ull << 63}))),
            (std::vector<double>{1, 0x1p63}));
  EXPECT_EQ(values(npy("'|i1'", "(2,)", bytesOf<int8_t>({-1, 2}))), (std::vector<double>{-1, 2}));
  EXPECT_EQ(values(npy("'<i2'", "(2,)", bytesOf<int16_t>({-1, 300}))),
            (std::vector<double>{-1, 300}));
  EXPECT_EQ(values(npy("'<i4'", "(2,)", bytesOf<int32_t>({-1, 70000}))),
            (std::vector<double>{-1, 70000}));
  EXPECT_EQ(values(npy("'<i8'", "(2,)", bytesOf<int64_t>({-1, 1ll << 40}))),
            (std::vector<double>{-1, 0x1p40}));
  EXPECT_EQ(values(npy("'|b1'", "(3,)", bytesOf<uint8_t>({1, 0, 1}))),
            (std::vector<double>{1, 0, 1}));
}

TEST_F(Npy, ByteOrderAxesAndVersions) {
  EXPECT_EQ(values(npy("'>i2'", "(2,)", std::string("\1\2\xff\xff", 4))),
            (std::vector<double>{258, -1}));
  const std::string six = bytesOf<float>({0, 3, 1, 4, 2, 5}); // [[0, 1, 2], [3, 4, 5]] by columns
  EXPECT_EQ(values(npy("'<f4'", "(2, 3)", six, true)), (std::vector<double>{0, 1, 2, 3, 4, 5}));
  std::string cube, expected; // x[i, j, k] = 100 i + 10 j + k
  for (int k = 0; k < 4; ++k)
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 2; ++i)
        cube += char(100 * i + 10 * j + k);
  std::vector<double> inOrder;
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 4; ++k)
        inOrder.push_back(100 * i + 10 * j + k);
  EXPECT_EQ(values(npy("'|u1'", "(2, 3, 4)", cube, true)), inOrder);
  for (int version : {1, 2, 3})
    EXPECT_EQ(values(npy("'<f4'", "(1, 2)", bytesOf<float>({7, 8}), false, version)),
              (std::vector<double>{7, 8}));
}

TEST_F(Npy, Mistakes) {
  EXPECT_EQ(error("x,y\n1,2\n"), "a.npy is not a NumPy array: it does not begin as one");
  EXPECT_EQ(error(npy("'|O'", "(3,)", "abc")),
            "a.npy holds elements of type `|O`, which are Python objects; an array of numbers is "
            "expected: f4, f8, i1 to i8, u1 to u8 or b1");
  EXPECT_EQ(error(npy("'<f2'", "(1,)", "ab")).substr(0, 38),
            "a.npy holds elements of type `<f2`; an");
  EXPECT_EQ(error(npy("'<c8'", "(1,)", "abcdefgh")).substr(0, 38),
            "a.npy holds elements of type `<c8`; an");
  EXPECT_EQ(error(npy("[('a', '<f4')]", "(1,)", "abcd")).substr(0, 37),
            "a.npy holds elements of type records;");
  EXPECT_EQ(error(npy("'<f4'", "()", "abcd")),
            "a.npy is a single number; an array with an axis of examples is expected");
  EXPECT_EQ(error(npy("'<f4'", "(0, 3)", "")), "a.npy holds nothing: its shape is [0, 3]");
  EXPECT_EQ(
      error(npy("'<f4'", "(2,)", "abcd")),
      "a.npy is cut off: its header announces [2] of 4 bytes, which are 8 bytes, 4 were found");
  EXPECT_EQ(error(npy("'<f4'", "(1,)", "abcdefgh")),
            "a.npy goes on after its end: its header announces [1] of 4 bytes, which are 4 bytes, "
            "8 were found");
  EXPECT_EQ(error(npy("'<f8'", "(1000000000000000, 1000000000000000)", "")),
            "a.npy is damaged: its header announces a shape that no file can hold");
  EXPECT_EQ(error(npy("'<f4'", "(2,)", "abcdefgh", false, 4)),
            "a.npy is of version 4 of NumPy's format; 1 to 3 are expected");
  const std::string good = npy("'<f4'", "(2,)", "abcdefgh");
  for (size_t size = 0; size < good.size(); ++size)
    EXPECT_NE(error(good.substr(0, size)), "") << size;
  std::string noShape = good;
  noShape.replace(noShape.find("shape"), 5, "shade");
  EXPECT_EQ(error(noShape), "a.npy is damaged: its header has no shape");
}

TEST_F(Npy, Archives) {
  const std::string x = npy("'<f4'", "(3, 2)", bytesOf<float>({1, 2, 3, 4, 5, 6})),
                    y = npy("'|u1'", "(3,)", "\1\2\3");
  for (bool pack : {false, true})
    for (bool wide : {false, true}) {
      folder.write("a.npz", zip({{"x.npy", x}, {"y.npy", y}, {"readme.txt", "text"}}, pack, wide));
      std::vector<std::string> names;
      ASSERT_FALSE(listNpz(folder / "a.npz", names).failed());
      EXPECT_EQ(names, (std::vector<std::string>{"x", "y"}));
      NpyArray array;
      Status status = readNpz(folder / "a.npz", "y", array, false);
      ASSERT_FALSE(status.failed()) << status.message();
      double read[3];
      array.read(0, 3, read);
      EXPECT_EQ(std::vector<double>(read, read + 3), (std::vector<double>{1, 2, 3}));
      NpyArray header;
      ASSERT_FALSE(readNpz(folder / "a.npz", "x", header, true).failed());
      EXPECT_EQ(header.shape, (std::vector<int64_t>{3, 2}));
    }
}

TEST_F(Npy, MistakesOfArchives) {
  const std::string x = npy("'<f4'", "(3, 2)", bytesOf<float>({1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(zipError("nothing of the kind, but long enough"),
            "a.npz is not an .npz file: it does not begin as a ZIP archive");
  EXPECT_EQ(zipError(zip({{"x.npy", x}}, true), "z"), "a.npz has no array `z`");
  for (bool pack : {false, true}) {
    const std::string good = zip({{"x.npy", x}}, pack);
    for (size_t size = 0; size < good.size(); ++size) // wherever it ends
      EXPECT_NE(zipError(good.substr(0, size)), "") << size;
    std::string damaged = good;
    damaged[50] ^= 0x11;
    EXPECT_NE(zipError(damaged), "");
  }
  std::string wrong = zip({{"x.npy", x}}, false);
  wrong[wrong.find(bytesOf<float>({5, 6}))] ^= 1;
  EXPECT_EQ(zipError(wrong), "a.npz: `x.npy` is damaged: its checksum is wrong");
}

TEST_F(Npy, ColumnsOfASource) {
  folder.write("x.npy", npy("'<f4'", "(3, 2)", bytesOf<float>({1, 2, 3, 4, 5, 6})));
  folder.write("y.npy", npy("'|u1'", "(3,)", "\1\2\3"));
  folder.write("few.npy", npy("'|u1'", "(2,)", "\1\2"));
  SourceT source;
  source.kind = NN_NPY;
  source.where = "a.nn:1:1";
  source.columns = {"x", "y"};
  source.arrays = {"x.npy", "y.npy"};
  SourceSpec spec{&source, 0, 0, 0, 0, 0, 0, 0, 0, {folder.path, ""}};
  std::unique_ptr<nnrt::Source> opened;
  Status status =
      openSource(spec, {{"y", "a.nn:2:3", NN_NUMBER, 1}, {"x", "a.nn:3:3", NN_NUMBER, 2}}, opened);
  ASSERT_FALSE(status.failed()) << status.message();
  EXPECT_EQ(opened->rows, 3);
  float x[4];
  const int64_t rows[] = {2, 0};
  opened->fill(1, rows, 2, {x, false});
  EXPECT_EQ(std::vector<float>(x, x + 4), (std::vector<float>{5, 6, 1, 2}));
  EXPECT_EQ(opened->place(1), "item 2 of " + folder.path + "/y.npy, " + folder.path + "/x.npy");
  EXPECT_EQ(openSource(spec, {{"z", "a.nn:2:3", NN_NUMBER, 1}}, opened).message(),
            "there is no array `z` in the data (at a.nn:2:3)");
  EXPECT_EQ(openSource(spec, {{"x", "a.nn:2:3", NN_NUMBER, 3}}, opened).message(),
            "`x` of " + folder.path +
                "/x.npy has 2 elements in each row, the program was compiled for 3 (at a.nn:1:1)");
  source.arrays[1] = "few.npy";
  EXPECT_EQ(openSource(spec, {{"x", "", NN_NUMBER, 2}, {"y", "", NN_NUMBER, 1}}, opened).message(),
            folder.path + "/x.npy holds 3 examples, but " + folder.path +
                "/few.npy holds 2 (at a.nn:1:1)");
}
