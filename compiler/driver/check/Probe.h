// A function of the program, compiled so that its value and its gradient can be asked at any point.
#pragma once

#include "compiler/driver/Session.h"
#include "compiler/driver/check/Caller.h"

#include <memory>
#include <string>
#include <vector>

namespace nnc::check {

class Probe {
public:
  /// `declarations`: what the function may need. Null, and `why`, if it cannot be compiled for
  /// numbers.
  static std::unique_ptr<Probe> make(Session &session, const ast::FnDecl &fn,
                                     llvm::StringRef declarations, std::string &why);

  /// How many elements the first argument has.
  size_t size() const { return elements; }
  /// Whether a second argument has as many.
  bool hasOther() const { return other >= 0; }

  /// The sum of the function's elements, and its gradient by the first argument. The same random
  /// draws in every call.
  struct Result {
    double value;
    llvm::ArrayRef<double> gradient;
  };
  Result at(llvm::ArrayRef<double> x, double otherValue);

private:
  Probe(std::unique_ptr<Session> session, const nn_program &program);
  std::unique_ptr<Session> session; // owns the code
  const nn_program &program;
  Caller caller;
  size_t elements = 0;
  int32_t first = -1, other = -1; // tensors
  std::vector<std::vector<double>> results;
};

} // namespace nnc::check
