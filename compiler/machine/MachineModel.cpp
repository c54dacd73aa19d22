// Makes models from features and names, and writes them as text.
#include "compiler/machine/MachineModel.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace llvm;

namespace nnc {

MachineModel MachineModel::x86(function_ref<bool(StringRef)> has) {
  MachineModel model;
  const bool avx512 = has("avx512f") && has("avx512vl");
  model.vectorBytes = avx512 ? 64 : has("avx2") ? 32 : 16;
  model.registers = avx512 ? 32 : 16;
  model.fma = has("fma");
  model.rounding = has("sse4.1");
  return model;
}

MachineModel MachineModel::aarch64() {
  MachineModel model;
  model.vectorBytes = 16;
  model.registers = 32;
  model.fma = true;
  model.rounding = true;
  return model;
}

std::optional<MachineModel> MachineModel::named(StringRef level) {
  if (!level.starts_with("x86-64") || X86::parseArchX86(level) == X86::CK_None)
    return std::nullopt;
  SmallVector<StringRef> names;
  X86::getFeaturesForCPU(level, names);
  StringMap<bool> features;
  for (StringRef name : names) {
    features[name] = true;
    X86::updateImpliedFeatures(name, true, features);
  }
  return x86([&](StringRef name) { return features.lookup(name); });
}

std::string MachineModel::text() const {
  // If a field is added, this does not compile until it is also printed.
  const auto &[vectorBytes, registers, fma, rounding, lineBytes, l1Bytes, l2Bytes, l1WayBytes,
               l2WayBytes, latencySlots, loadSlots, crossingSlots, conflictSlots, l2LoadSlots,
               l3LoadSlots, l1RereadCost, l2RereadCost, l3RereadCost, plannedThreads, barrierCycles,
               slotCycles, instructionCycles, reducedVectorCycles, rowVectorCycles] = *this;
  std::string result;
  raw_string_ostream os(result);
  for (int64_t number :
       {vectorBytes, registers, int64_t(fma), int64_t(rounding), lineBytes, l1Bytes, l2Bytes,
        l1WayBytes, l2WayBytes, int64_t(l1RereadCost), int64_t(l2RereadCost), int64_t(l3RereadCost),
        plannedThreads, barrierCycles})
    os << number << ' ';
  for (double number :
       {latencySlots, loadSlots, crossingSlots, conflictSlots, l2LoadSlots, l3LoadSlots, slotCycles,
        instructionCycles, reducedVectorCycles, rowVectorCycles})
    os << number << ' ';
  return os.str();
}

} // namespace nnc
