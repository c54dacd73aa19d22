// The sources of data: what each is called and what it may be given. A new source is one line of
// the table.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>

namespace nnc::sema {

struct SourceFunction {
  llvm::StringRef name;
  int32_t kind; ///< nn_source_kind
  llvm::ArrayRef<llvm::StringRef>
      params; ///< all may be named; the first `positional` also stand by position
  unsigned positional;
  unsigned required;    ///< the first this many must be given
  bool columns = false; ///< any other name is that of a column: `npy(x = "x.npy")`

  bool isFile() const;      ///< csv, idx, npy, npz, images, text
  bool isGenerator() const; ///< blobs, moons, circles, spirals
};

llvm::ArrayRef<SourceFunction> sources();
const SourceFunction *findSource(llvm::StringRef name);

} // namespace nnc::sema
