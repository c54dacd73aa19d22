// The value of an expression during elaboration: a number that is already known, a tensor that the
// compiled function will compute, or something that can be applied (a function, a layer, an
// optimizer).
#pragma once

#include "compiler/ast/Ast.h"
#include "compiler/sema/Builtins.h"

#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace nnc {

struct Applicable;

/// Constants that experiments draw.
using DrawnConstants = std::set<const ast::LetDecl *>;

/// Identifies an axis: its name, and the use of the declaration that gave the name, so that names
/// of different calls never match (LANGUAGE.md 3.4). `again` distinguishes axes with the same name
/// in one shape, as in `[n, n]`. Frame 0 is for names that the language gives.
std::string axisId(unsigned frame, llvm::StringRef name, unsigned again = 0);
llvm::StringRef axisName(llvm::StringRef id);
llvm::StringRef axisFrame(llvm::StringRef id);
/// The id without `again`.
std::string axisIdOfName(llvm::StringRef id);

/// A place where a tensor met its own transpose, and whether the axes were aligned by name or by
/// position.
struct TurnedMeeting {
  Range at;
  bool byName;
};

/// A map by name, in insertion order.
template <class T> using NameMap = llvm::MapVector<std::string, T, std::map<std::string, unsigned>>;

struct Value {
  enum class Kind {
    Error,       // already reported; everything that uses it reports nothing
    Unavailable, // exists, but not in this function: an argument of a metric while its final
                 // formula is built
    Number,      // known at compile time
    Bool,
    Text,
    Tensor,     // one example's tensor; batched if the MLIR type leads with `?`
    HostScalar, // tensor<f64>: known before the data of the step (a schedule, an option)
    List,       // [a, b]
    Weights,    // several tensors of a model: arithmetic applies to each, a full reduction combines
                // them
    Axes,       // the value of `over =`
    Applicable, // function, layer, initializer, optimizer, metric, model
    Place,      // a part of a model; `text` is its path
    All,        // the word `all`
    None,       // the word `none`: a parameter with this start value is omitted
  };
  enum class Unit { None, Epochs, Steps };

  Kind kind = Kind::Error;
  double number = 0;       // Number, Bool
  bool isAxisSize = false; // Number: the size of the axis with that name, `n` of `x: [n]`
  Unit unit = Unit::None;
  std::string text;   // Text, Place
  mlir::Value tensor; // Tensor, HostScalar
  // Tensor: the axisId of each example axis, or ""; Axes: the requested axes and positions
  std::vector<std::string> axes;
  enum class Turned : unsigned char { No, ByMark, ByCall };
  Turned turned = Turned::No; // Tensor: its last axes were swapped, by `x'` or by `transpose`
  std::vector<Value> items;   // List, Weights
  std::shared_ptr<Applicable> target; // Applicable
  // While DrawnUse::findsDrawn: a value that would be `number` if these constants had their first
  // values
  std::shared_ptr<const DrawnConstants> drawnFrom;
  // Tensor of class numbers: returns the number of classes
  std::shared_ptr<const std::function<int64_t()>> classes;

  bool isError() const { return kind == Kind::Error; }
  bool isUnavailable() const { return kind == Kind::Unavailable; }
  bool isNumber() const { return kind == Kind::Number; }
  bool isTensor() const { return kind == Kind::Tensor; }
  bool isHostScalar() const { return kind == Kind::HostScalar; }
  bool isTensorLike() const { return isTensor() || isHostScalar(); }
  /// The axisId of example axis i of a tensor, or "".
  std::string axisAt(size_t i) const { return i < axes.size() ? axes[i] : std::string(); }
  /// Whether it is a Number or a Bool.
  bool isKnown() const { return kind == Kind::Number || kind == Kind::Bool; }
  /// Whether it is known, or would be with drawn constants built in.
  bool mayBeKnown() const { return isKnown() || drawnFrom; }

