// The table of data sources and the settings of each.
#include "compiler/sema/data/SourceTable.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

using llvm::StringRef;

namespace nnc::sema {

StringRef nameOf(SourceSetting setting) {
  switch (setting) {
  case SourceSetting::Path:
    return "path";
  case SourceSetting::Images:
    return "images";
  case SourceSetting::Labels:
    return "labels";
  case SourceSetting::Columns:
    return "columns";
  case SourceSetting::Header:
    return "header";
  case SourceSetting::Separator:
    return "separator";
  case SourceSetting::Decimal:
    return "decimal";
  case SourceSetting::Quote:
    return "quote";
  case SourceSetting::Encoding:
    return "encoding";
  case SourceSetting::Missing:
    return "missing";
  case SourceSetting::Size:
    return "size";
  case SourceSetting::Channels:
    return "channels";
  case SourceSetting::Length:
    return "length";
  case SourceSetting::N:
    return "n";
  case SourceSetting::Classes:
    return "classes";
  case SourceSetting::Dims:
    return "dims";
  case SourceSetting::Spread:
    return "spread";
  case SourceSetting::Factor:
    return "factor";
  case SourceSetting::Turns:
    return "turns";
  case SourceSetting::Noise:
    return "noise";
  case SourceSetting::Seed:
    return "seed";
  }
  llvm_unreachable("every setting is listed");
}

namespace {
using Setting = SourceSetting;

const Setting csv[] = {Setting::Path,    Setting::Columns, Setting::Header,   Setting::Separator,
                       Setting::Decimal, Setting::Quote,   Setting::Encoding, Setting::Missing};
const Setting idx[] = {Setting::Images, Setting::Labels};
const Setting npz[] = {Setting::Path};
const Setting images[] = {Setting::Path, Setting::Size, Setting::Channels};
const Setting text[] = {Setting::Path, Setting::Length, Setting::Encoding};
const Setting blobs[] = {Setting::N, Setting::Classes, Setting::Dims, Setting::Spread,
                         Setting::Seed};
const Setting ring[] = {Setting::N, Setting::Noise, Setting::Seed};
const Setting circles[] = {Setting::N, Setting::Factor, Setting::Noise, Setting::Seed};
const Setting spirals[] = {Setting::N, Setting::Classes, Setting::Turns, Setting::Noise,
                           Setting::Seed};

const SourceFunction sourceTable[] = {
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

bool isFile(source_kind kind) { return kind != NN_ROWS && !nnrt::isGenerator(kind); }

size_t SourceFunction::indexOf(StringRef setting) const {
  return llvm::find_if(params, [&](SourceSetting s) { return nameOf(s) == setting; }) -
         params.begin();
}

llvm::ArrayRef<SourceFunction> sources() { return sourceTable; }

const SourceFunction *findSource(StringRef name) {
  for (const SourceFunction &s : sourceTable)
    if (s.name == name)
      return &s;
  return nullptr;
}

} // namespace nnc::sema
