// Buffers that are mapped files. Reading memory after the end of a truncated file raises SIGBUS in
// the reading thread. A handler maps zeros there, so that the reader continues, and records that
// the file has changed. Code that uses the numbers must call intact() before it acts on them.
// intact() also compares the file's length and time, because within its last page a truncated file
// reads as zeros without a signal, and a file that was written to may read as anything.
#include "runtime/support/buffer.h"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <mutex>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nnrt {

struct MappedFile {
  int file = -1;
  off_t size = 0;
  struct timespec changed = {};
  std::atomic<bool> cut{false};
};

namespace {

/// The mapped files, for the handler, which may not wait for a lock. A program has few data files;
/// if there are more, the others are read instead.
struct Place {
  std::atomic<unsigned char *> start{nullptr};
  std::atomic<size_t> size{0};
  std::atomic<MappedFile *> file{nullptr};
};
Place places[64];
std::mutex placing;
size_t page = 4096; // set to this machine's once a file is mapped
struct sigaction before;

void fill(int signal, siginfo_t *info, void *context) {
  unsigned char *at = static_cast<unsigned char *>(info->si_addr);
  for (Place &place : places) {
    unsigned char *start = place.start.load(std::memory_order_acquire);
    if (!start || at < start || at >= start + place.size.load(std::memory_order_relaxed))
      continue;
    unsigned char *from = start + size_t(at - start) / page * page;
    const size_t rest = size_t(start + place.size.load(std::memory_order_relaxed) - from);
    if (mmap(from, rest, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != from)
      break;
    place.file.load(std::memory_order_relaxed)->cut.store(true, std::memory_order_release);
    return;
  }
  // Not one of ours: act as if this handler did not exist.
  if (before.sa_flags & SA_SIGINFO && before.sa_sigaction)
    return before.sa_sigaction(signal, info, context);
  if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN)
    return before.sa_handler(signal);
  std::signal(signal, SIG_DFL); // the access is repeated, and ends the process
}

void handleCuts() {
  static bool handled = false;
  if (handled)
    return;
  handled = true;
  page = size_t(sysconf(_SC_PAGESIZE));
  struct sigaction action = {};
  action.sa_sigaction = fill;
  action.sa_flags = SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(SIGBUS, &action, &before);
}

bool sameTime(const struct timespec &a, const struct timespec &b) {
  return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

} // namespace

bool Buffer::map(int file, size_t size) {
  release();
  std::lock_guard<std::mutex> lock(placing);
  Place *free = nullptr;
  for (Place &place : places)
    if (!place.start.load(std::memory_order_relaxed))
      free = &place;
  struct stat info;
  if (!free || !size || fstat(file, &info) != 0 || uint64_t(info.st_size) != size)
    return false;
  const int own = fcntl(file, F_DUPFD_CLOEXEC, 3);
  void *block = own >= 0 ? mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
  if (block == MAP_FAILED) {
    if (own >= 0)
      close(own);
    return false;
  }
  handleCuts();
  source = new MappedFile;
  source->file = own;
  source->size = info.st_size;
  source->changed = info.st_mtim;
  start = static_cast<unsigned char *>(block);
  length = mapped = size;
  free->file.store(source, std::memory_order_relaxed);
  free->size.store(size, std::memory_order_relaxed);
  free->start.store(start, std::memory_order_release);
  return true;
}

bool Buffer::intact() const {
  if (!source)
    return true;
  struct stat info;
  if (fstat(source->file, &info) != 0 || info.st_size != source->size ||
      !sameTime(info.st_mtim, source->changed))
    source->cut.store(true, std::memory_order_relaxed);
  return !source->cut.load(std::memory_order_acquire);
}

void Buffer::unmap() {
  munmap(start, mapped);
  std::lock_guard<std::mutex> lock(placing);
  for (Place &place : places)
    if (place.file.load(std::memory_order_relaxed) == source) {
      place.start.store(nullptr, std::memory_order_release);
      place.file.store(nullptr, std::memory_order_relaxed);
    }
  close(source->file);
  delete source;
  source = nullptr;
}

} // namespace nnrt
