// Fuzzes JPEG pictures.
#include "Pictures.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  nnc_fuzz::readPicture(nnrt::readJpeg, nnc_fuzz::textOf(data, size));
  return 0;
}
