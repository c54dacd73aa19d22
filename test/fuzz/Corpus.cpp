// main() of a target in the ordinary build: runs it on each of the given files and on each file of
// the given folders, and prints how many there were.
#include "Fuzz.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

int main(int argc, char **argv) {
  std::vector<std::filesystem::path> files;
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i]))
      files.push_back(argv[i]);
    else
      for (const auto &entry : std::filesystem::directory_iterator(argv[i]))
        files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path &path : files) {
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)),
                           std::istreambuf_iterator<char>());
    if (!file) {
      fprintf(stderr, "error: cannot read %s\n", path.c_str());
      return 1;
    }
    fprintf(stderr, "%s\n", path.c_str()); // after a crash, the last line names the input
    LLVMFuzzerTestOneInput(reinterpret_cast<const uint8_t *>(text.data()), text.size());
  }
  printf("%zu inputs\n", files.size());
  return files.empty();
}
