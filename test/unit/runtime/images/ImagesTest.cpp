// Tests of image folders: every kind of PNG, JPEG, sizes and channels, and errors in files and
// folders.
#include "runtime/images/image_file.h"
#include "runtime/sources/image_reader.h"
#include "test/unit/runtime/LinearProgram.h"

#include <cmath>
#include <cstdio>
#include <jpeglib.h>
#include <sys/stat.h>
#include <zlib.h>

using namespace nnrt;
using namespace nnrt_test;

namespace {

std::string big(uint32_t value) {
  return {char(value >> 24), char(value >> 16), char(value >> 8), char(value)};
}

std::string chunk(const std::string &type, const std::string &data) {
  const std::string body = type + data;
  return big(uint32_t(data.size())) + body +
         big(uint32_t(crc32(0, (const Bytef *)body.data(), uInt(body.size()))));
}

/// A PNG of `rows`, with the bytes of each row in the form of the colour type.
std::string png(uint32_t width, const std::vector<std::string> &rows, int colourType, int depth = 8,
                const std::string &more = "") {
  std::string raw, packed(1000, 0);
  for (const std::string &row : rows)
    raw += std::string(1, 0) + row;
  uLongf size = packed.size();
  compress((Bytef *)&packed[0], &size, (const Bytef *)raw.data(), raw.size());
  packed.resize(size);
  return "\x89PNG\r\n\x1a\n" +
         chunk("IHDR", big(width) + big(uint32_t(rows.size())) + char(depth) + char(colourType) +
                           std::string(3, 0)) +
         more + chunk("IDAT", packed) + chunk("IEND", "");
}

/// A JPEG of one colour.
std::string jpeg(int width, int height, std::vector<unsigned char> colour) {
  jpeg_compress_struct info = {};
  jpeg_error_mgr errors;
  info.err = jpeg_std_error(&errors);
  jpeg_create_compress(&info);
  unsigned char *memory = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&info, &memory, &size);
  info.image_width = unsigned(width);
  info.image_height = unsigned(height);
  info.input_components = int(colour.size());
  info.in_color_space = colour.size() == 1   ? JCS_GRAYSCALE
                        : colour.size() == 3 ? JCS_RGB
                                             : JCS_CMYK;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, 100, TRUE);
  jpeg_start_compress(&info, TRUE);
  std::vector<unsigned char> row;
  for (int x = 0; x < width; ++x)
    row.insert(row.end(), colour.begin(), colour.end());
  for (int y = 0; y < height; ++y) {
    JSAMPROW at = row.data();
    jpeg_write_scanlines(&info, &at, 1);
  }
  jpeg_finish_compress(&info);
  std::string result((char *)memory, size);
  jpeg_destroy_compress(&info);
  free(memory);
  return result;
}

using Bytes = std::vector<unsigned char>;

struct ImageFiles : testing::Test {
  TemporaryFolder folder;
  Image image;
  std::string read(const std::string &contents) {
    folder.write("a", contents);
    return shortened(readImage(folder / "a", false, image).message());
  }
  std::string shortened(std::string text) {
    for (size_t at; (at = text.find(folder.path + "/")) != std::string::npos;)
      text.erase(at, folder.path.size() + 1);
    return text;
  }
  SourceT description;
  std::unique_ptr<nnrt::Source> source;
  std::string open(int64_t channels, int64_t height, int64_t width, int resize = 0, int recolor = 0,
                   double classes = 0) {
    description = {};
    description.kind = NN_IMAGES;
    description.path = "data/";
    description.where = "a.nn:1:1";
    description.channels = channels;
    description.height = height;
    description.width = width;
    description.resize = resize;
    description.recolor = recolor;
    SourceSpec spec{&description, 0, classes, 0, 0, 0, 0, 0, 0, {folder.path, ""}};
    return shortened(openSource(spec,
                                {{"image", "", NN_NUMBER, channels * height * width},
                                 {"label", "", NN_CATEGORY, 1}},
                                source)
                         .message());
  }
  void make(const std::string &name) { mkdir((folder / name).c_str(), 0777); }
};

} // namespace

