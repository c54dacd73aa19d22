// Reports entries in blocks of the wrong kind.
#include "compiler/sema/Entries.h"

using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

void misplacedEntry(Diagnostics &diags, const Entry &entry, StringRef block) {
  StringRef what, home;
  switch (entry.kind) {
  case EntryKind::Setting:
    what = "a setting", home = "train";
    break;
  case EntryKind::Metric:
    what = "`metric`", home = "train or evaluate";
    break;
  case EntryKind::Clip:
    what = "`clip`", home = "train";
    break;
  case EntryKind::Constrain:
    what = "`constrain`", home = "train";
    break;
  case EntryKind::Stop:
    what = "`stop`", home = "train";
    break;
  case EntryKind::Keep:
    what = "`keep`", home = "train";
    break;
  case EntryKind::Checkpoint:
    what = "`checkpoint`", home = "train";
    break;
  case EntryKind::Update:
    what = "`update`", home = "train";
    break;
  case EntryKind::Optimizer:
    what = "the optimizer of a part", home = "train";
    break;
  case EntryKind::Split:
    what = "`split`", home = "data";
    break;
  case EntryKind::Normalize:
    what = "`normalize`", home = "data";
    break;
  case EntryKind::Balance:
    what = "`balance`", home = "data";
    break;
  case EntryKind::Augment:
    what = "`augment`", home = "data";
    break;
  case EntryKind::Where:
    what = "`where`", home = "data";
    break;
  case EntryKind::Drop:
    what = "`drop missing`", home = "data";
    break;
  case EntryKind::Fill:
    what = "`fill`", home = "data";
    break;
  case EntryKind::Series:
    what = "`series`", home = "data";
    break;
  case EntryKind::Row:
    what = "a row", home = "data";
    break;
  }
  diags.error(entry.range, what + " belongs in a block of " + home + ", not of " + block);
}

} // namespace nnc::sema
