// The names that a program gives to the states of its loops, for formulas.
#pragma once

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Location.h"
#include "mlir/IR/Value.h"

namespace nnc::nn {

/// `loc` with the name of a variable: as the location of a block's argument, the argument's name.
inline mlir::Location named(mlir::Location loc, llvm::StringRef name) {
  return mlir::FusedLoc::get(loc.getContext(), {loc},
                             mlir::StringAttr::get(loc.getContext(), name));
}

/// The name of a block's argument, or empty.
inline llvm::StringRef nameOf(mlir::BlockArgument argument) {
  auto fused = mlir::dyn_cast<mlir::FusedLoc>(argument.getLoc());
  auto name =
      fused ? mlir::dyn_cast_or_null<mlir::StringAttr>(fused.getMetadata()) : mlir::StringAttr();
  return name ? name.getValue() : llvm::StringRef();
}

/// Gives the arguments of a block the names of others, as far as they have some.
inline void copyNames(llvm::ArrayRef<mlir::BlockArgument> from,
                      llvm::MutableArrayRef<mlir::BlockArgument> to) {
  for (auto [named, argument] : llvm::zip(from, to))
    if (!nameOf(named).empty())
      argument.setLoc(named.getLoc());
}

} // namespace nnc::nn