TEST_F(ImageFiles, EveryKindOfPng) {
  EXPECT_EQ(read(png(2, {"\x10\x20", "\x30\xff"}, 0)), "");
  EXPECT_EQ(image.channels, 1);
  EXPECT_EQ(image.height, 2);
  EXPECT_EQ(image.pixels, (Bytes{0x10, 0x20, 0x30, 0xff}));
  EXPECT_EQ(read(png(2, {std::string("\xb0", 1)}, 0, 2)), ""); // two bits: 2, 3
  EXPECT_EQ(image.pixels, (Bytes{170, 255}));
  EXPECT_EQ(read(png(2, {"\x01\x02\x03\xf1\xf2\xf3"}, 2)), "");
  EXPECT_EQ(image.channels, 3);
  EXPECT_EQ(image.pixels, (Bytes{1, 2, 3, 0xf1, 0xf2, 0xf3}));
  EXPECT_EQ(read(png(1, {std::string("\x80\x00\x40\x00\xff\xff", 6)}, 2, 16)), "");
  EXPECT_EQ(image.pixels, (Bytes{128, 64, 255}));
  EXPECT_EQ(
      read(png(2, {std::string("\x01\x00", 2)}, 3, 8, chunk("PLTE", "\x0a\x0b\x0c\x14\x15\x16"))),
      "");
  EXPECT_EQ(image.pixels, (Bytes{0x14, 0x15, 0x16, 0x0a, 0x0b, 0x0c}));
  EXPECT_EQ(read(png(1, {std::string("\x50\x00", 2)}, 4)), ""); // gray, transparent
  EXPECT_EQ(image.channels, 1);
  EXPECT_EQ(image.pixels, (Bytes{0x50}));
  EXPECT_EQ(read(png(1, {std::string("\x01\x02\x03\x80", 4)}, 6)), "");
  EXPECT_EQ(image.pixels, (Bytes{1, 2, 3}));
}

TEST_F(ImageFiles, Jpeg) {
  EXPECT_EQ(read(jpeg(9, 5, {200})), "");
  EXPECT_EQ(image.channels, 1);
  EXPECT_EQ(image.height, 5);
  EXPECT_EQ(image.width, 9);
  EXPECT_EQ(image.pixels, Bytes(45, 200));
  EXPECT_EQ(read(jpeg(4, 4, {250, 20, 90})), "");
  ASSERT_EQ(image.pixels.size(), 48u);
  EXPECT_NEAR(image.pixels[0], 250, 2);
  EXPECT_NEAR(image.pixels[1], 20, 2);
  EXPECT_NEAR(image.pixels[47], 90, 2);
}

TEST_F(ImageFiles, DamagedFiles) {
  EXPECT_EQ(read("x,y\n1,2\n"), "a is neither a PNG nor a JPEG image");
  const std::string good = png(2, {"\x10\x20", "\x30\xff"}, 0);
  for (size_t size = 8; size < good.size() - 12; ++size)
    EXPECT_EQ(read(good.substr(0, size)).substr(0, 15), "a is damaged: t") << size;
  std::string wrong = good;
  wrong[45] ^= 0x40;
  EXPECT_EQ(read(wrong).substr(0, 14), "a is damaged: ");
  EXPECT_EQ(read(png(1u << 30, {"a"}, 0)).substr(0, 14), "a is damaged: ");
  EXPECT_EQ(read(png(100000, {"a", "b", "c"}, 0)).substr(0, 14),
            "a is damaged: "); // rows are too short
  const std::string photo = jpeg(40, 40, {250, 20, 90});
  EXPECT_EQ(read(photo.substr(0, photo.size() / 2)), "a is damaged: Premature end of JPEG file");
  EXPECT_EQ(read(photo.substr(0, 30)).substr(0, 14), "a is damaged: ");
  EXPECT_EQ(read(jpeg(4, 4, {1, 2, 3, 4})),
            "a is damaged: it has 4 channels, as for printing; gray or colours are expected");
}

