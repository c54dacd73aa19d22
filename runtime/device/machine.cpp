// Facts about the machine, read from /proc and the system.
#include "runtime/device/machine.h"

#include "runtime/device/pool.h"
#include "runtime/support/status.h"

#include <cstdio>
#include <cstring>
#include <sys/utsname.h>
#include <unistd.h>

namespace nnrt {

/// The value of the first line of `path` that begins with `key`; or empty.
static std::string lineOf(const char *path, const char *key, char after) {
  std::string value;
  if (FILE *file = fopen(path, "r")) {
    char line[512];
    while (value.empty() && fgets(line, sizeof line, file))
      if (!strncmp(line, key, strlen(key)))
        if (const char *begin = strchr(line, after)) {
          value = begin + 1;
          value.erase(0, value.find_first_not_of(" \t\""));
          value.erase(value.find_last_not_of("\"\n ") + 1);
        }
    fclose(file);
  }
  return value;
}

std::string processorName() {
  const std::string name = lineOf("/proc/cpuinfo", "model name", ':');
  return name.empty() ? "unknown" : name;
}

std::vector<std::pair<std::string, std::string>> machineFacts(int threads) {
  std::vector<std::pair<std::string, std::string>> facts;
  facts.push_back({"CPU", processorName()});
  facts.push_back({"cores", std::to_string(availableCores()) + " for this run, " +
                                std::to_string(threads) + " used at most"});
  long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGE_SIZE);
  if (pages > 0 && size > 0)
    facts.push_back({"memory", bytes(uint64_t(pages) * uint64_t(size))});
  std::string system = lineOf("/etc/os-release", "PRETTY_NAME", '=');
  utsname kernel;
  if (uname(&kernel) == 0)
    system += (system.empty() ? "" : ", ") + std::string(kernel.sysname) + " " + kernel.release +
              ", " + kernel.machine;
  facts.push_back({"system", system.empty() ? "unknown" : system});
  facts.push_back({"GPU", "not used: nnc computes on the CPU"});
  return facts;
}

} // namespace nnrt
