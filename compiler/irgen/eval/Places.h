// Gives layers and the parts of models their places.
#pragma once

#include "compiler/irgen/eval/Part.h"

namespace nnc {

class Places : public Part {
public:
  using Part::Part;
  /// Gives a layer its place, if it has none. Returns false after an error.
  bool placeFor(const std::shared_ptr<Applicable> &layer, llvm::StringRef placeName, Range at);
  /// Gives `who` the name in `in`, and reports an error if something else has it. If that name is
  /// only a number, it is changed in the next elaboration.
  bool give(Placement &in, std::string &name, const void *who, Range at);
  /// Records that the surrounding model applies `model` to `input`. Returns false after an error.
  bool notePart(const Applicable &model, mlir::Value input, const std::string &place, Range at);
  /// Whether the train statement whose step is being built trains that place.
  bool isTrained(llvm::StringRef place) const;

  /// The surrounding model, for Layers::applyModel.
  struct Around {
    const ast::Decl *model = nullptr;
    mlir::Value input;
    Placement *placement = nullptr;
    std::string member; // of an ensemble: the place of the current member, which has its own parts
  };
  Around around;

private:
  /// The names that the program gives to places, by model and by the declaration whose body gives
  /// them. Numbered names skip these.
  std::map<std::pair<const ast::Decl *, const ast::Decl *>, std::set<std::string>> givenNames;
};

} // namespace nnc
