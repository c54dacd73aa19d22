// Programs as bytes: what is packed comes back as it was; bytes that are damaged, cut or of another
// version are refused.
#include "runtime/program/statements.h"
#include "test/unit/runtime/LinearProgram.h"

#include <cstring>

using namespace nnrt;
using namespace nnrt_test;

namespace {

/// A program with a statement of several kinds.
struct Made : LinearProgram {
  Made() {
    useRows({0, 1, 1, 3, 2, 5});
    bounds = {selects(1, 7, "linear.nn:4:9")};
    train();
    evaluate(NN_SPLIT_VAL);
    load("w.safetensors", {"dense1.b"});
  }
};

/// unpackProgram() of a copy that is aligned as programs are.
std::unique_ptr<ProgramT> unpacked(const std::string &bytes) {
  std::vector<uint64_t> copy(bytes.size() / 8 + 1);
  memcpy(copy.data(), bytes.data(), bytes.size());
  return unpackProgram(reinterpret_cast<const uint8_t *>(copy.data()), bytes.size());
}

} // namespace

TEST(Program, ComesBackAsItWas) {
  Made made;
  const ProgramT &before = *made.finish();
  const std::unique_ptr<ProgramT> after = unpacked(packProgram(before));
  ASSERT_TRUE(after);
  EXPECT_EQ(packProgram(*after), packProgram(before));
  EXPECT_EQ(after->version, programVersion);
  ASSERT_EQ(after->functions.size(), before.functions.size());
  EXPECT_EQ(after->tensors[0].name, "net.dense1.w");
  EXPECT_EQ(after->tensors[2].kind, NN_OPTIMIZER_STATE);
  EXPECT_EQ(after->data[0].source->values, (std::vector<double>{0, 1, 1, 3, 2, 5}));
  EXPECT_EQ(after->data[0].test, nullptr);
  EXPECT_EQ(after->data[0].stratify, -1);
  EXPECT_FALSE(after->data[0].keep.exists());
  EXPECT_EQ(after->profile, nullptr);
  ASSERT_EQ(after->statements.size(), 3u);
  ASSERT_EQ(after->statements[0].body.type, NN_STMT_TRAIN);
  const TrainT &train = as<TrainT>(after->statements[0]);
  EXPECT_EQ(train.step.code, made.trainBody.step.code);
  const CompiledFunctionT &step = after->functions[size_t(train.step.code)];
  EXPECT_EQ(step.symbol, before.functions[size_t(train.step.code)].symbol);
  EXPECT_EQ(step.fixed_bytes, 128);
  EXPECT_EQ(step.row_bytes, 64);
  EXPECT_EQ(train.batch.value, 2);
  EXPECT_EQ(train.batch.slot, -1);
  EXPECT_EQ(train.bounds[0].limit, 7);
  EXPECT_TRUE(std::isnan(train.bounds[0].ignored));
  EXPECT_EQ(train.metrics[0].total_sizes, (std::vector<int64_t>{1, 1}));
  ASSERT_TRUE(train.computed);
  EXPECT_FALSE(train.computed->compute.exists());
  ASSERT_EQ(after->statements[1].body.type, NN_STMT_EVALUATE);
  EXPECT_EQ(as<EvaluateT>(after->statements[1]).split, NN_SPLIT_VAL);
  ASSERT_EQ(after->statements[2].body.type, NN_STMT_LOAD);
  EXPECT_EQ(as<LoadT>(after->statements[2]).except, (std::vector<std::string>{"dense1.b"}));
}

TEST(Program, OfAnotherVersionIsRefused) {
  Made made;
  ProgramT program = *made.finish();
  for (uint32_t version : {0u, programVersion - 1, programVersion + 1}) {
    program.version = version;
    EXPECT_EQ(unpacked(packProgram(program)), nullptr) << version;
  }
  std::string name = "./t";
  char *argv[] = {&name[0], nullptr};
  const Caught run = caught([&] { return nn_main(made.image(program), 1, argv); });
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.err.find("error: this program was compiled for another version of the runtime"), 0u)
      << run.err;
  nn_session *session = nn_session_create(0, nullptr);
  const nn_image *image = made.image(program);
  EXPECT_EQ(caught([&] { return nn_session_run(session, image, nullptr, 0); }).code, 1);
  EXPECT_EQ(caught([&] { return nn_session_show(session, image, "points"); }).code, 1);
  nn_session_destroy(session);
}

TEST(Program, EveryCutIsNoticed) {
  Made made;
  const std::string whole = packProgram(*made.finish());
  ASSERT_TRUE(unpacked(whole));
  // At its end is a string, which is filled up to four bytes with what nobody reads.
  for (size_t size = 0; size + 4 <= whole.size(); ++size)
    EXPECT_EQ(unpacked(whole.substr(0, size)), nullptr) << size;
}

TEST(Program, CompressedComesBackOrIsRefused) {
  Made made;
  const std::string packed = packProgram(*made.finish()), small = compressed(packed);
  EXPECT_LT(small.size(), packed.size());
  const auto unpack = [&](size_t size, size_t inflated) {
    return unpackImage({reinterpret_cast<const uint8_t *>(small.data()), int64_t(size), nullptr,
                        int64_t(inflated)});
  };
  const std::unique_ptr<ProgramT> whole = unpack(small.size(), packed.size());
  ASSERT_TRUE(whole);
  EXPECT_EQ(packProgram(*whole), packed);
  EXPECT_EQ(unpack(small.size() - 1, packed.size()), nullptr);
  EXPECT_EQ(unpack(small.size(), packed.size() - 1), nullptr);
  EXPECT_EQ(unpack(small.size(), packed.size() + 1), nullptr);
}

TEST(Program, DamagedOffsetsAreNoticed) {
  Made made;
  const std::string whole = packProgram(*made.finish());
  std::string damaged = whole;
  damaged.replace(0, 4, 4, '\xff'); // where the program is
  EXPECT_EQ(unpacked(damaged), nullptr);
  uint32_t root;
  memcpy(&root, whole.data(), 4);
  damaged = whole;
  damaged.replace(root, 4, 4, '\x7f'); // where its fields are listed
  EXPECT_EQ(unpacked(damaged), nullptr);
  EXPECT_EQ(unpacked(std::string(whole.size(), '\0')), nullptr);
  EXPECT_EQ(unpacked("no program, but a few words that stand where one should be"), nullptr);
}
