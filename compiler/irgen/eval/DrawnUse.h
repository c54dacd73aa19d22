// Finds on which drawn constants the code depends, while a program is elaborated: see
// experiments/DrawnConstants.cpp.
#pragma once

#include "compiler/irgen/values/Value.h"

#include <optional>

namespace nnc {

struct DrawnUse {
  /// Whether drawn constants are scalars of the run, of which it is noted where they must be known.
  bool findsDrawn = false;
  /// The constants that must be known, so far.
  DrawnConstants needed;
  /// The scalars that stand for drawn constants, with their first values.
  std::map<const ast::Decl *, Value> drawnScalars;

  /// The number of a value that must be known when the code is built. Nothing if it is not known,
  /// and would not be with the drawn constants built in.
  std::optional<double> knownNumber(const Value &v) {
    need(v);
    return v.mayBeKnown() ? std::optional(v.number) : std::nullopt;
  }
  /// The code depends on the drawn constants from which `v` is computed.
  void need(const Value &v) {
    if (v.drawnFrom)
      needed.insert(v.drawnFrom->begin(), v.drawnFrom->end());
  }
  /// `v`, which is computed from these values. It would be `number` if they were known.
  static Value drawnAs(Value v, double number, llvm::ArrayRef<const Value *> from) {
    DrawnConstants all;
    for (const Value *one : from)
      if (one->drawnFrom)
        all.insert(one->drawnFrom->begin(), one->drawnFrom->end());
    if (all.empty() || v.isError() || v.isUnavailable())
      return v;
    v.number = number;
    v.drawnFrom = std::make_shared<const DrawnConstants>(std::move(all));
    return v;
  }
};

} // namespace nnc
