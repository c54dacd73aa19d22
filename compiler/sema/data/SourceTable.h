// The names and settings of the data sources. A new source needs one line in the table in
// SourceTable.cpp.
#pragma once

#include "compiler/support/Program.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace nnc::sema {

/// The settings of all sources.
enum class SourceSetting {
  // Files.
  Path,
  Images,
  Labels,
  // Tables.
  Columns,
  Header,
  Separator,
  Decimal,
  Quote,
  Encoding,
  Missing,
  // Images and texts.
  Size,
  Channels,
  Length,
  // Generators.
  N,
  Classes,
  Dims,
  Spread,
  Factor,
  Turns,
  Noise,
  Seed,
};
llvm::StringRef nameOf(SourceSetting setting);

struct SourceFunction {
  llvm::StringRef name;
  source_kind kind;
  llvm::ArrayRef<SourceSetting>
      params; ///< all may be named; the first `positional` may also be positional
  unsigned positional;
  unsigned required;    ///< how many of the first must be given
  bool columns = false; ///< any other name names a column: `npy(x = "x.npy")`
  int64_t dims = 2;     ///< of a generator: the numbers of `x`, if there is no setting `dims`
  bool classes = true;  ///< of a generator: `y` is a class; otherwise a number

  /// The index into params of the setting of that name; params.size() if there is none.
  size_t indexOf(llvm::StringRef setting) const;
};

bool isFile(source_kind kind); ///< csv, idx, npy, npz, images, text

llvm::ArrayRef<SourceFunction> sources();
const SourceFunction *findSource(llvm::StringRef name);

} // namespace nnc::sema
