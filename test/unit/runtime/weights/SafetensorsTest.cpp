// Tests of weight files: what is written is read back; files with wrong headers are rejected.
#include "runtime/weights/safetensors.h"
#include "runtime/support/json.h"
#include "test/unit/runtime/LinearProgram.h"

#include <cmath>
#include <cstring>

using namespace nnrt;
using nnrt_test::TemporaryFolder;

static std::string withHeader(const std::string &header, size_t dataBytes) {
  std::string text(8, 0);
  for (int i = 0; i < 8; ++i)
    text[i] = char(uint64_t(header.size()) >> (8 * i));
  return text + header + std::string(dataBytes, 0);
}

static std::string errorOf(const std::string &text) {
  TemporaryFolder folder;
  folder.write("f", text);
  SafetensorsFile file;
  std::string message = readSafetensors(folder / "f", file).message();
  return message.compare(0, folder.path.size() + 1, folder.path + "/") == 0
             ? message.substr(folder.path.size() + 1)
             : message;
}

TEST(Safetensors, RoundTrip) {
  TemporaryFolder folder;
  float w[6] = {1, 2, 3, 4, 5, -0.0f};
  double b = 0.1;
  ASSERT_FALSE(
      writeSafetensors(folder / "f",
                       {{"dense.w \"θ\"", DType::F32, {2, 3}, (unsigned char *)w, sizeof w},
                        {"b", DType::F64, {}, (unsigned char *)&b, sizeof b},
                        {"none", DType::F32, {0}, nullptr, 0}},
                       {{"classes", "[\"a\",\"b\\n\"]"}})
          .failed());
  SafetensorsFile file;
  Status status = readSafetensors(folder / "f", file);
  ASSERT_FALSE(status.failed()) << status.message();
  ASSERT_EQ(file.tensors.size(), 3u);
  const TensorView *found = file.find("dense.w \"θ\"");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->shape, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(memcmp(found->data, w, sizeof w), 0);
  EXPECT_EQ(file.find("b")->get(0), 0.1);
  EXPECT_EQ(*file.meta("classes"), "[\"a\",\"b\\n\"]");
  EXPECT_EQ(file.find("c"), nullptr);
}

TEST(Safetensors, OtherFloatTypes) {
  TemporaryFolder folder;
  std::string header = R"({"h":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},)"
                       R"("b":{"dtype":"BF16","shape":[1],"data_offsets":[6,8]}})";
  std::string text = withHeader(header, 8);
  const unsigned char data[] = {0x00, 0x3e, 0x01, 0x00, 0x00, 0xc0, 0xc0, 0x3f};
  memcpy(&text[8 + header.size()], data, 8);
  folder.write("f", text);
  SafetensorsFile file;
  Status status = readSafetensors(folder / "f", file);
  ASSERT_FALSE(status.failed()) << status.message();
  EXPECT_EQ(file.find("h")->get(0), 1.5);
  EXPECT_EQ(file.find("h")->get(1), std::ldexp(1.0, -24));
  EXPECT_EQ(file.find("h")->get(2), -2);
  EXPECT_EQ(file.find("b")->get(0), 1.5);
}

TEST(Safetensors, NotSafetensors) {
  EXPECT_EQ(errorOf(""), "f is not a safetensors file: it has only 0 bytes");
  EXPECT_EQ(errorOf("hello, this is text"),
            "f is not a safetensors file: it does not start with a header");
  EXPECT_EQ(errorOf(std::string(8, '\xff') + "{"),
            "f is not a safetensors file: it does not start with a header");
}

TEST(Safetensors, EveryCutIsNoticed) {
  TemporaryFolder folder;
  float w[4] = {1, 2, 3, 4};
  ASSERT_FALSE(
      writeSafetensors(folder / "f", {{"w", DType::F32, {4}, (unsigned char *)w, sizeof w}}, {})
          .failed());
  std::string whole = folder.read("f");
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(errorOf(whole.substr(0, size)), "") << size;
  EXPECT_EQ(errorOf(whole), "");
}

TEST(Safetensors, LiesOfTheHeader) {
  auto entry = [](const char *text) {
    return errorOf(withHeader(std::string("{\"w\":") + text + "}", 16));
  };
  EXPECT_EQ(entry(R"({"dtype":"F32","shape":[4],"data_offsets":[0,16]})"), "");
  EXPECT_NE(entry(R"({"dtype":"F32","shape":[5],"data_offsets":[0,16]})")
                .find("needs 20 bytes for its shape"),
            std::string::npos);
  EXPECT_NE(entry(R"({"dtype":"F32","shape":[8],"data_offsets":[0,32]})").find("is cut off"),
            std::string::npos);
  // A tensor of an unknown kind, such as F8 or C64, is accepted at its place; only using it is an
  // error.
  EXPECT_EQ(entry(R"({"dtype":"F8_E4M3","shape":[16],"data_offsets":[0,16]})"), "");
  EXPECT_EQ(entry(R"({"dtype":"C64","shape":[2],"data_offsets":[0,16]})"), "");
  EXPECT_NE(entry(R"({"dtype":"C64","shape":[4],"data_offsets":[0,32]})").find("is cut off"),
            std::string::npos);
  EXPECT_NE(entry(R"({"dtype":"F32","shape":[-4],"data_offsets":[0,16]})")
                .find("no list of whole numbers"),
            std::string::npos);
  EXPECT_NE(entry(R"({"dtype":"F32","shape":[4.5],"data_offsets":[0,16]})")
                .find("no list of whole numbers"),
            std::string::npos);
  EXPECT_NE(entry(R"({"dtype":"F32","shape":[4],"data_offsets":[16,0]})").find("make no sense"),
            std::string::npos);
  EXPECT_NE(
      entry(R"({"dtype":"F32","shape":[1000000000,1000000000,1000000000],"data_offsets":[0,16]})")
          .find("impossibly"),
      std::string::npos);
  EXPECT_NE(entry(R"({"dtype":"F32"})").find("has no dtype, shape or data_offsets"),
            std::string::npos);
  EXPECT_NE(entry("7").find("has no dtype"), std::string::npos);
  EXPECT_NE(errorOf(withHeader(R"({"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},)"
                               R"("b":{"dtype":"F32","shape":[2],"data_offsets":[8,16]}})",
                               16))
                .find("overlap"),
            std::string::npos);
  EXPECT_NE(errorOf(withHeader("{\"w\":", 16)).find("damaged header"), std::string::npos);
}

TEST(Json, ReadsValues) {
  Json json;
  ASSERT_FALSE(
      parseJson(R"( {"a": [1, -2.5e3, true, null], "b": {"c": "x\u00e9\ud83d\ude00\n"}} )", json)
          .failed());
  EXPECT_EQ(json.find("a")->items[1].number, -2500);
  EXPECT_EQ(json.find("b")->find("c")->string, "xé😀\n");
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const char *text :
       {"", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'a'", "01x", "+1", "nul", "\"\\q\"", "\"\\ud800\"",
        "\"a", "[1] 2", "{\"a\":1,\"a\":2}", "NaN", "\"\x01\""}) {
    Json json;
    EXPECT_TRUE(parseJson(text, json).failed()) << text;
  }
  Json json;
  EXPECT_TRUE(parseJson(std::string(100000, '['), json).failed());
}

TEST(Json, WritesStrings) {
  Json json;
  std::string text = "a\"b\\c\nd\te\x01é";
  ASSERT_FALSE(parseJson(jsonString(text), json).failed());
  EXPECT_EQ(json.string, text);
}
