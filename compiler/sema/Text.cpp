// Formats names, lists and counts for messages.
#include "compiler/sema/Text.h"

using llvm::StringRef;

namespace nnc::sema {

std::string quoted(StringRef name) { return "`" + name.str() + "`"; }

std::string listed(llvm::ArrayRef<StringRef> names, StringRef conjunction) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) {
    if (i)
      text += i + 1 == names.size() ? " " + conjunction.str() + " " : ", ";
    text += names[i];
  }
  return text;
}

std::string counted(uint64_t n, StringRef noun) {
  return std::to_string(n) + " " + noun.str() + (n == 1 ? "" : "s");
}

} // namespace nnc::sema
