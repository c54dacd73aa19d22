// The names that the language predefines: structural builtins, elementwise primitives and ambient
// values. sema resolves names with these tables, and irgen and the REPL use them too. Their rows
// are in Builtins.def.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>
#include <vector>

namespace nnc::nn {
struct ElementwiseOp;
}

namespace nnc::sema {

enum class BuiltinKind {
#define NNC_BUILTIN(kind, ...) kind,
#include "compiler/sema/Builtins.def"
};

enum class AmbientKind {
#define NNC_AMBIENT(kind, ...) kind,
#include "compiler/sema/Builtins.def"
};

/// The argument of reductions, in any function, whose value names axes.
constexpr llvm::StringLiteral overArgument = "over";

struct BuiltinParameter {
  enum class How { Required, Optional, Named, Either, Many };
  How how;
  llvm::StringRef name;
  llvm::StringRef defaultValue; ///< as text; empty: it depends, or there is none
  bool isLayer;                 ///< a layer or a function to be applied later
};

/// A function that irgen implements in code of its own, because it is neither an elementwise
/// primitive of the dialect nor written in the prelude.
struct Builtin {
  Builtin(BuiltinKind kind, llvm::StringRef name, llvm::StringRef what,
          std::vector<BuiltinParameter> parameters);

  /// Means: no upper bound on the positional arguments.
  static constexpr unsigned any = ~0u;

  BuiltinKind kind;
  llvm::StringRef name;
  llvm::StringRef what; ///< a line of documentation
  std::vector<BuiltinParameter> parameters;
  unsigned min = 0, max = 0;                   ///< positional arguments, including a piped one
  llvm::SmallVector<llvm::StringRef, 4> named; ///< arguments that may be given by name
  /// The index of the first positional argument that is a layer or a function to be applied later
  /// (as in `repeat(4, dense(64))`; there `max_pool(2)` means what it means after `|>`). Such a
  /// builtin makes a layer, so a pipe into it adds no argument.
  unsigned layersFrom = any;

  bool makesLayer() const { return layersFrom != any; }
  /// "sum(x, over = all, keep = false)"
  std::string signature() const;
};

/// All builtins, in the order of BuiltinKind.
llvm::ArrayRef<Builtin> builtins();

/// The builtin of that name, or null. The pointer stays valid.
const Builtin *findBuiltin(llvm::StringRef name);
/// Whether that is the name of that builtin.
bool isBuiltin(llvm::StringRef name, BuiltinKind kind);

/// The number of operands of the elementwise primitive `name` (exp: 1, max: 2, select: 3), which is
/// the mnemonic of an nn op. Nothing if there is no such primitive.
std::optional<unsigned> elementwiseArity(llvm::StringRef name);

/// The mnemonics of all elementwise primitives, sorted.
llvm::ArrayRef<llvm::StringRef> elementwiseNames();

/// The name of a predefined function, resolved. `max` is both: a reduction with one argument, and
/// elementwise with two.
struct Predefined {
  llvm::StringRef name;
  const Builtin *builtin = nullptr;
  const nn::ElementwiseOp *elementwise = nullptr;
};
/// Nothing if no predefined function has that name.
std::optional<Predefined> findPredefined(llvm::StringRef name);

/// What is called of a `text` data set: `plays.numbers("…")`, `plays.text(…)`.
constexpr llvm::StringLiteral numbersMethod = "numbers", textMethod = "text";

/// The name under which a run has the class weights of a field, beside its fields.
std::string classWeightsName(llvm::StringRef field);
/// The names under which it has the statistics that normalise a field.
std::string meanName(llvm::StringRef field);
std::string deviationName(llvm::StringRef field);

/// The context of an expression, as bits. Some names have a meaning only in some contexts.
enum At : unsigned {
  AtTop = 1u << 0, ///< a top-level let or option, print, the settings of a source
  AtFunction = 1u << 1,
  AtLayer = 1u << 2,
  AtInit = 1u << 3,
  AtOptimizer = 1u << 4,
  AtMetric = 1u << 5,
  AtModel = 1u << 6,
  AtColumns = 1u << 7, ///< a data block's field or `where`, computed from columns before any run
  AtAugment = 1u << 8,
  AtTrain = 1u << 9,
  AtPart = 1u << 10, ///< the train block of a part of a model
  AtEvaluate = 1u << 11,
  AtFit = 1u << 12,       ///< the value after `fit`, computed from an initializer's draw and the
                          ///< first batch
  AtConstrain = 1u << 13, ///< `constrain` in a train block: the new value of a parameter after each
                          ///< update
  AtAnywhere = ~0u,
};

/// A value that the language provides: `step`, `training`, `theta` …
struct Ambient {
  AmbientKind kind;
  llvm::StringRef name;
  unsigned where;        ///< At bits
  bool hides;            ///< belongs to one kind of body only, and therefore hides declarations of
                         ///< its name
  llvm::StringRef place; ///< for messages: "in the body of an `init`"
};

llvm::ArrayRef<Ambient> ambients();
const Ambient *findAmbient(llvm::StringRef name);
llvm::StringRef nameOf(AmbientKind kind);

} // namespace nnc::sema
