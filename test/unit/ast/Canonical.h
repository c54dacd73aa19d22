// For the printer's tests: checks that text is printed exactly as it was written.
#pragma once
#include "test/unit/parse/Parsed.h"

namespace nnc::test {

inline void expectCanonical(llvm::StringRef text) {
  Parsed parsed(text);
  EXPECT_EQ(parsed.messages(), "");
  EXPECT_EQ(parsed.printed(), text.str());
}

} // namespace nnc::test
