// Where text comes from: files and in-memory buffers, registered with one llvm::SourceMgr, and
// places in them.
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
/// cheap to copy. An invalid range (default constructed) stands for "no place in any file";
/// messages then print without a location.
struct Range {
  llvm::SMLoc begin, end;

  Range() = default;
  Range(llvm::SMLoc begin, llvm::SMLoc end) : begin(begin), end(end) {}
  bool isValid() const { return begin.isValid(); }
};

/// The smallest range that covers both; an invalid one is ignored.
Range join(Range a, Range b);

/// A place in words: what MLIR's FileLineColLoc and the runtime's "file:line:col" strings want.
/// `line` and `column` count from 1; `column` counts Unicode code points, not bytes. All zero and
/// empty where the place is unknown.
struct Position {
  llvm::StringRef file; ///< owned by the SourceMgr
  unsigned line = 0, column = 0;

  bool isValid() const { return line != 0; }
  std::string str() const; ///< "file:line:col", or "<unknown>"
};

/// The largest program text that is accepted: a bound against mistakes (a data file given as the
/// program).
constexpr size_t maxSourceBytes = 16u << 20;

/// Reads the file `path` into the source manager of `diags`. On a missing or unreadable file, a
/// directory, a file without any text, a binary file (a NUL byte or invalid UTF-8) and a file over
/// maxSourceBytes it reports one error and returns nothing. The path `-` is standard input. `name`:
/// what positions call the file, if that is not its path; printed messages show the path all the
/// same.
std::optional<unsigned> loadFile(Diagnostics &diags, llvm::StringRef path,
                                 llvm::StringRef name = "");

/// Registers a copy of `text` under the name `name` (`prelude/losses.nn`, `<repl>`). It may be
/// empty; otherwise the checks are loadFile's.
std::optional<unsigned> addBuffer(Diagnostics &diags, llvm::StringRef text, llvm::StringRef name);

/// The whole text of a buffer that loadFile or addBuffer gave.
llvm::StringRef bufferText(const llvm::SourceMgr &sources, unsigned buffer);

/// The name under which a buffer was registered.
llvm::StringRef bufferName(const llvm::SourceMgr &sources, unsigned buffer);

/// Looks a location up; an invalid location or one of another source manager gives an invalid
/// position.
Position positionOf(const llvm::SourceMgr &sources, llvm::SMLoc loc);

/// The reverse: the location of a line and column of a registered file, invalid where there is
/// none.
llvm::SMLoc locationOf(const llvm::SourceMgr &sources, llvm::StringRef file, unsigned line,
                       unsigned column);

} // namespace nnc
