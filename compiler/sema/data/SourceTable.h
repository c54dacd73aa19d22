// The names and arguments of the data sources. A new source needs one line in the table in
// SourceTable.cpp.
#pragma once

#include "runtime/schema/program.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace nnc::sema {

struct SourceFunction {
  llvm::StringRef name;
  source_kind kind;
  llvm::ArrayRef<llvm::StringRef>
      params; ///< all may be named; the first `positional` may also be positional
  unsigned positional;
  unsigned required;    ///< how many of the first must be given
  bool columns = false; ///< any other name names a column: `npy(x = "x.npy")`

  bool isFile() const;      ///< csv, idx, npy, npz, images, text
  bool isGenerator() const; ///< blobs, moons, circles, spirals
};

llvm::ArrayRef<SourceFunction> sources();
const SourceFunction *findSource(llvm::StringRef name);

} // namespace nnc::sema
