// Fuzzes .npy files: one NumPy array.
#include "Fuzz.h"
#include "Sources.h"

using namespace nnc_fuzz;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string path = fileOf(textOf(data, size));
  SourceT source = sourceOf(NN_NPY);
  source.columns = {"x"};
  source.arrays = {path};
  readSource(source);
  return 0;
}
