// Runs the stages of a compilation in order.
#include "compiler/driver/Session.h"

#include "compiler/codegen/Optimize.h"
#include "compiler/codegen/Tables.h"
#include "compiler/codegen/Translate.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/driver/MlirDiagnostics.h"
#include "compiler/driver/Version.h"
#include "compiler/driver/plan/ProfileTables.h"
#include "compiler/driver/session/InMemory.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Target/TargetMachine.h"

using namespace nnc;

Session::Session(SessionOptions o)
    : options(std::move(o)), diags(std::make_unique<Diagnostics>()), front(options, *diags),
      cache(options.cacheDir) {}
Session::~Session() = default;

bool Session::fail(llvm::Error error) {
  diags->error(llvm::toString(std::move(error)));
  return false;
}

/// The path from the trainer's folder to its source's folder. Empty if they share nothing but the
/// root, or if one of them is not known.
static std::string folderFrom(llvm::StringRef trainer, llvm::StringRef sourceDir) {
  llvm::SmallString<256> from(llvm::sys::path::parent_path(trainer)), to;
  if (from.empty())
    from = ".";
  if (trainer.empty() || llvm::sys::fs::real_path(llvm::SmallString<256>(from), from) ||
      llvm::sys::fs::real_path(sourceDir, to))
    return "";
  auto a = llvm::sys::path::begin(from), b = llvm::sys::path::begin(to);
  const auto aEnd = llvm::sys::path::end(from), bEnd = llvm::sys::path::end(to);
  int shared = 0;
  for (; a != aEnd && b != bEnd && *a == *b; ++a, ++b)
    ++shared;
  if (shared < 2) // the root is one of the shared parts
    return "";
  llvm::SmallString<256> relative;
  for (; a != aEnd; ++a)
    llvm::sys::path::append(relative, "..");
  for (; b != bEnd; ++b)
    llvm::sys::path::append(relative, *b);
  return relative.empty() ? "." : relative.str().str();
}

bool Session::reach(Stage stage) {
  static const std::pair<const char *, bool (*)(Session &)> steps[] = {
      {"parse", [](Session &s) { return s.front.parse(); }},
      {"check", [](Session &s) { return s.front.check(); }},
      {"generate", [](Session &s) { return s.generateModule(); }},
      {"differentiate", [](Session &s) { return s.differentiateModule(); }},
      {"plan", [](Session &s) { return s.planModule(); }},
      {"loops", [](Session &s) { return s.loopModule(); }},
      {"lower", [](Session &s) { return s.lowerModule(); }},
      {"translate", [](Session &s) { return s.translateModule(); }},
  };
  for (int i = reached ? int(*reached) + 1 : 0; i <= int(stage); ++i) {
    if (diags->hasErrors())
      return false;
    if (!times.measure(steps[i].first, [&] { return steps[i].second(*this); }))
      return false;
    reached = Stage(i);
  }
  return true;
}

bool Session::generateModule() {
  mlir::DialectRegistry registry;
  registerTranslation(registry);
  context = std::make_unique<mlir::MLIRContext>(registry, mlir::MLIRContext::Threading::DISABLED);
  context->loadDialect<nn::NnDialect, kern::KernDialect, mlir::func::FuncDialect>();
  reportMlirDiagnostics(*context, *diags);

  llvm::SmallString<128> dir(options.session ? "session" : options.path.c_str());
  (void)llvm::sys::fs::make_absolute(dir); // fails if this folder is gone: then nothing opens
  llvm::sys::path::remove_dots(dir, true);
  IrgenOptions irgen;
  irgen.doublePrecision = options.doublePrecision;
  irgen.name = options.path == "-" ? "stdin" : llvm::sys::path::stem(options.path).str();
  irgen.sourcePath = options.sourceName();
  irgen.monitor = options.monitor;
  irgen.session = options.session;
  irgen.folders = front.folders();
  irgen.sourceDir = llvm::sys::path::parent_path(dir).str();
  if (!generate(*diags, *context, *front.parsed, front.names, irgen, generated))
    return false;
  lintProgram(*diags, *front.parsed, front.names, generated, options.dataDir, options.lints);
  generated.elaborated = nullptr;
  return !diags->hasErrors();
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
  ProgramT &program = generated.tables->program;
  program.compiler = versionText();
  program.cpu = codeTarget->cpu;
  program.features = codeTarget->all;
  if (options.standalone)
    program.source_dir = folderFrom(options.output, program.source_dir);
  pipeline.fuse.unfused = options.unfused;
  pipeline.target = codeTarget->machine;
  mlir::PassManager pm(context.get());
  buildKernPipeline(pm, pipeline);
  if (mlir::failed(pm.run(*generated.module)) || diags->hasErrors())
    return false;
  if (options.profile)
    plan::addProfile(*this);
  return true;
}

bool Session::loopModule() {
  mlir::PassManager pm(context.get());
  buildLoopPipeline(pm, pipeline);
  return mlir::succeeded(pm.run(*generated.module)) && !diags->hasErrors();
}

bool Session::lowerModule() {
  mlir::PassManager pm(context.get());
  buildLlvmPipeline(pm, pipeline);
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
  return times.measure("optimize", [&] {
    llvm::Expected<std::unique_ptr<llvm::TargetMachine>> machine = codeTarget->createMachine();
    if (!machine)
      return fail(machine.takeError());
    optimize(*translated.module, **machine);
    return true;
  });
}

const nn_image *Session::compileInMemory() {
  noteUnusedCache(cache, options.cacheDir);
  if (!reach(Stage::Planned))
    return nullptr;
  memory = std::make_unique<InMemory>(*this);
  return times.measure("jit", [&] { return memory->compile(); }) ? memory->program() : nullptr;
}
