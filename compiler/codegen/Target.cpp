// Determines from its feature bits what a processor can do. Processor names are wrong in virtual
// machines, and LLVM's tuning for several processors prefers half of the vector width.
#include "compiler/codegen/Target.h"
#include "runtime/ask.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Module.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/SubtargetFeature.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace nnc {

/// Disables passes of LLVM's code generator that do not help kernels, or harm them (bench/kernels):
/// loop strength reduction, which takes a third of the time although addresses are already one
/// register and a constant; and the domain reassignment of mask registers, because masks are
/// already created as masks. LLVM only allows this through its command-line options.
static void leaveOutPasses() {
  for (StringRef name : {"disable-lsr", "disable-x86-domain-reassignment"}) {
    StringMap<cl::Option *> &options = cl::getRegisteredOptions();
    auto found = options.find(name);
    if (found != options.end() && found->second->getNumOccurrences() == 0)
      static_cast<cl::opt<bool> *>(found->second)->setValue(true);
  }
}

/// The levels of x86-64, from the lowest, each with the features it adds to the previous one.
static const std::pair<StringRef, StringRef> levels[] = {
#define LEVEL(name, adds) {name, adds},
    NN_X86_LEVELS(LEVEL)
#undef LEVEL
};

/// The highest level whose code a machine with these feature bits can run.
static StringRef highestLevel(const StringMap<bool> &bits) {
  StringRef highest;
  for (auto [level, adds] : levels) {
    SmallVector<StringRef> names;
    adds.split(names, ',', -1, /*KeepEmpty=*/false);
    if (!all_of(names, [&](StringRef name) { return bits.lookup(name); }))
      break;
    highest = level;
  }
  return highest;
}

/// Names this machine's processor and features.
static void useHost(Target &target, const Triple &triple) {
  StringMap<bool> bits = sys::getHostCPUFeatures();
  target.cpu =
      (triple.getArch() == Triple::x86_64 ? highestLevel(bits) : sys::getHostCPUName()).str();
  SmallVector<StringRef> names;
  for (const auto &bit : bits)
    if (bit.second)
      names.push_back(bit.first());
  sort(names); // the order of the map is not stable, and the string is part of the object
  SubtargetFeatures features;
  for (StringRef name : names)
    features.AddFeature(name);
  target.features = features.getString();
}

/// Whether this x86-64 machine starts as many vector loads per cycle as multiply-adds. Two of each
/// on Zen 2 and later; Intel's cores reach that with 64-byte vectors only on paper. Unlike the
/// product name, the vendor is right in virtual machines too. It only affects speed, never
/// correctness.
static bool hostHasFastLoads() {
  return sys::detail::x86::getVendorSignature() ==
         sys::detail::x86::VendorSignatures::AUTHENTIC_AMD;
}

Expected<Target> Target::parse(StringRef cpu, StringRef tripleName) {
  leaveOutPasses();
  Target target;
  bool foreign = !tripleName.empty();
  if (foreign) {
    InitializeAllTargetInfos();
    InitializeAllTargets();
    InitializeAllTargetMCs();
    InitializeAllAsmPrinters();
  } else {
    InitializeNativeTarget();
    InitializeNativeTargetAsmPrinter();
  }
  target.triple = Triple::normalize(foreign ? tripleName : StringRef(sys::getProcessTriple()));
  Triple triple(target.triple);
  std::string message;
  const llvm::Target *found = TargetRegistry::lookupTarget(target.triple, message);
  if (!found)
    return createStringError("unknown target '" + tripleName + "': " + message);
  // LLVM may know other machines, but it ends the process if it cannot generate code, and their
  // results have never been compared.
  if ((triple.getArch() != Triple::x86_64 && triple.getArch() != Triple::aarch64) ||
      triple.isX32() || triple.getEnvironment() == Triple::GNUILP32)
    return createStringError(
        "target '" + tripleName +
        "': nnc makes code for x86_64 and aarch64 alone, 64-bit and little-endian");
  if (!triple.isOSBinFormatELF() || (!triple.isOSLinux() && triple.getOS() != Triple::UnknownOS))
    return createStringError(
        "target '" + tripleName +
        "': nnc makes objects for Linux alone (x86_64-linux-gnu, aarch64-linux-gnu)");

  bool x86 = triple.getArch() == Triple::x86_64, host = false;
  if (cpu == "native") {
    host = !foreign || Triple(sys::getProcessTriple()).getArch() == triple.getArch();
    if (host)
      useHost(target, triple);
    else
      target.cpu = x86 ? "x86-64-v3" : "generic";
  } else if (x86 && none_of(levels, [&](auto level) { return level.first == cpu; })) {
    return createStringError("unknown cpu '" + cpu +
                             "': use native, x86-64, x86-64-v2, x86-64-v3 or x86-64-v4");
  } else {
    target.cpu = cpu.str();
  }

  // Ask LLVM for all features that the processor and the feature string imply.
  std::unique_ptr<MCSubtargetInfo> info(found->createMCSubtargetInfo(target.triple, "", ""));
  if (!info || !info->isCPUStringValid(target.cpu))
    return createStringError("unknown cpu '" + cpu + "' for " + target.triple +
                             ": use native, generic or a name that LLVM knows");
  info.reset(found->createMCSubtargetInfo(target.triple, target.cpu, target.features));
  for (const SubtargetFeatureKV &feature : info->getEnabledProcessorFeatures())
    target.all += (target.all.empty() ? "" : ",") + std::string(feature.Key);
  if (x86) {
    target.machine = MachineModel::x86(
        [&](StringRef feature) { return info->checkFeatures(("+" + feature).str()); });
    if (host && hostHasFastLoads())
      target.machine.loadSlots = 1;
    if (!target.features.empty())
      target.features += ",";
    target.features += "-prefer-256-bit";
  } else {
    target.machine = MachineModel::aarch64();
  }
  return target;
}

Expected<std::unique_ptr<TargetMachine>> Target::createMachine() const {
  std::string message;
  const llvm::Target *found = TargetRegistry::lookupTarget(triple, message);
  if (!found)
    return createStringError(message);
  TargetOptions options;
  // a*b+c keeps two roundings unless the kernel uses fma, so that results are the same on every
  // machine.
  options.AllowFPOpFusion = FPOpFusion::Strict;
  // One section for each function and table, so that the linker drops what a program does not use.
  options.FunctionSections = true;
  options.DataSections = true;
  std::unique_ptr<TargetMachine> machine(found->createTargetMachine(
      triple, cpu, features, options, Reloc::PIC_, std::nullopt, CodeGenOptLevel::Default));
  if (!machine)
    return createStringError("LLVM cannot generate code for " + triple);
  return machine;
}

void Target::apply(Module &module, const TargetMachine &machine) const {
  module.setTargetTriple(triple);
  module.setDataLayout(machine.createDataLayout());
  module.setPICLevel(PICLevel::BigPIC);
  for (Function &f : module) {
    if (f.isDeclaration())
      continue;
    f.addFnAttr("target-cpu", cpu);
    f.addFnAttr("target-features", features);
    f.addFnAttr("prefer-vector-width", std::to_string(this->machine.vectorBytes * 8));
    f.addFnAttr(Attribute::NoUnwind);
  }
}

} // namespace nnc
