// The stages of a compilation, in order.
#include "compiler/driver/Session.h"

#include "compiler/codegen/Executable.h"
#include "compiler/codegen/Object.h"
#include "compiler/codegen/Optimize.h"
#include "compiler/codegen/Tables.h"
#include "compiler/codegen/Translate.h"
#include "compiler/dialect/Kern.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/driver/MlirDiagnostics.h"
#include "compiler/parse/Parse.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/prelude/Prelude.h"
#include "compiler/transforms/Simplify.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Target/TargetMachine.h"

#include <chrono>

using namespace nnc;

Session::Session(SessionOptions o) : options(std::move(o)), diags(std::make_unique<Diagnostics>()) {}
Session::~Session() = default;

bool Session::fail(llvm::Error error) {
  diags->error(llvm::toString(std::move(error)));
  return false;
}

template <class F> bool Session::timed(std::string name, F f) {
  const auto start = std::chrono::steady_clock::now();
  const bool ok = f();
  stageTimes.emplace_back(std::move(name), std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  return ok;
}

bool Session::load() {
  buffer = loadFile(*diags, options.path);
  return buffer.has_value();
}

bool Session::loadText(llvm::StringRef text, llvm::StringRef name) {
  options.path = name.str();
  buffer = addBuffer(*diags, text, name);
  return buffer.has_value();
}

bool Session::reach(Stage stage) {
  static const std::pair<const char *, bool (Session::*)()> steps[] = {
      {"parse", &Session::parse},
      {"check", &Session::check},
      {"generate", &Session::generateModule},
      {"differentiate", &Session::differentiateModule},
      {"plan", &Session::planModule},
      {"loops", &Session::loopModule},
      {"lower", &Session::lowerModule},
      {"translate", &Session::translateModule},
  };
  for (int i = reached ? int(*reached) + 1 : 0; i <= int(stage); ++i) {
    if (diags->hasErrors())
      return false;
    if (!timed(steps[i].first, [&] { return (this->*steps[i].second)(); }))
      return false;
    reached = Stage(i);
  }
  return true;
}

PipelineOptions Session::pipelineOptions() const {
  PipelineOptions pipeline;
  pipeline.fuse.unfused = options.unfused;
  pipeline.target = codeTarget->lowering();
  return pipeline;
}

bool Session::parse() {
  if (!buffer && !load())
    return false;
  parsed = parseString(*diags, *buffer);
  return parsed && !diags->hasErrors();
}

bool Session::check() {
  for (const PreludeFile &file : preludeFiles()) {
    std::optional<unsigned> id = addBuffer(*diags, file.text, file.name);
    std::unique_ptr<ast::Program> program = id ? parseString(*diags, *id) : nullptr;
    if (!program)
      return false;
    preludePrograms.push_back(std::move(program));
  }
  llvm::SmallVector<const ast::Program *> prelude;
  for (auto &p : preludePrograms)
    prelude.push_back(p.get());
  llvm::SmallString<128> dir(options.path);
  llvm::sys::path::remove_filename(dir);
  if (dir.empty())
    dir = ".";
  sema::Options semaOptions;
  semaOptions.sourceDir = dir.str().str();
  semaOptions.dataDir = options.dataDir;
  return sema::analyze(*diags, *parsed, prelude, semaOptions, names);
}

bool Session::generateModule() {
  mlir::DialectRegistry registry;
  registerTranslation(registry);
  context = std::make_unique<mlir::MLIRContext>(registry, mlir::MLIRContext::Threading::DISABLED);
  context->loadDialect<nn::NnDialect, kern::KernDialect, mlir::func::FuncDialect>();
  reportMlirDiagnostics(*context, *diags);

  llvm::SmallString<128> dir(options.path);
  llvm::sys::fs::make_absolute(dir);
  llvm::sys::path::remove_dots(dir, true);
  IrgenOptions irgen;
  irgen.doublePrecision = options.doublePrecision;
  irgen.name = llvm::sys::path::stem(options.path).str();
  irgen.sourcePath = options.path;
  irgen.sourceDir = llvm::sys::path::parent_path(dir).str();
  if (!generate(*diags, *context, *parsed, names, irgen, generated))
    return false;
  return timed("simplify", [&] {
    mlir::PassManager pm(context.get());
    pm.addPass(createSimplifyPass());
    return mlir::succeeded(pm.run(*generated.module));
  }) && !diags->hasErrors();
}

bool Session::differentiateModule() {
  mlir::PassManager pm(context.get());
  buildNnPipeline(pm);
  return mlir::succeeded(pm.run(*generated.module)) && !diags->hasErrors();
}

bool Session::planModule() {
  llvm::Expected<Target> target = Target::parse(options.cpu, options.triple);
  if (!target)
    return fail(target.takeError());
  codeTarget = *target;
  mlir::PassManager pm(context.get());
  buildKernPipeline(pm, pipelineOptions());
  return mlir::succeeded(pm.run(*generated.module)) && !diags->hasErrors();
}

bool Session::loopModule() {
  mlir::PassManager pm(context.get());
  buildLoopPipeline(pm, pipelineOptions());
  return mlir::succeeded(pm.run(*generated.module)) && !diags->hasErrors();
}

bool Session::lowerModule() {
  mlir::PassManager pm(context.get());
  buildLlvmPipeline(pm, pipelineOptions());
  if (mlir::failed(pm.run(*generated.module)) || diags->hasErrors())
    return false;
  if (llvm::Error error = completeTables(*generated.tables, *generated.module))
    return fail(std::move(error));
  return true;
}

bool Session::translateModule() {
  llvm::Expected<LlvmProgram> program = translateProgram(*generated.module, *codeTarget);
  if (!program)
    return fail(program.takeError());
  translated = std::move(*program);
  return timed("optimize", [&] {
    llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine = codeTarget->createMachine();
    if (!machine)
      return fail(machine.takeError());
    optimize(*translated.module, **machine);
    return true;
  });
}

llvm::Expected<LlvmProgram> Session::compileFunction(llvm::StringRef name) {
  // Worker threads may ask for different functions at once; the MLIR context serves one at a time.
  std::lock_guard<std::mutex> lock(compiling);
  LlvmProgram program;
  llvm::Error error = llvm::Error::success();
  timed(("compile " + name).str(), [&] {
    auto whole = *generated.module;
    mlir::OwningOpRef<mlir::ModuleOp> part = mlir::ModuleOp::create(whole.getLoc());
    (*part)->setAttrs(whole->getAttrs());
    part->push_back(whole.lookupSymbol(name)->clone());
    mlir::PassManager pm(context.get());
    buildLoopPipeline(pm, pipelineOptions());
    buildLlvmPipeline(pm, pipelineOptions());
    if (mlir::failed(pm.run(*part))) {
      diags->print(llvm::errs());
      error = llvm::createStringError("lowering `" + name + "` failed");
      return false;
    }
    llvm::Expected<LlvmProgram> translation = translateProgram(*part, *codeTarget);
    llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine = codeTarget->createMachine();
    if (!translation || !machine) {
      error = llvm::joinErrors(translation ? llvm::Error::success() : translation.takeError(),
                               machine ? llvm::Error::success() : machine.takeError());
      return false;
    }
    program = std::move(*translation);
    optimize(*program.module, **machine);
    return true;
  });
  if (error)
    return error;
  return program;
}

const nn_program *Session::compileInMemory() {
  if (!reach(Stage::Planned))
    return nullptr;
  const bool ok = timed("jit", [&] {
    if (llvm::Error error = completeTables(*generated.tables, *generated.module))
      return fail(std::move(error));
    llvm::Expected<std::unique_ptr<Jit>> made = Jit::create(*codeTarget);
    if (!made)
      return fail(made.takeError());
    jit = std::move(*made);
    // Each function is compiled when it is first called: the first step does not wait for what follows training.
    for (auto func : generated.module->getOps<mlir::func::FuncOp>()) {
      std::string name = func.getName().str();
      if (llvm::Error error = jit->addLazily(name, [this, name] { return compileFunction(name); }))
        return fail(std::move(error));
    }
    if (llvm::Error error = jit->patch(*generated.tables))
      return fail(std::move(error));
    return true;
  });
  return ok ? &generated.tables->program : nullptr;
}

bool Session::writeExecutable(llvm::StringRef output, const char *argv0) {
  if (!reach(Stage::Translated))
    return false;
  addProgram(*translated.module, *generated.tables);
  llvm::SmallVector<char, 0> object;
  if (!timed("object", [&] {
        llvm::Expected<llvm::SmallVector<char, 0>> bytes = emitObject(*translated.module, *codeTarget);
        if (!bytes)
          return fail(bytes.takeError());
        object = std::move(*bytes);
        return true;
      }))
    return false;
  return timed("link", [&] {
    llvm::Expected<std::string> runtime = findRuntimeLibrary(argv0, reinterpret_cast<void *>(&nnc::generate));
    if (!runtime)
      return fail(runtime.takeError());
    if (llvm::Error error = linkExecutable(llvm::StringRef(object.data(), object.size()), *runtime, output))
      return fail(std::move(error));
    return true;
  });
}
