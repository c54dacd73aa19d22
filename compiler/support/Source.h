// Loads source text from files and memory buffers into an llvm::SourceMgr, and converts places in
// it to lines and columns and back.
#pragma once
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/SMLoc.h"
#include <optional>
#include <string>

namespace llvm {
class SourceMgr;
}

namespace nnc {

class Diagnostics;

/// A stretch of source text: `begin` is its first byte, `end` one past its last. Two pointers,
/// cheap to copy. An invalid range (default constructed) means "no place in any file"; such
/// messages are printed without a location.
struct Range {
  llvm::SMLoc begin, end;

  Range() = default;
  Range(llvm::SMLoc begin, llvm::SMLoc end) : begin(begin), end(end) {}
  bool isValid() const { return begin.isValid(); }
};

/// The smallest range that covers both. An invalid range is ignored.
Range join(Range a, Range b);

/// A place as file, line and column, as MLIR's FileLineColLoc and the runtime's "file:line:col"
/// strings need it. `line` and `column` count from 1; `column` counts Unicode code points, not
/// bytes. If the place is unknown, all fields are zero or empty.
struct Position {
  llvm::StringRef file; ///< owned by the SourceMgr
  unsigned line = 0, column = 0;

  bool isValid() const { return line != 0; }
  std::string str() const; ///< "file:line:col", or "<unknown>"
};

/// The largest program text that is accepted. Guards against mistakes such as a data file given as
/// the program.
constexpr size_t maxSourceBytes = 16u << 20;

/// Reads the file `path` into the source manager of `diags`. Reports one error and returns nothing
/// for a missing or unreadable file, a directory, a file without any text, a binary file (a NUL
/// byte or invalid UTF-8) or a file over maxSourceBytes. The path `-` is standard input. `name` is
/// what positions call the file, if not its path; printed messages still show the path.
std::optional<unsigned> loadFile(Diagnostics &diags, llvm::StringRef path,
                                 llvm::StringRef name = "");

/// Registers a copy of `text` under the name `name` (`prelude/losses.nn`, `<repl>`). The text may
/// be empty; the other checks are those of loadFile.
std::optional<unsigned> addBuffer(Diagnostics &diags, llvm::StringRef text, llvm::StringRef name);

/// The whole text of a buffer that loadFile or addBuffer returned.
llvm::StringRef bufferText(const llvm::SourceMgr &sources, unsigned buffer);

/// The name under which a buffer was registered.
llvm::StringRef bufferName(const llvm::SourceMgr &sources, unsigned buffer);

/// The position of a location. An invalid location, or one of another source manager, gives an
/// invalid position.
Position positionOf(const llvm::SourceMgr &sources, llvm::SMLoc loc);

/// The reverse: the location of a line and column in a registered file, or an invalid one.
llvm::SMLoc locationOf(const llvm::SourceMgr &sources, llvm::StringRef file, unsigned line,
                       unsigned column);

} // namespace nnc
