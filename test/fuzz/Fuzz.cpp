// Files in memory for inputs, and uses of results that a sanitizer can check.
#include "Fuzz.h"

#include <cstdio>
#include <cstdlib>
#include <sys/mman.h>
#include <unistd.h>

namespace nnc_fuzz {

std::string fileOf(const std::string &contents) {
  static const int file = memfd_create("input", MFD_CLOEXEC);
  if (file < 0 || ftruncate(file, 0) != 0 ||
      pwrite(file, contents.data(), contents.size(), 0) != ssize_t(contents.size())) {
    perror("fuzz");
    exit(1);
  }
  return "/proc/self/fd/" + std::to_string(file);
}

static volatile double seen;

void use(double value) { seen = value; }

void use(const void *data, size_t size) {
  uint32_t sum = 0;
  for (size_t i = 0; i < size; ++i)
    sum = sum * 31 + static_cast<const unsigned char *>(data)[i];
  seen = sum;
}

} // namespace nnc_fuzz
