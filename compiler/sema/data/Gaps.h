// Checks `drop missing` and `fill`, which handle cells without a value.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class GapChecker : Checker {
public:
  using Checker::Checker;

  void checkDrop(const ast::DropEntry &drop, DataInfo &info);
  void checkFill(const ast::FillEntry &fill, DataInfo &info);

private:
  bool hasGaps(const ast::Entry &entry, const SourceInfo &source);
  bool addAbsent(const Ident &column, AbsentInfo absent, DataInfo &info);
};

} // namespace nnc::sema
