// Fuzzes IDX files, plain or compressed: images and labels.
#include "Fuzz.h"
#include "Sources.h"

using namespace nnc_fuzz;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string path = fileOf(textOf(data, size));
  SourceT source = sourceOf(NN_IDX);
  source.path = path;
  readSource(source);
  source.labels = path;
  readSource(source);
  return 0;
}
