// The table of data sources and the arguments of each.
#include "compiler/sema/data/SourceTable.h"

using llvm::StringRef;

namespace nnc::sema {

namespace {
const StringRef csv[] = {"path",    "columns", "header",   "separator",
                         "decimal", "quote",   "encoding", "missing"};
const StringRef idx[] = {"images", "labels"};
const StringRef npz[] = {"path"};
const StringRef images[] = {"path", "size", "channels"};
const StringRef text[] = {"path", "length", "encoding"};
const StringRef blobs[] = {"n", "classes", "dims", "spread", "seed"};
const StringRef ring[] = {"n", "noise", "seed"};
const StringRef circles[] = {"n", "factor", "noise", "seed"};
const StringRef spirals[] = {"n", "classes", "turns", "noise", "seed"};

const SourceFunction table[] = {
    {"rows", NN_ROWS, {}, 0, 0},
    {"csv", NN_CSV, csv, 1, 1},
    {"idx", NN_IDX, idx, 2, 1},
    {"npy", NN_NPY, {}, 0, 0, true},
    {"npz", NN_NPZ, npz, 1, 1, true},
    {"images", NN_IMAGES, images, 1, 1},
    {"text", NN_TEXT, text, 1, 2},
    {"blobs", NN_BLOBS, blobs, 0, 1},
    {"moons", NN_MOONS, ring, 0, 1},
    {"circles", NN_CIRCLES, circles, 0, 1},
    {"spirals", NN_SPIRALS, spirals, 0, 1},
};
} // namespace

bool SourceFunction::isFile() const { return kind != NN_ROWS && !isGenerator(); }
bool SourceFunction::isGenerator() const { return kind >= NN_BLOBS; }

llvm::ArrayRef<SourceFunction> sources() { return table; }

const SourceFunction *findSource(StringRef name) {
  for (const SourceFunction &s : table)
    if (s.name == name)
      return &s;
  return nullptr;
}

} // namespace nnc::sema
