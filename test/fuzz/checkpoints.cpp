// Fuzzes checkpoints: a training finds the input in place of its checkpoint, and continues or says
// why not.
#include "Fuzz.h"
#include "Weights.h"

#include "test/unit/runtime/LinearProgram.h"

using namespace nnrt_test;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static TemporaryFolder folder;
  const std::string checkpoint = folder / "fuzz.ckpt";
  folder.write("fuzz.ckpt", nnc_fuzz::withChecksum(nnc_fuzz::textOf(data, size)));
  LinearProgram program(2);
  std::vector<double> values;
  for (int i = 0; i < 15; ++i)
    values.insert(values.end(), {i * 0.1, 1 - i * 0.05, i * 0.2 + (i % 3) * 0.3});
  program.useRows(values);
  program.data.has_split = true;
  program.data.train = {-1, -1};
  program.data.val = {0.2, -1};
  program.trainBody.batch = {5, -1};
  program.trainBody.epochs = {4, -1};
  program.trainBody.has_keep = true;
  program.trainBody.keep = {0, NN_SPLIT_VAL, NN_LOWEST};
  program.trainBody.has_stop = true;
  program.trainBody.stop = {-1, NN_SPLIT_VAL, NN_LOWEST};
  program.trainBody.stop_patience = {2, -1};
  program.trainBody.checkpoint = checkpoint;
  program.trainBody.checkpoint_every = {100, -1};
  program.train();
  program.evaluate(NN_SPLIT_ALL);
  program.main({"--resume", "--quiet", "--threads=1"});
  return 0;
}
