// Probe: a compiled function whose value and gradient can be computed at any point.
#pragma once

#include "compiler/driver/Session.h"
#include "compiler/driver/check/Caller.h"

#include <memory>
#include <string>
#include <vector>

namespace nnc::check {

class Probe {
public:
  /// `declarations` are those that the function may need. Returns null, and sets `why`, if the
  /// function cannot be compiled for numbers.
  static std::unique_ptr<Probe> make(Session &session, const ast::FnDecl &fn,
                                     llvm::StringRef declarations, std::string &why);

  /// The number of elements of the first argument.
  size_t size() const { return elements; }
  /// Whether there is a second argument with as many elements.
  bool hasOther() const { return other >= 0; }

  /// The sum of the function's elements, and its gradient with respect to the first argument.
  /// Random draws are the same in every call.
  struct Result {
    double value;
    llvm::ArrayRef<double> gradient;
  };
  Result at(llvm::ArrayRef<double> x, double otherValue);

private:
  Probe(std::unique_ptr<Session> session, const nn_image &image);
  std::unique_ptr<Session> session; // owns the code
  const ProgramT &program;
  Caller caller;
  size_t elements = 0;
  int32_t first = -1, other = -1; // indices of tensors
  std::vector<std::vector<double>> results;
};

} // namespace nnc::check
