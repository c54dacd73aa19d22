// Implements codeIdentity. Linkers put a hash of what they have linked (the build id) into a note,
// which is mapped with the code.
#include "compiler/codegen/ObjectCache.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/FileSystem.h"

#include <link.h>

using namespace llvm;

namespace nnc {

/// The build id in the notes of a loaded file, or empty.
static StringRef buildId(const dl_phdr_info &info) {
  for (const ElfW(Phdr) & segment : ArrayRef(info.dlpi_phdr, info.dlpi_phnum)) {
    if (segment.p_type != PT_NOTE)
      continue;
    StringRef notes(reinterpret_cast<const char *>(info.dlpi_addr + segment.p_vaddr),
                    segment.p_memsz);
    // A note: its sizes and type, its owner, and its contents. The last two are padded to the
    // alignment of the segment.
    const Align padding(segment.p_align == 8 ? 8 : 4);
    while (notes.size() >= sizeof(ElfW(Nhdr))) {
      const auto &note = *reinterpret_cast<const ElfW(Nhdr) *>(notes.data());
      notes = notes.drop_front(sizeof note);
      StringRef owner = notes.take_front(note.n_namesz);
      notes = notes.drop_front(std::min<size_t>(notes.size(), alignTo(note.n_namesz, padding)));
      StringRef contents = notes.take_front(note.n_descsz);
      notes = notes.drop_front(std::min<size_t>(notes.size(), alignTo(note.n_descsz, padding)));
      if (note.n_type == NT_GNU_BUILD_ID && owner == StringRef("GNU\0", 4))
        return contents;
    }
  }
  return {};
}

static std::string computeIdentity() {
  std::string identity;
  dl_iterate_phdr(
      [](dl_phdr_info *info, size_t, void *result) {
        std::string &identity = *static_cast<std::string *>(result);
        StringRef id = buildId(*info);
        identity += id;
        if (!id.empty())
          return 0;
        // The name of the executable itself is empty.
        StringRef file = *info->dlpi_name ? info->dlpi_name : "/proc/self/exe";
        if (ErrorOr<std::unique_ptr<MemoryBuffer>> contents = MemoryBuffer::getFile(file)) {
          BLAKE3Result<> hash = BLAKE3::hash<>(arrayRefFromStringRef((*contents)->getBuffer()));
          identity += toStringRef(hash);
        }
        return 0;
      },
      &identity);
  return identity;
}

StringRef codeIdentity() {
  static const std::string identity = computeIdentity();
  return identity;
}

} // namespace nnc
