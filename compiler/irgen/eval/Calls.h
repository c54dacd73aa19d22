// Evaluates calls and pipes.
#pragma once

#include "compiler/irgen/eval/Part.h"

namespace nnc {

class Calls : public Part {
public:
  using Part::Part;
  Value evaluateCall(const ast::CallExpr *e, const Scope &scope);
  Value evaluatePipe(const ast::PipeExpr *e, const Scope &scope);
  /// Calls or instantiates `callee`.
  Value call(const Value &callee, llvm::ArrayRef<Arg> args, Range at);
  /// A layer, initializer or optimizer with its hyper-parameters.
  Value instantiate(const Applicable &a, llvm::ArrayRef<Arg> args, Range at);
  /// Binds arguments to parameters in `scope`, and evaluates defaults there.
  bool bind(llvm::ArrayRef<ast::Parameter> params, llvm::ArrayRef<Arg> args, Scope &scope, Range at,
            llvm::StringRef what);
  /// Records what `apply` does in `fn->applications`, if that is not null.
  Value recorded(const Applicable &callee, llvm::ArrayRef<Arg> args, Range at,
                 llvm::function_ref<Value()> apply);

  /// The data set that a call like `plays.text(…)` asks for its method; null if it is another call.
  const ast::DataDecl *dataCalled(const ast::CallExpr *e, llvm::StringRef method,
                                  const Scope &scope) const;

private:
  /// `plays.numbers("…")` and `plays.text(…)` (Texts.cpp). Nothing if the call is another one.
  std::optional<Value> evaluateTextCall(const ast::CallExpr *e, const Scope &scope);
  Value numbersOf(const ast::DataDecl *data, const ast::CallExpr *e, const Scope &scope);
  std::vector<Arg> evaluateArgs(llvm::ArrayRef<ast::Argument> args, const Scope &scope);
  /// The arguments of `seq` and `repeat`. A function call among them lacks its first argument,
  /// which is piped in later.
  std::vector<Arg> evaluateParts(llvm::ArrayRef<ast::Argument> args, const Scope &scope);
  /// A call about a column or a field, which is not a function of its numbers: `category(species)`.
  /// Nothing if the call is another one.
  Value evaluateText(const ast::CallExpr *e, column_kind kind, const Scope &scope);
  std::optional<Value> evaluateMoment(llvm::StringRef part, const ast::Argument &of);
  std::optional<Value> evaluateDataCall(const ast::CallExpr *e, const Scope &scope);
  Value evaluatePredefinedCall(const ast::CallExpr *e, const ast::NameExpr *name,
                               const sema::Predefined &function, const Scope &scope);
  /// `input |> f(args)`
  Value pipeIntoCall(const ast::PipeExpr *e, const ast::CallExpr *by, const Arg &input,
                     const Scope &scope);
  Value callFunction(const Applicable &f, llvm::ArrayRef<Arg> args, Range at);
  /// Matches the arguments of a function whose parameters have shapes. The value that the call has
  /// if it ends here: an error, or an argument that is unavailable.
  std::optional<Value> matchArguments(const ast::FnDecl *decl, const Applicable &f, Scope &scope,
                                      Range at);
  /// `y`, the value of the function, with the derivative that the function states.
  Value withDerivative(const ast::FnDecl *decl, const Applicable &f, const Value &y, Scope &scope);

  bool insideFunction = false; // inside a function, whose applications are parts of it
  size_t applicationDepth = 0; // number of recorded applications that have not ended
  // the function whose stated derivative is being evaluated
  const void *suppressedDerivative = nullptr;
};

} // namespace nnc
