// Fuzzes .npz archives: every array in them.
#include "Fuzz.h"
#include "Sources.h"

using namespace nnc_fuzz;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string path = fileOf(textOf(data, size));
  SourceT source = sourceOf(NN_NPZ);
  source.path = path;
  readSource(source);
  return 0;
}
