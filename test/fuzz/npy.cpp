// Fuzzes .npy files: one NumPy array.
#include "Fuzz.h"
#include "Sources.h"

using namespace nnc_fuzz;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string path = fileOf(textOf(data, size));
  const char *const names[] = {"x"}, *const arrays[] = {path.c_str()};
  nn_source source = sourceOf(NN_NPY);
  source.columns = names;
  source.arrays = arrays;
  source.n_columns = source.n_arrays = 1;
  readSource(source);
  return 0;
}
