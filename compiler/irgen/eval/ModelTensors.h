// What is known of the tensors of models, by place.
#pragma once

#include "compiler/irgen/values/Function.h"
#include "compiler/sema/names/PartTensors.h"

#include <set>

namespace nnc {

/// Whether the tensor `name` is at `place` or below it.
bool isUnder(llvm::StringRef name, llvm::StringRef place);
/// Whether a parameter multiplies inputs. Biases, gains and shifts do not: they have one axis.
inline bool isWeight(const TensorInfo &info) { return info.shape.size() >= 2; }
/// Whether a name for many tensors of a part stands for that parameter.
inline bool isOneOf(sema::PartTensors many, const TensorInfo &info) {
  return many == sema::PartTensors::Parameters ||
         isWeight(info) == (many == sema::PartTensors::Weights);
}

class ModelTensors {
public:
  /// Additional facts about a model: for models in the blocks of experiments, and for ensembles.
  struct ModelUse {
    std::string place; // the place of its tensors; a `#` ends the part that is used as key of its
                       // random numbers
    int members = 0;   // of an ensemble; 0 for other models
    // values of a search result: `best.rate`; Unavailable: what the name denotes is not known
    std::map<std::string, Value> values;
  };
  std::map<const ast::Decl *, ModelUse> modelUses;
  /// The place of a model's tensors: its name, unless modelUses overrides it.
  std::string placeOf(const ast::Decl *model) const;

  /// Models made of models (Models.cpp). `parts`: the models that a model applies, directly or
  /// indirectly, by place. `passesOn`: the models that get its input unchanged. They are filled in
  /// when the init function of a model is elaborated. That ends early if a part is not yet `known`;
  /// `missing` is then that part.
  std::map<const ast::Decl *, NameMap<const ast::Decl *>> parts;
  std::map<const ast::Decl *, std::set<const ast::Decl *>> passesOn;
  std::set<const ast::Decl *> known;
  const ast::Decl *missing = nullptr;
  /// A numbered name was given that the text gives explicitly further on. The model must be
  /// elaborated again.
  bool renumber = false;
  /// The place of `rest`, a path below a model as the program writes it. Its first name may be that
  /// of a part that is a model.
  std::string placeBelow(const ast::Decl *model, llvm::StringRef rest) const;
  /// Whether a tensor is at a place, below it, or in a model that is a part of the model at that
  /// place.
  bool belongsTo(llvm::StringRef tensor, llvm::StringRef place) const;
  /// The tensors of a model at or below a place.
  std::vector<const TensorInfo *> tensorsUnder(llvm::StringRef place) const;
  bool isFrozen(llvm::StringRef tensor) const;

  /// Every persistent tensor so far, by full place. Filled in when the init function of a model is
  /// elaborated.
  NameMap<TensorInfo> tensors;
  /// The shape of each model's input, once the model is known.
  std::map<const ast::Decl *, std::vector<int64_t>> inputShapes;
  /// The places that the program froze.
  std::vector<std::string> frozen;
  /// Parameters whose initializer fits them to the first batch. Filled in together with `tensors`.
  std::set<std::string> fitted;
};

} // namespace nnc
