// Runs the stages of a compilation in order.
#include "compiler/driver/Session.h"

#include "compiler/codegen/Executable.h"
#include "compiler/codegen/Object.h"
#include "compiler/codegen/Optimize.h"
#include "compiler/codegen/Tables.h"
#include "compiler/codegen/Translate.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/driver/MlirDiagnostics.h"
#include "compiler/driver/Version.h"
#include "compiler/driver/plan/ProfileTables.h"
#include "compiler/parse/Parse.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/prelude/Prelude.h"
#include "runtime/process/signals.h"
#include "runtime/program/statements.h"
#include "runtime/support/visible.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ThreadPool.h"
#include "llvm/Target/TargetMachine.h"

#include <chrono>

using namespace nnc;

Session::Session(SessionOptions o)
    : options(std::move(o)), diags(std::make_unique<Diagnostics>()), cache(options.cacheDir) {}
Session::~Session() {
  if (ahead)
    pthread_join(*ahead, nullptr);
}

bool Session::fail(llvm::Error error) {
  diags->error(llvm::toString(std::move(error)));
  return false;
}

std::string Session::sourceName() const {
  if (options.path == "-")
    return "<stdin>";
  return options.standalone && llvm::sys::path::is_absolute(options.path)
             ? llvm::sys::path::filename(options.path).str()
             : options.path;
}

bool Session::load() {
  buffer = loadFile(*diags, options.path, sourceName());
  return buffer.has_value();
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

/// Says once why compiled code is not kept although a cache folder is set.
void Session::noteCache() {
  static std::once_flag once;
  std::call_once(once, [&] {
    if (std::string why = cache.distrust(); !why.empty())
      llvm::errs() << nnrt::visible("note: the cache " + options.cacheDir + " is not used: " + why)
                   << "\n";
  });
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
    if (!times.measure(steps[i].first, [&] { return (this->*steps[i].second)(); }))
      return false;
    reached = Stage(i);
  }
  return true;
}

bool Session::parse() {
  if (!buffer && !load())
    return false;
  parsed = parseString(*diags, *buffer);
  if (!parsed || diags->hasErrors())
    return false;
  if (options.earlierAt) {
    const char *earlier = bufferText(diags->sources(), *buffer).data() + options.earlierAt;
    ordered = parsed->statements.vec();
    std::stable_partition(ordered.begin(), ordered.end(), [&](const ast::Stmt *s) {
      return s->range.begin.getPointer() >= earlier;
    });
    parsed->statements = ordered;
  }
  return true;
}