TEST_F(ImageFiles, ShortFilesTakeLittleMemory) {
  std::string small = png(2, {"\x10\x20", "\x30\xff"}, 0);
  const std::string size("\0\0\x40\0\0\0\x40\0", 8); // 16384 times 16384
  const std::string head = "IHDR" + size + small.substr(24, 5);
  small.replace(12, 21,
                head + big(uint32_t(crc32(0, (const Bytef *)head.data(), uInt(head.size())))));
  EXPECT_EQ(read(small), "a is damaged: the file is cut off");
  EXPECT_LT(image.pixels.size(), 1u << 20);
  // A chunk that claims 2 GB.
  EXPECT_EQ(read(png(2, {"\x10\x20"}, 0, 8,
                     std::string("\x7e\0\0\x08"
                                 "eXIfMM\0*",
                                 12))),
            "a is damaged: the file is cut off");
  std::string photo = jpeg(40, 40, {250, 20, 90});
  const size_t frame = photo.find("\xff\xc0");
  ASSERT_NE(frame, std::string::npos);
  photo.replace(frame + 5, 4, std::string("\x40\0\x40\0", 4));
  EXPECT_EQ(read(photo).substr(0, 14), "a is damaged: ");
  EXPECT_LT(image.pixels.size(), 1u << 20);
}

TEST(ImageSize, ATallPictureIsMadeSmall) {
  Image image;
  image.channels = 1;
  image.height = 1 << 12;
  image.width = 1;
  for (int64_t y = 0; y < image.height; ++y)
    image.pixels.push_back((unsigned char)(y < image.height / 2 ? 20 : 220));
  resize(image, 2, 512);
  EXPECT_EQ(image.pixels.size(), 1024u);
  EXPECT_NEAR(image.pixels[0], 20 * 6 / 7.0 + 220 / 7.0,
              1); // the part of a triangle in each half
  EXPECT_NEAR(image.pixels[1023], 20 / 7.0 + 220 * 6 / 7.0, 1);
}

/// The orientation as a camera writes it: a TIFF with one entry. `big`: big-endian.
std::string exif(bool big, int orientation) {
  auto number = [&](uint32_t value, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i)
      text += char(value >> 8 * (big ? bytes - 1 - i : i));
    return text;
  };
  return (big ? std::string("MM\0*", 4) : std::string("II*\0", 4)) + number(8, 4) + number(1, 2) +
         number(0x0112, 2) + number(3, 2) + number(1, 4) + number(uint32_t(orientation), 2) +
         number(0, 2) + number(0, 4);
}

TEST_F(ImageFiles, AreTurnedAsTheCameraSays) {
  // The file's rows are 1 2 3 and 4 5 6.
  const std::vector<Bytes> shown = {{1, 2, 3, 4, 5, 6}, {3, 2, 1, 6, 5, 4}, {6, 5, 4, 3, 2, 1},
                                    {4, 5, 6, 1, 2, 3}, {1, 4, 2, 5, 3, 6}, {4, 1, 5, 2, 6, 3},
                                    {6, 3, 5, 2, 4, 1}, {3, 6, 2, 5, 1, 4}};
  for (int orientation = 1; orientation <= 8; ++orientation)
    for (bool big : {false, true}) {
      const std::string tag = exif(big, orientation);
      EXPECT_EQ(read(png(3, {"\1\2\3", "\4\5\6"}, 0, 8, chunk("eXIf", tag))), "");
      EXPECT_EQ(image.pixels, shown[size_t(orientation - 1)]) << orientation;
      EXPECT_EQ(image.width, orientation >= 5 ? 2 : 3);
      EXPECT_EQ(image.height, orientation >= 5 ? 3 : 2);
      // The same tag in a JPEG's segment, after another one: the size shows that it was read.
      const std::string photo = jpeg(9, 5, {200}), body = std::string("Exif\0\0", 6) + tag;
      const std::string segment = std::string("\xff\xe1") + char(0) + char(body.size() + 2) + body;
      EXPECT_EQ(read(photo.substr(0, 2) + segment + photo.substr(2)), "");
      EXPECT_EQ(image.width, orientation >= 5 ? 5 : 9);
      // Truncated anywhere, the tag is ignored or read completely, and the picture is read.
      for (size_t size = 0; size < tag.size(); ++size)
        EXPECT_EQ(read(png(3, {"\1\2\3", "\4\5\6"}, 0, 8, chunk("eXIf", tag.substr(0, size)))), "")
            << size;
    }
  EXPECT_EQ(read(png(3, {"\1\2\3", "\4\5\6"}, 0, 8, chunk("eXIf", exif(false, 9)))), "");
  EXPECT_EQ(image.pixels, shown[0]);
}

TEST_F(ImageFiles, StrayBytesAreAWarning) {
  const std::string photo = jpeg(16, 16, {250, 20, 90});
  EXPECT_EQ(read(photo.substr(0, 20) + std::string(5, '\x11') + photo.substr(20)),
            ""); // after the first segment
  EXPECT_NE(image.warning, "");
  EXPECT_EQ(image.pixels.size(), 768u);
}

