// Implements the JIT session.
#include "compiler/codegen/Jit.h"
#include "compiler/codegen/JitSymbols.h"
#include "compiler/codegen/Target.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/ExecutionEngine/Orc/IndirectionUtils.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/ExecutionEngine/Orc/LazyReexports.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;
using namespace llvm::orc;

namespace nnc {

struct Jit::Impl {
  std::unique_ptr<LLJIT> lljit;
  // What lazy functions need; created with the first of them.
  std::unique_ptr<LazyCallThroughManager> callThrough;
  std::unique_ptr<IndirectStubsManager> stubs;
  StringSet<> lazy;
};

namespace {

/// Functions that a callback provides as an object file when the first of them is needed.
class ObjectOnDemand : public MaterializationUnit {
public:
  ObjectOnDemand(SymbolFlagsMap symbols, LLJIT &lljit,
                 unique_function<Expected<std::unique_ptr<MemoryBuffer>>()> make)
      : MaterializationUnit(Interface(std::move(symbols), nullptr)), lljit(lljit),
        make(std::move(make)) {}
  StringRef getName() const override { return "ObjectOnDemand"; }

private:
  void materialize(std::unique_ptr<MaterializationResponsibility> responsibility) override {
    Expected<std::unique_ptr<MemoryBuffer>> object = make();
    if (!object) {
      lljit.getExecutionSession().reportError(object.takeError());
      return responsibility->failMaterialization();
    }
    lljit.getObjLinkingLayer().emit(std::move(responsibility), std::move(*object));
  }
  void discard(const JITDylib &, const SymbolStringPtr &) override {}

  LLJIT &lljit;
  unique_function<Expected<std::unique_ptr<MemoryBuffer>>()> make;
};

/// The stub of a lazily added function. The function itself keeps its name, so that its object is
/// the same as any other.
std::string stubName(StringRef name) { return (name + ".stub").str(); }

/// The target of a lazy call whose function could not be compiled. The reason has already been
/// reported.
void lazyCallFailed() {
  report_fatal_error("a function could not be compiled", /*GenCrashDiag=*/false);
}

} // namespace

Jit::Jit(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Jit::~Jit() = default;

Expected<std::unique_ptr<Jit>> Jit::create(const Target &target) {
  auto impl = std::make_unique<Impl>();
  JITTargetMachineBuilder builder((Triple(target.triple)));
  // The thread that needs a function compiles it. By default ORC creates threads, and ends the
  // process if it cannot.
  auto process =
      SelfExecutorProcessControl::Create(nullptr, std::make_unique<InPlaceTaskDispatcher>());
  if (!process)
    return process.takeError();
  auto lljit =
      LLJITBuilder()
          .setExecutorProcessControl(std::move(*process))
          .setJITTargetMachineBuilder(std::move(builder))
          .setCompileFunctionCreator([target](JITTargetMachineBuilder)
                                         -> Expected<std::unique_ptr<IRCompileLayer::IRCompiler>> {
            auto machine = target.createMachine();
            if (!machine)
              return machine.takeError();
            return std::make_unique<TMOwningSimpleCompiler>(std::move(*machine));
          })
          .setLinkProcessSymbolsByDefault(false)
          .setPlatformSetUp(setUpInactivePlatform)
          .create();
  if (!lljit)
    return lljit.takeError();
  impl->lljit = std::move(*lljit);
  SymbolMap symbols;
  for (const HostSymbol &symbol : hostSymbols())
    symbols[impl->lljit->mangleAndIntern(symbol.name)] = {
        ExecutorAddr::fromPtr(symbol.address), JITSymbolFlags::Exported | JITSymbolFlags::Callable};
  if (Error error = impl->lljit->getMainJITDylib().define(absoluteSymbols(std::move(symbols))))
    return error;
  return std::unique_ptr<Jit>(new Jit(std::move(impl)));
}

Error Jit::add(LlvmProgram program) {
  return impl->lljit->addIRModule(
      ThreadSafeModule(std::move(program.module), std::move(program.context)));
}

Error Jit::addLazily(ArrayRef<std::string> names,
                     unique_function<Expected<std::unique_ptr<MemoryBuffer>>()> make) {
  LLJIT &lljit = *impl->lljit;
  if (!impl->stubs) {
    auto callThrough =
        createLocalLazyCallThroughManager(lljit.getTargetTriple(), lljit.getExecutionSession(),
                                          ExecutorAddr::fromPtr(&lazyCallFailed));
    if (!callThrough)
      return callThrough.takeError();
    impl->callThrough = std::move(*callThrough);
    impl->stubs = createLocalIndirectStubsManagerBuilder(lljit.getTargetTriple())();
  }
  // On its first call the stub has the function compiled, and then always jumps to it.
  SymbolFlagsMap functions;
  SymbolAliasMap aliases;
  for (const std::string &name : names) {
    SymbolStringPtr function = lljit.mangleAndIntern(name);
    JITSymbolFlags flags = JITSymbolFlags::Exported | JITSymbolFlags::Callable;
    functions[function] = flags;
    aliases[lljit.mangleAndIntern(stubName(name))] = {function, flags};
    impl->lazy.insert(name);
  }
  JITDylib &dylib = lljit.getMainJITDylib();
  if (Error error = dylib.define(
          std::make_unique<ObjectOnDemand>(std::move(functions), lljit, std::move(make))))
    return error;
  return dylib.define(lazyReexports(*impl->callThrough, *impl->stubs, dylib, std::move(aliases)));
}

Error Jit::prepare(StringRef name) { return impl->lljit->lookup(name).takeError(); }

Expected<void *> Jit::lookup(StringRef name) {
  auto address = impl->lljit->lookup(impl->lazy.contains(name) ? stubName(name) : name.str());
  if (!address)
    return address.takeError();
  return address->toPtr<void *>();
}

Expected<std::vector<nn_code>> Jit::addresses(ArrayRef<CompiledFunctionT> functions) {
  std::vector<nn_code> found;
  for (const CompiledFunctionT &function : functions) {
    auto address = lookup(function.symbol);
    if (!address)
      return address.takeError();
    found.push_back(reinterpret_cast<nn_code>(*address));
  }
  return found;
}

} // namespace nnc
