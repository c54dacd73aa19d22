// The table of symbols that JIT code can call. Symbols are bound only here: the process is not
// searched, so a kernel cannot call anything that the link of a trainer would not find.
#include "compiler/codegen/JitSymbols.h"

#include <cmath>
#include <cstring>

namespace nnc {

#define UNARY(name)                                                                                \
  {#name, reinterpret_cast<void *>(static_cast<double (*)(double)>(&::name))}, {                   \
    #name "f", reinterpret_cast<void *>(static_cast<float (*)(float)>(&::name##f))                 \
  }
#define BINARY(name)                                                                               \
  {#name, reinterpret_cast<void *>(static_cast<double (*)(double, double)>(&::name))}, {           \
    #name "f", reinterpret_cast<void *>(static_cast<float (*)(float, float)>(&::name##f))          \
  }

llvm::ArrayRef<HostSymbol> hostSymbols() {
  static const HostSymbol symbols[] = {
      UNARY(exp),
      UNARY(exp2),
      UNARY(expm1),
      UNARY(log),
      UNARY(log1p),
      UNARY(log2),
      UNARY(log10),
      UNARY(sqrt),
      UNARY(sin),
      UNARY(cos),
      UNARY(tan),
      UNARY(asin),
      UNARY(acos),
      UNARY(atan),
      UNARY(sinh),
      UNARY(cosh),
      UNARY(tanh),
      UNARY(erf),
      UNARY(floor),
      UNARY(ceil),
      UNARY(trunc),
      UNARY(round),
      UNARY(rint),
      UNARY(nearbyint),
      UNARY(fabs),
      UNARY(cbrt),
      BINARY(pow),
      BINARY(fmod),
      BINARY(atan2),
      BINARY(fmax),
      BINARY(fmin),
      BINARY(copysign),
      {"fma", reinterpret_cast<void *>(static_cast<double (*)(double, double, double)>(&::fma))},
      {"fmaf", reinterpret_cast<void *>(static_cast<float (*)(float, float, float)>(&::fmaf))},
      {"memcpy", reinterpret_cast<void *>(&::memcpy)},
      {"memmove", reinterpret_cast<void *>(&::memmove)},
      {"memset", reinterpret_cast<void *>(&::memset)},
  };
  return symbols;
}

} // namespace nnc