TEST_F(ImageFiles, ChannelsAndSizes) {
  image = {3, 1, 1, {100, 50, 200}};
  setChannels(image, 1);
  EXPECT_EQ(image.pixels, (Bytes{82})); // 29.9 + 29.35 + 22.8
  setChannels(image, 3);
  EXPECT_EQ(image.pixels, (Bytes{82, 82, 82}));
  image = {1, 2, 2, {0, 100, 200, 100}};
  resize(image, 1, 1);
  EXPECT_EQ(image.pixels, (Bytes{100})); // the mean
  image = {1, 1, 2, {0, 100}};
  resize(image, 1, 4);
  EXPECT_EQ(image.pixels, (Bytes{0, 25, 75, 100}));
  image = {1, 4, 4, Bytes(16, 77)};
  resize(image, 3, 5);
  EXPECT_EQ(image.pixels, Bytes(15, 77));
}

TEST_F(ImageFiles, AFolderForEachClass) {
  for (const char *name : {"data", "data/cat", "data/ant", "data/.hidden"})
    make(name);
  folder.write("data/cat/1.png", png(2, {"\x01\x02"}, 0));
  folder.write("data/ant/2.png", png(2, {"\x03\x04"}, 0));
  folder.write("data/ant/3.JPG", jpeg(2, 1, {9}));
  folder.write("data/ant/.notes", "not an image");
  ASSERT_EQ(open(1, 1, 2), "");
  EXPECT_EQ(source->rows, 3);
  float pixels[6], labels[3];
  const int64_t rows[] = {0, 1, 2};
  source->fill(0, rows, 3, {pixels, false});
  source->fill(1, rows, 3, {labels, false});
  EXPECT_EQ(std::vector<float>(pixels, pixels + 6), (std::vector<float>{3, 4, 9, 9, 1, 2}));
  EXPECT_EQ(std::vector<float>(labels, labels + 3), (std::vector<float>{0, 0, 1}));
  EXPECT_EQ(source->category(1)->names, (std::vector<std::string>{"ant", "cat"}));
  EXPECT_EQ(shortened(source->place(2)), "data/cat/1.png");
  ASSERT_EQ(open(3, 2, 2, 1, 1), "");
  float many[12];
  source->fill(0, rows, 1, {many, false});
  EXPECT_EQ(std::vector<float>(many, many + 12),
            (std::vector<float>{3, 4, 3, 4, 3, 4, 3, 4, 3, 4, 3, 4}));
  EXPECT_EQ(open(1, 1, 2, 0, 0, 5),
            "data/ has 2 folders, but the program was compiled for 5 (at a.nn:1:1)");
}

TEST_F(ImageFiles, MistakesOfFolders) {
  make("data");
  EXPECT_EQ(open(1, 1, 2), "data has no folders; one for each class is expected (at a.nn:1:1)");
  make("data/cat");
  EXPECT_EQ(open(1, 1, 2), "data/cat holds no images (at a.nn:1:1)");
  folder.write("data/cat/1.png", png(2, {"\x01\x02"}, 0));
  folder.write("data/cat/2.png", png(1, {"\x01"}, 0));
  EXPECT_EQ(open(1, 1, 2), "data/cat/2.png is 1 by 1 pixels, but data/cat/1.png is 1 by 2; `size = "
                           "[1, 2]` makes all images one size (at a.nn:1:1)");
  folder.write("data/cat/2.png", png(2, {"\x01\x02\x03\x01\x02\x03"}, 2));
  EXPECT_EQ(open(1, 1, 2), "data/cat/2.png has colours, but data/cat/1.png is gray; `channels = 1` "
                           "or `channels = 3` makes all images "
                           "the same (at a.nn:1:1)");
  folder.write("data/cat/2.png", "text");
  EXPECT_EQ(open(1, 1, 2), "data/cat/2.png is neither a PNG nor a JPEG image (at a.nn:1:1)");
  folder.write("data/cat/2.png", "");
  EXPECT_EQ(open(1, 1, 2), "data/cat/2.png is empty (at a.nn:1:1)");
  folder.write("data/readme", "text");
  EXPECT_EQ(open(1, 1, 2),
            "data/readme is beside the folders of classes; images belong in them (at a.nn:1:1)");
}
