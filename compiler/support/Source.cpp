// Loads program texts and converts locations.
#include "compiler/support/Source.h"
#include "compiler/support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include <algorithm>
#include <cstring>

#include <cerrno>
#include <unistd.h>

using namespace nnc;
using llvm::SMLoc;
using llvm::StringRef;

Range nnc::join(Range a, Range b) {
  if (!a.isValid())
    return b;
  if (!b.isValid())
    return a;
  return {
      std::min(a.begin, b.begin, [](SMLoc x, SMLoc y) { return x.getPointer() < y.getPointer(); }),
      std::max(a.end, b.end, [](SMLoc x, SMLoc y) { return x.getPointer() < y.getPointer(); })};
}

std::string Position::str() const {
  if (!isValid())
    return "<unknown>";
  return (file + ":" + llvm::Twine(line) + ":" + llvm::Twine(column)).str();
}

/// The offset of the first byte that is not part of a well-formed UTF-8 sequence, or npos.
static size_t firstInvalidByte(StringRef text) {
  const auto *begin = reinterpret_cast<const llvm::UTF8 *>(text.begin());
  const auto *end = reinterpret_cast<const llvm::UTF8 *>(text.end());
  const llvm::UTF8 *at = begin;
  return llvm::isLegalUTF8String(&at, end) ? StringRef::npos : size_t(at - begin);
}

/// Registers the buffer if it is text. Both loadFile and addBuffer end here.
static std::optional<unsigned> accept(Diagnostics &diags,
                                      std::unique_ptr<llvm::MemoryBuffer> buffer) {
  StringRef text = buffer->getBuffer(), name = buffer->getBufferIdentifier();
  if (text.size() > maxSourceBytes) {
    diags.error("'" + name + "' is too large for a program: " + llvm::Twine(text.size()) +
                " bytes, the limit is " + llvm::Twine(maxSourceBytes));
    return std::nullopt;
  }
  if (size_t at = text.find('\0'); at != StringRef::npos) {
    diags.error("'" + name + "' is a binary file (a NUL byte at offset " + llvm::Twine(at) +
                "), not a program text");
    return std::nullopt;
  }
  unsigned id = diags.sources().AddNewSourceBuffer(std::move(buffer), SMLoc());
  text = bufferText(diags.sources(), id);
  if (size_t at = firstInvalidByte(text); at != StringRef::npos) {
    const char *byte = text.data() + at;
    diags.error({SMLoc::getFromPointer(byte), SMLoc::getFromPointer(byte + 1)},
                "the byte 0x" + llvm::utohexstr(uint8_t(*byte)) +
                    " is not valid UTF-8; a program is saved as UTF-8 text");
    return std::nullopt;
  }
  return id;
}

/// Reads standard input to its end, or until it is too long for a program.
static llvm::ErrorOr<std::unique_ptr<llvm::MemoryBuffer>> readInput(StringRef name) {
  std::string text;
  for (char piece[1 << 16]; text.size() <= maxSourceBytes;) {
    const ssize_t got = ::read(0, piece, sizeof piece);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return std::error_code(errno, std::generic_category());
    if (got == 0)
      break;
    text.append(piece, size_t(got));
  }
  return llvm::MemoryBuffer::getMemBufferCopy(text, name);
}

std::optional<unsigned> nnc::loadFile(Diagnostics &diags, StringRef path, StringRef name) {
  if (path == "-") {
    auto buffer = readInput(name);
    if (!buffer)
      diags.error("cannot read standard input: " + buffer.getError().message());
    else if ((*buffer)->getBuffer().trim().empty())
      diags.error("standard input is empty: there is no program in it");
    else
      return accept(diags, std::move(*buffer));
    return std::nullopt;
  }
  llvm::sys::fs::file_status status;
  if (std::error_code failure = llvm::sys::fs::status(path, status)) {
    diags.error("cannot open '" + path + "': " + failure.message());
    return std::nullopt;
  }
  using llvm::sys::fs::file_type;
  if (status.type() == file_type::directory_file) {
    diags.error("'" + path + "' is a directory, not a program");
    return std::nullopt;
  }
  // A device may never end. A FIFO (`nnc <(generate)`) does.
  if (status.type() != file_type::regular_file && status.type() != file_type::fifo_file) {
    diags.error("'" + path + "' is not a regular file");
    return std::nullopt;
  }
  if (status.type() == file_type::regular_file && status.getSize() > maxSourceBytes) {
    diags.error("'" + path + "' is too large for a program: " + llvm::Twine(status.getSize()) +
                " bytes, the limit is " + llvm::Twine(maxSourceBytes));
    return std::nullopt;
  }
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer) {
    diags.error("cannot read '" + path + "': " + buffer.getError().message());
    return std::nullopt;
  }
  if ((*buffer)->getBuffer().trim().empty()) {
    diags.error("'" + path + "' is empty: there is no program in it");
    return std::nullopt;
  }
  if (!name.empty() && name != path) {
    diags.showAs(name, path);
    buffer = llvm::MemoryBuffer::getMemBufferCopy((*buffer)->getBuffer(), name);
  }
  return accept(diags, std::move(*buffer));
}

std::optional<unsigned> nnc::addBuffer(Diagnostics &diags, StringRef text, StringRef name) {
  return accept(diags, llvm::MemoryBuffer::getMemBufferCopy(text, name));
}

StringRef nnc::bufferText(const llvm::SourceMgr &sources, unsigned buffer) {
  return sources.getMemoryBuffer(buffer)->getBuffer();
}

StringRef nnc::bufferName(const llvm::SourceMgr &sources, unsigned buffer) {
  return sources.getMemoryBuffer(buffer)->getBufferIdentifier();
}

/// Whether a byte starts a code point; counting these counts code points.
static bool startsCodePoint(char byte) { return (uint8_t(byte) & 0xC0) != 0x80; }

Position nnc::positionOf(const llvm::SourceMgr &sources, SMLoc loc) {
  if (!loc.isValid())
    return {};
  unsigned buffer = sources.FindBufferContainingLoc(loc);
  if (buffer == 0)
    return {};
  // A generated program may be one line of megabytes, so both searches process many bytes at a
  // time. SourceMgr::FindLineNumber would also search for the start of the line, byte by byte.
  const char *begin = bufferText(sources, buffer).begin(), *at = loc.getPointer();
  const void *newline = ::memrchr(begin, '\n', at - begin);
  Position position;
  position.file = bufferName(sources, buffer);
  position.line = sources.getBufferInfo(buffer).getLineNumber(at);
  position.column = 1 + std::count_if(newline ? static_cast<const char *>(newline) + 1 : begin, at,
                                      startsCodePoint);
  return position;
}

SMLoc nnc::locationOf(const llvm::SourceMgr &sources, StringRef file, unsigned line,
                      unsigned column) {
  for (unsigned buffer = 1; buffer <= sources.getNumBuffers(); ++buffer) {
    if (bufferName(sources, buffer) != file || line == 0 || column == 0)
      continue;
    StringRef text = bufferText(sources, buffer);
    for (; line > 1 && !text.empty(); --line)
      text = text.drop_front(std::min(text.find('\n'), text.size() - 1) + 1);
    if (line > 1)
      return {};
    const char *at = text.begin();
    for (; column > 1 && at != text.end() && *at != '\n'; --column)
      for (++at; at != text.end() && !startsCodePoint(*at);)
        ++at;
    return column == 1 ? SMLoc::getFromPointer(at) : SMLoc();
  }
  return {};
}
