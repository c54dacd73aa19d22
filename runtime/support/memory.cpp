// Memory bounds, read from /proc and /sys; a file that is missing there sets no bound.
#include "runtime/support/memory.h"

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <sys/resource.h>
#include <unistd.h>

namespace nnrt {

namespace {

const uint64_t unknown = UINT64_MAX;

/// The number after `key` at the beginning of a line of a file; `unknown` if there is none ("max").
uint64_t numberOf(const std::string &path, const char *key) {
  unsigned long long value = unknown;
  if (FILE *file = fopen(path.c_str(), "re")) {
    char line[256];
    while (fgets(line, sizeof line, file))
      if (!strncmp(line, key, strlen(key)) && sscanf(line + strlen(key), " %llu", &value) == 1)
        break;
    fclose(file);
  }
  return value;
}

void bound(MemoryBound &least, uint64_t bytes, const char *by) {
  if (bytes < least.bytes)
    least = {bytes, by};
}

/// Applies the bound of one control group. Pages of files that have not been used for a while can
/// be reclaimed.
void boundByGroup(MemoryBound &least, const std::string &folder, bool version2) {
  const uint64_t limit =
      numberOf(folder + (version2 ? "/memory.max" : "/memory.limit_in_bytes"), "");
  if (limit >= uint64_t(1) << 60) // no limit: version 1 shows this as a huge number
    return;
  const uint64_t used = numberOf(folder + (version2 ? "/memory.current" : "/memory.usage_in_bytes"),
                                 ""),
                 files = numberOf(folder + "/memory.stat",
                                  version2 ? "inactive_file " : "total_inactive_file ");
  uint64_t kept = used == unknown ? 0 : used;
  kept -= files == unknown ? 0 : files < kept ? files : kept;
  bound(least, limit > kept ? limit - kept : 0, " left of the control group's limit");
}

/// Applies the bounds of the groups of this process, which are in lines "ID:CONTROLLERS:PATH";
/// version 2 lists no controllers.
void boundByGroups(MemoryBound &least) {
  FILE *file = fopen("/proc/self/cgroup", "re");
  if (!file)
    return;
  char line[4096];
  while (fgets(line, sizeof line, file)) {
    line[strcspn(line, "\n")] = 0;
    char *controllers = strchr(line, ':'),
         *path = controllers ? strchr(controllers + 1, ':') : nullptr;
    if (!path)
      continue;
    *path++ = 0;
    const std::string list = std::string(",") + (controllers + 1) + ",";
    const bool version2 = list == ",,";
    if (!version2 && list.find(",memory,") == std::string::npos)
      continue;
    const bool unified = access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0;
    const std::string root = !version2 ? "/sys/fs/cgroup/memory"
                             : unified ? "/sys/fs/cgroup"
                                       : "/sys/fs/cgroup/unified";
    // In a container the path may be the host's, whose folders are missing here; the root is our
    // own group.
    for (std::string at = path;; at.erase(at.rfind('/'))) {
      boundByGroup(least, root + (at == "/" ? "" : at), version2);
      if (at.rfind('/') == std::string::npos)
        break;
    }
  }
  fclose(file);
}

std::atomic<int64_t> given{0};

/// Bytes of pages that the process has (`resident`) or may have (`size`).
void pagesOfProcess(uint64_t &size, uint64_t &resident) {
  unsigned long long all = 0, here = 0;
  if (FILE *file = fopen("/proc/self/statm", "re")) {
    if (fscanf(file, "%llu %llu", &all, &here) != 2)
      all = here = 0;
    fclose(file);
  }
  size = all * uint64_t(sysconf(_SC_PAGE_SIZE));
  resident = here * uint64_t(sysconf(_SC_PAGE_SIZE));
}

} // namespace

void countMemory(int64_t change) { given += change; }

MemoryBound availableMemory() {
  MemoryBound least;
  uint64_t size, resident;
  pagesOfProcess(size, resident);
  if (const uint64_t kib = numberOf("/proc/meminfo", "MemAvailable:"); kib != unknown)
    bound(least, kib * 1024, " available");
  boundByGroups(least);
  const uint64_t blocks = uint64_t(std::max<int64_t>(0, given.load())),
                 untouched = blocks > resident ? blocks - resident : 0;
  if (least.bytes != unknown)
    least.bytes -= std::min(least.bytes, untouched);
  rlimit limit;
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    bound(least, limit.rlim_cur > size ? limit.rlim_cur - size : 0,
          " left of the limit on address space (ulimit -v)");
  }
  return least;
}

Status checkMemory(size_t size, const std::string &purpose) {
  if (size <= (size_t(4) << 20)) // the check takes about as long as filling so many
    return Status();
  const MemoryBound least = availableMemory();
  if (size <= least.bytes)
    return Status();
  return Status::error(format("out of memory: %s needed for %s, %s%s", bytes(size).c_str(),
                              purpose.c_str(), bytes(least.bytes).c_str(), least.by));
}

Status checkStack(const char *who, uint64_t least) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_STACK, &limit) != 0 || limit.rlim_cur >= least)
    return Status();
  return Status::error(format("%s needs a stack of %llu KiB, and it is limited to %llu "
                              "(`ulimit -s`): `ulimit -s 8192` gives it the usual one",
                              who, (unsigned long long)least >> 10,
                              (unsigned long long)limit.rlim_cur >> 10));
}

} // namespace nnrt
