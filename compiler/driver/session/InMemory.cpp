// Compiles a program in memory, each function when it is first called.
#include "compiler/driver/session/InMemory.h"

#include "compiler/codegen/Tables.h"
#include "compiler/driver/Session.h"
#include "runtime/process/signals.h"
#include "runtime/program/statements.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/ThreadPool.h"

using namespace nnc;

InMemory::InMemory(Session &session) : session(session) {}
InMemory::~InMemory() {
  if (ahead)
    pthread_join(*ahead, nullptr);
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
void InMemory::allowThreads() {
  mlir::MLIRContext *context = session.module().getContext();
  // All dialects must be loaded by one thread.
  mlir::PassManager passes(context);
  buildLoopPipeline(passes, session.pipelineOptions());
  buildLlvmPipeline(passes, session.pipelineOptions());
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
std::vector<std::string> InMemory::neededFirst() const {
  std::vector<std::string> names;
  auto add = [&](const nn_fn &function) {
    std::string name = session.tables().symbolOf(function).str();
    if (!name.empty() && !llvm::is_contained(names, name))
      names.push_back(std::move(name));
  };
  const ProgramT &program = session.tables().program;
  const size_t earlier = size_t(session.settings().earlier);
  bool runs = false; // from the first statement on that did not run earlier
  nnrt::forEachStatement(program, [&](const StatementT &statement) {
    runs |= earlier < program.statements.size() && &statement == &program.statements[earlier];
    if (!runs || statement.body.type != NN_STMT_TRAIN)
      return true;
    const auto &train = nnrt::as<TrainT>(statement);
    add(train.step);
    add(train.apply);
    for (const UpdateT &update : train.later) {
      add(update.step);
      add(update.apply);
    }
    add(program.data[train.data].keep);
    add(program.data[train.data].prepare);
    add(train.init);
    return false;
  });
  return names;
}

/// Compiles the functions that are needed soon, on another thread, while the run reads its data.
void InMemory::compileAhead() {
  pthread_t thread;
  auto work = [](void *self) -> void * {
    auto &program = *static_cast<InMemory *>(self);
    for (const std::string &name : program.neededFirst())
      // The caller of the function gets the same error.
      llvm::consumeError(program.jit->prepare(name));
    return nullptr;
  };
  // Not std::thread: if no thread can be created, the run must continue without it.
  if (pthread_create(&thread, nullptr, work, this) == 0)
    ahead = thread;
}

bool InMemory::compile() {
  if (llvm::Error error = completeTables(session.tables(), session.module()))
    return session.fail(std::move(error));
  llvm::Expected<std::unique_ptr<Jit>> made = Jit::create(session.target());
  if (!made)
    return session.fail(made.takeError());
  jit = std::move(*made);
  // Each function is compiled on its first call, so the first step does not wait for functions
  // that are needed only after training. The very first call starts compileAhead.
  allowThreads();
  compiler.emplace(session.module(), session.target(), session.pipelineOptions(),
                   session.objectCache(), session.timeline());
  for (auto func : session.module().getOps<mlir::func::FuncOp>()) {
    std::string name = func.getName().str();
    auto compile = [this, name] {
      std::call_once(aheadStarted, [this] { compileAhead(); });
      const nnrt::CompileScope compiling;
      llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> object = compiler->compile(name);
      if (!object)
        session.diagnostics().print(llvm::errs());
      return object;
    };
    if (llvm::Error error = jit->addLazily(name, std::move(compile)))
      return session.fail(std::move(error));
  }
  const ProgramT &program = session.tables().program;
  llvm::Expected<std::vector<nn_code>> addresses = jit->addresses(program.functions);
  if (!addresses)
    return session.fail(addresses.takeError());
  functions = std::move(*addresses);
  packed = nnrt::packProgram(program);
  image = {reinterpret_cast<const uint8_t *>(packed.data()), int64_t(packed.size()),
           functions.data()};
  return true;
}
