// Applies layers and models.
#pragma once

#include "compiler/irgen/eval/Part.h"

namespace nnc {

class Layers : public Part {
public:
  using Part::Part;
  Value applyLayer(const std::shared_ptr<Applicable> &layer, llvm::ArrayRef<Arg> inputs, Range at,
                   llvm::StringRef placeName = {});
  Value applyModel(const Applicable &model, llvm::ArrayRef<Arg> inputs, Range at);
  /// Matches an input against its declared shape: binds axis names to sizes, and gives the tensor
  /// its axis names.
  bool matchShape(const ast::Parameter &param, Value &input, Scope &scope, Range at,
                  llvm::StringRef what);

private:
  Value applySequence(const Applicable &sequence, llvm::ArrayRef<Arg> inputs, Range at,
                      llvm::StringRef placeName);
  Value runLayer(const std::shared_ptr<Applicable> &layer, llvm::ArrayRef<Arg> inputs, Range at,
                 llvm::StringRef placeName);
  /// The value of the body of a layer, which is itself a layer, applied to the inputs.
  Value runMadeLayer(const Applicable &layer, llvm::ArrayRef<Arg> inputs, Placement &inner,
                     Scope &scope, Range at);
  /// The value of the body of a layer that declares its inputs.
  Value runBody(const Applicable &layer, llvm::ArrayRef<Arg> inputs, Placement &inner, Scope &scope,
                Range at);
  /// Binds the inputs of a layer in `scope`. Returns false after an error.
  bool bindInputs(const Applicable &layer, llvm::ArrayRef<Arg> inputs, Scope &scope, Range at);
  /// The value of the body of a model at a place: its own, or that of a member of an ensemble.
  Value runModel(const ast::ModelDecl *decl, const std::string &place, bool isMember,
                 mlir::Value input, Scope &scope, Range at);
  /// The value of the body of a model, or the mean over the members of an ensemble.
  Value modelValue(const ast::ModelDecl *decl, const std::string &path, mlir::Value input,
                   Scope &scope, Range at);
  /// Whether that can be the value of a model: a tensor, or an error that was reported. If not,
  /// reports it.
  bool isModelValue(const ast::ModelDecl *decl, llvm::StringRef name, const Value &result);
  /// Checks that the result of a body has the declared shape. `applied` is the place of the
  /// application, if it deserves a note.
  bool checkResult(const ast::Shape *shape, Value &result, Scope &scope, const ast::Expr *body,
                   Range applied, llvm::StringRef what);
};

} // namespace nnc