/// The folders in which relative paths of each part of the text start.
sema::Folders Session::folders() {
  sema::Folders result;
  const char *text = bufferText(diags->sources(), *buffer).data();
  for (const auto &[offset, folder] : options.folders)
    result.starts.push_back({text + offset, folder});
  return result;
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
  if (dir.empty() || options.session)
    dir = ".";
  sema::Options semaOptions;
  semaOptions.folders = folders();
  if (options.earlierAt)
    semaOptions.earlier = bufferText(diags->sources(), *buffer).data() + options.earlierAt;
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

  llvm::SmallString<128> dir(options.session ? "session" : options.path.c_str());
  llvm::sys::fs::make_absolute(dir);
  llvm::sys::path::remove_dots(dir, true);
  IrgenOptions irgen;
  irgen.doublePrecision = options.doublePrecision;
  irgen.name = options.path == "-" ? "stdin" : llvm::sys::path::stem(options.path).str();
  irgen.sourcePath = sourceName();
  irgen.monitor = options.monitor;
  irgen.session = options.session;
  irgen.folders = folders();
  irgen.sourceDir = llvm::sys::path::parent_path(dir).str();
  if (!generate(*diags, *context, *parsed, names, irgen, generated))
    return false;
  lintProgram(*diags, *parsed, names, generated, options.dataDir, options.lints);
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

mlir::OwningOpRef<mlir::ModuleOp> Session::loopsOf(llvm::StringRef name) {
  mlir::ModuleOp whole = *generated.module;
  mlir::OwningOpRef<mlir::ModuleOp> part = mlir::ModuleOp::create(whole.getLoc());
  (*part)->setAttrs(whole->getAttrs());
  part->push_back(whole.lookupSymbol(name)->clone());
  mlir::PassManager pm(context.get());
  buildLoopPipeline(pm, pipeline);
  return mlir::succeeded(pm.run(*part)) ? std::move(part) : nullptr;
}

namespace {
/// Runs each task at once on the calling thread. If threads could not be created, a thread pool
/// would end the process.
class CallingThread final : public llvm::ThreadPoolInterface {
public:
  void wait() override {}
  void wait(llvm::ThreadPoolTaskGroup &) override {}
  unsigned getMaxConcurrency() const override { return 1; }

private:
  void asyncEnqueue(std::function<void()> task, llvm::ThreadPoolTaskGroup *) override { task(); }
};
} // namespace

/// From now on several threads may lower functions of the module, each a different one.
void Session::allowThreads() {
  // All dialects must be loaded by one thread.
  mlir::PassManager passes(context.get());
  buildLoopPipeline(passes, pipeline);
  buildLlvmPipeline(passes, pipeline);
  mlir::DialectRegistry registry;
  passes.getDependentDialects(registry);
  context->appendDialectRegistry(registry);
  context->loadAllAvailableDialects();
  static CallingThread pool;
  context->setThreadPool(pool);
}

/// The functions that the first train statement calls before its first step is done: the step,
/// which takes longest to compile, then the others in the order of their calls. What a run calls at
/// its very beginning is not included, because compiling it ahead saves nothing.
std::vector<std::string> Session::neededFirst() const {
  std::vector<std::string> names;
  auto add = [&](const nn_fn &function) {
    std::string name = generated.tables->symbolOf(function).str();
    if (!name.empty() && !llvm::is_contained(names, name))
      names.push_back(std::move(name));
  };
  const ProgramT &program = generated.tables->program;
  const size_t earlier = size_t(options.earlier);
  bool runs = false; // from the first statement on that did not run earlier
  nnrt::forEachStatement(program, [&](const StatementT &statement) {
    runs |= earlier < program.statements.size() && &statement == &program.statements[earlier];
    if (!runs || statement.body.type != NN_STMT_TRAIN)
      return true;
    const auto &train = nnrt::as<TrainT>(statement);
    add(train.step);
    add(program.data[train.data].keep);
    add(program.data[train.data].prepare);
    add(train.init);
    return false;
  });
  return names;
}

/// Compiles the functions that are needed soon, on another thread, while the run reads its data.
void Session::compileAhead() {
  pthread_t thread;
  auto work = [](void *self) -> void * {
    auto &session = *static_cast<Session *>(self);
    for (const std::string &name : session.neededFirst())
      // The caller of the function gets the same error.
      llvm::consumeError(session.jit->prepare(name));
    return nullptr;
  };
  // Not std::thread: if no thread can be created, the run must continue without it.
  if (pthread_create(&thread, nullptr, work, this) == 0)
    ahead = thread;
}

const nn_image *Session::compileInMemory() {
  noteCache();
  if (!reach(Stage::Planned))
    return nullptr;
  const bool ok = times.measure("jit", [&] {
    if (llvm::Error error = completeTables(*generated.tables, *generated.module))
      return fail(std::move(error));
    llvm::Expected<std::unique_ptr<Jit>> made = Jit::create(*codeTarget);
    if (!made)
      return fail(made.takeError());
    jit = std::move(*made);
    // Each function is compiled on its first call, so the first step does not wait for functions
    // that are needed only after training. The very first call starts compileAhead.
    allowThreads();
    compiler.emplace(*generated.module, *codeTarget, pipeline, cache, times);
    for (auto func : generated.module->getOps<mlir::func::FuncOp>()) {
      std::string name = func.getName().str();
      auto compile = [this, name] {
        std::call_once(aheadStarted, [this] { compileAhead(); });
        const nnrt::CompileScope compiling;
        llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> object = compiler->compile(name);
        if (!object)
          diags->print(llvm::errs());
        return object;
      };
      if (llvm::Error error = jit->addLazily(name, std::move(compile)))
        return fail(std::move(error));
    }
    const ProgramT &program = generated.tables->program;
    llvm::Expected<std::vector<nn_code>> addresses = jit->addresses(program.functions);
    if (!addresses)
      return fail(addresses.takeError());
    functions = std::move(*addresses);
    packed = nnrt::packProgram(program);
    image = {reinterpret_cast<const uint8_t *>(packed.data()), int64_t(packed.size()),
             functions.data()};
    return true;
  });
  return ok ? &image : nullptr;
}

llvm::Expected<llvm::SmallVector<char, 0>> Session::makeObject() {
  std::string key;
  if (cache.enabled()) {
    if (llvm::Error error = completeTables(*generated.tables, *generated.module))
      return error;
    // The tables are the rest of what the object depends on.
    key = objectKey(*generated.module, *codeTarget, pipeline,
                    nnrt::packProgram(generated.tables->program));
    if (std::unique_ptr<llvm::MemoryBuffer> kept = cache.find(key)) {
      llvm::StringRef bytes = kept->getBuffer();
      return llvm::SmallVector<char, 0>(bytes.begin(), bytes.end());
    }
  }
  if (!reach(Stage::Translated))
    return llvm::createStringError("");
  addProgram(*translated.module, *generated.tables);
  llvm::Expected<llvm::SmallVector<char, 0>> object =
      times.measure("generate code", [&] { return emitObject(*translated.module, *codeTarget); });
  if (object)
    cache.keep(key, {object->data(), object->size()});
  return object;
}

bool Session::writeExecutable(const char *argv0) {
  noteCache();
  if (!reach(Stage::Planned))
    return false;
  const double begin = Timeline::now();
  llvm::Expected<llvm::SmallVector<char, 0>> object = makeObject();
  if (!object)
    return diags->hasErrors() ? (llvm::consumeError(object.takeError()), false)
                              : fail(object.takeError());
  times.add(reached == Stage::Planned ? "make the object (in the cache)" : "make the object", begin,
            Timeline::now());
  return times.measure("link", [&] {
    llvm::Expected<std::string> runtime =
        findRuntimeLibrary(argv0, reinterpret_cast<void *>(&nnc::generate));
    if (!runtime)
      return fail(runtime.takeError());
    const ProgramT &program = tables().program;
    bool withImages = llvm::any_of(
        program.data, [](const DataT &data) { return data.source->kind == NN_IMAGES; });
    nnrt::forEachStatement(program, [&](const StatementT &statement) {
      const PredictT *predict = statement.body.AsNN_STMT_PREDICT();
      withImages |= predict && predict->source && predict->source->kind == NN_IMAGES;
      return true;
    });
    if (llvm::Error error = linkExecutable(llvm::StringRef(object->data(), object->size()),
                                           *runtime, withImages, options.output))
      return fail(std::move(error));
    return true;
  });
}
