// Fuzzes weight files: every tensor and every entry, and a model that loads them.
#include "Fuzz.h"
#include "Weights.h"

#include "runtime/weights/safetensors.h"
#include "runtime/weights/weights.h"
#include "test/unit/runtime/LinearProgram.h"

using namespace nnrt;
using namespace nnc_fuzz;

static bool look(const std::string &path) {
  SafetensorsFile file;
  if (readSafetensors(path, file).failed())
    return false;
  for (const TensorView &tensor : file.tensors) {
    use(tensor.data, tensor.size);
    if (tensor.type != DType::Other)
      for (int64_t i = 0; i < tensor.elements(); ++i)
        use(tensor.get(i));
  }
  for (const auto &entry : file.metadata) {
    std::vector<std::string> classes;
    if (!classesFromText(entry.second, classes).failed())
      for (const std::string &name : classes)
        use(name.data(), name.size());
  }
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string path = fileOf(withChecksum(textOf(data, size)));
  if (!look(path))
    return 0;
  nnrt_test::LinearProgram program(2);
  program.useRows({1, 2, 3, 4, 5, 6, 7, 8, 9});
  program.load(path);
  program.evaluate(NN_SPLIT_ALL);
  program.main({"--quiet", "--threads=1"});
  return 0;
}