  static Value error() { return {}; }
  static Value ofKind(Kind k) {
    Value v;
    v.kind = k;
    return v;
  }
  static Value of(double n, Unit unit = Unit::None) {
    Value v = ofKind(Kind::Number);
    v.number = n;
    v.unit = unit;
    return v;
  }
  static Value ofBool(bool b) {
    Value v = ofKind(Kind::Bool);
    v.number = b;
    return v;
  }
  static Value ofText(llvm::StringRef s) {
    Value v = ofKind(Kind::Text);
    v.text = s.str();
    return v;
  }
  static Value of(mlir::Value t, std::vector<std::string> axes = {}) {
    Value v = ofKind(Kind::Tensor);
    v.tensor = t;
    v.axes = std::move(axes);
    return v;
  }
  static Value ofHost(mlir::Value t) {
    Value v = ofKind(Kind::HostScalar);
    v.tensor = t;
    return v;
  }
  static Value of(std::shared_ptr<Applicable> a) {
    Value v = ofKind(Kind::Applicable);
    v.target = std::move(a);
    return v;
  }

  /// A description for messages: "a number", "a tensor [64]", "a layer".
  std::string describe() const;
};

/// The names visible in one call, declaration or block.
struct Scope {
  const Scope *parent = nullptr;
  bool prelude = false; // the code being evaluated belongs to the prelude
  unsigned frame = 0;   // number of the call; axis names belong to it
  std::map<std::string, Value> names;
  // The states that a body has declared here. Assignments change their values while the names of
  // the scope stay as they are.
  mutable std::map<std::string, Value> states;

  unsigned frameOfCall() const {
    const Scope *outermost = this;
    while (outermost->parent)
      outermost = outermost->parent;
    return outermost->frame;
  }
  const Value *find(llvm::StringRef name) const {
    const std::string key = name.str();
    for (const Scope *s = this; s; s = s->parent) {
      if (auto state = s->states.find(key); state != s->states.end())
        return &state->second;
      auto it = s->names.find(key);
      if (it != s->names.end())
        return &it->second;
    }
    return nullptr;
  }
  /// The value of a state, to be assigned, or null.
  Value *findState(llvm::StringRef name) const {
    const std::string key = name.str();
    for (const Scope *s = this; s; s = s->parent)
      if (auto state = s->states.find(key); state != s->states.end())
        return &state->second;
    return nullptr;
  }
};

/// A declaration with its arguments bound, or a builtin.
struct Applicable {
  enum class Kind { Function, Layer, Init, Optimizer, Metric, Model, Builtin, Sequence };
  Kind kind = Kind::Function;
  const ast::Decl *decl = nullptr; // all but Builtin and Sequence
  bool prelude = false;            // decl is in the prelude
  std::string name;                // for messages and for numbered places: "dense"
  sema::Predefined predefined;     // Builtin
  Range written; // the expression that named it; a default of the prelude is in the prelude
  bool instantiated = false; // arguments are bound; a bare name is instantiated when it is used
  std::map<std::string, Value> bound; // hyper-parameters
  // Function: arguments after the first, in `seq(max_pool(2), relu)`
  std::vector<std::pair<std::string, Value>> partial;
  std::vector<Value> parts; // Sequence: the layers, in order
  std::string path;         // Layer: the place of its parameters, once placed; Model: likewise
  bool placed = false;
  // Layer: the name that the program gives its place; the place of a copy is numbered after it
  std::string given;
  std::string givenBefore; // `given` before the layer was placed
};

/// The shape of one example, without the batch, from the MLIR type of a tensor.
llvm::ArrayRef<int64_t> exampleShape(mlir::Value tensor);
bool isBatched(mlir::Value tensor);
/// All values from which `values` are computed, including themselves. Stops at values for which
/// `border` is true.
llvm::DenseSet<mlir::Value> originsOf(llvm::ArrayRef<mlir::Value> values,
                                      llvm::function_ref<bool(mlir::Value)> border = {});
/// "[64, 10]"
std::string shapeText(llvm::ArrayRef<int64_t> shape);

} // namespace nnc
