// Compiles and runs programs for the tests of kernels, and compares them with the interpreter.
#include "test/unit/lowering/Compiled.h"
#include "compiler/codegen/Jit.h"
#include "compiler/codegen/Optimize.h"
#include "compiler/codegen/Translate.h"
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/pipeline/Pipeline.h"
#include "compiler/transforms/PlanMemory.h"
#include "runtime/abi.h"
#include "test/unit/lowering/Levels.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Target/TargetMachine.h"

#include <cmath>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <random>
#include <thread>

using namespace mlir;

namespace nnc::test {

MLIRContext &testContext() {
  static MLIRContext *context = [] {
    DialectRegistry registry;
    registerTranslation(registry);
    registry
        .insert<nn::NnDialect, kern::KernDialect, func::FuncDialect, mlir::arith::ArithDialect>();
    auto *made = new MLIRContext(registry, MLIRContext::Threading::DISABLED);
    made->loadAllAvailableDialects();
    return made;
  }();
  return *context;
}

Program::Program(const std::string &text) {
  ScopedDiagnosticHandler handler(
      &testContext(), [&](Diagnostic &d) { ADD_FAILURE() << d.str() << "\nin " << text; });
  module = parseSourceString<ModuleOp>(text, &testContext());
  if (module)
    addKinds();
}

Program::Program(OwningOpRef<ModuleOp> given) : module(std::move(given)) { addKinds(); }

void Program::addKinds() {
  Builder b(&testContext());
  SmallVector<Attribute> scalars;
  func::FuncOp f = function();
  for (unsigned i = 0; i < f.getNumArguments(); ++i) {
    auto type = cast<RankedTensorType>(f.getArgumentTypes()[i]);
    if (auto name = f.getArgAttr(i, "nn.scalar")) {
      scalars.push_back(name);
    } else if (!f.getArgAttr(i, "nn.tensor") && !f.getArgAttr(i, "nn.field")) {
      auto name = b.getStringAttr("a" + Twine(i));
      bool scalar = type.getRank() == 0 && type.getElementType().isF64();
      f.setArgAttr(i, scalar ? "nn.scalar" : "nn.field", name);
      if (scalar)
        scalars.push_back(name);
    }
  }
  for (unsigned i = 0; i < f.getNumResults(); ++i)
    if (!f.getResultAttr(i, "nn.update") && !f.getResultAttr(i, "nn.result"))
      f.setResultAttr(i, "nn.result", b.getStringAttr("r" + Twine(i)));
  (*module)->setAttr("nn.scalars", b.getArrayAttr(scalars));
}

std::vector<Tensor> Program::randomArguments(int64_t batch, unsigned seed) {
  std::mt19937_64 random(seed);
  std::uniform_real_distribution<double> between(-1, 1);
  std::vector<Tensor> arguments;
  for (Type type : function().getArgumentTypes()) {
    Tensor tensor(reference::shapeOf(type, batch));
    for (double &x : tensor.data)
      x = cast<ShapedType>(type).getElementType().isF32() ? float(between(random))
                                                          : between(random);
    arguments.push_back(std::move(tensor));
  }
  return arguments;
}

std::vector<Tensor> Program::interpret(const std::vector<Tensor> &arguments, int64_t batch) {
  auto outcome = reference::run(function(), arguments, batch);
  EXPECT_EQ(outcome.error, "");
  return outcome.results;
}

namespace {

/// A tensor's elements as the program stores them.
class Bytes {
public:
  Bytes(const Tensor &tensor, Type element) {
    for (double x : tensor.data)
      push(x, element);
  }
  Bytes(int64_t elements, Type element)
      : data(elements * element.getIntOrFloatBitWidth() / 8 + guard, 0x7e) {}

  unsigned char *get() { return data.data(); }
  size_t size() const { return data.size(); }
  /// Whether nothing was written after the end.
  bool isIntact() const {
    return std::all_of(data.end() - guard, data.end(),
                       [](unsigned char byte) { return byte == 0x7e; });
  }
  static Tensor read(const unsigned char *from, reference::Shape shape, Type element) {
    Tensor tensor(std::move(shape));
    for (size_t i = 0; i < tensor.data.size(); ++i) {
      if (element.isF32()) {
        float x;
        memcpy(&x, from + 4 * i, 4);
        tensor.data[i] = x;
      } else {
        memcpy(&tensor.data[i], from + 8 * i, 8);
      }
    }
    return tensor;
  }

private:
  static constexpr int guard = 64;
  void push(double x, Type element) {
    float narrow = float(x);
    const void *from = element.isF32() ? static_cast<const void *>(&narrow) : &x;
    auto *bytes = static_cast<const unsigned char *>(from);
    data.insert(data.end(), bytes, bytes + element.getIntOrFloatBitWidth() / 8);
  }
  std::vector<unsigned char> data;
};

class Barrier {
public:
  explicit Barrier(int threads) : threads(threads) {}
  static void meet(void *self) { static_cast<Barrier *>(self)->wait(); }

private:
  void wait() {
    std::unique_lock<std::mutex> lock(mutex);
    int round = rounds;
    if (++arrived == threads) {
      arrived = 0;
      ++rounds;
      all.notify_all();
    } else {
      all.wait(lock, [&] { return rounds != round; });
    }
  }
  std::mutex mutex;
  std::condition_variable all;
  int threads, arrived = 0, rounds = 0;
};

unsigned char *alignedTo64(std::vector<unsigned char> &bytes) {
  return bytes.data() + (64 - reinterpret_cast<uintptr_t>(bytes.data()) % 64) % 64;
}

/// The bytes from `start` up to the last one in `bytes` that was written.
int64_t touchedBytes(const std::vector<unsigned char> &bytes, const unsigned char *start) {
  auto last =
      std::find_if(bytes.rbegin(), bytes.rend(), [](unsigned char byte) { return byte != 0xff; });
  return std::max<int64_t>(0, &*bytes.begin() + (bytes.rend() - last) - start);
}

/// The machine code of a module's one function, and the memory that it needs.
struct Code {
  MemoryPlan plan;
  std::unique_ptr<Jit> jit;
  nn_code function = nullptr; // null: the pipeline failed, and the test with it
};

Code compile(ModuleOp module, StringRef name, const Setup &setup) {
  Code code;
  PipelineOptions options;
  options.fuse.unfused = setup.unfused;
  const Target target = targetOf(setup.cpu);
  options.target = target.machine;
  options.verifyEach = true;
  if (failed(runPipeline(module, PipelineStage::Llvm, options)))
    return code;
  code.plan = memoryPlanOf(module);

  auto fatal = [](llvm::Error error) { llvm::report_fatal_error(std::move(error)); };
  auto program = translateProgram(module, target);
  if (!program)
    fatal(program.takeError());
  optimize(*program->module, **target.createMachine());
  auto jit = Jit::create(target);
  if (!jit)
    fatal(jit.takeError());
  if (llvm::Error error = (*jit)->add(std::move(*program)))
    fatal(std::move(error));
  auto address = (*jit)->lookup(name);
  if (!address)
    fatal(address.takeError());
  code.jit = std::move(*jit);
  code.function = reinterpret_cast<nn_code>(*address);
  return code;
}

/// The memory of one call. What is not written holds NaNs, and ends with bytes that must not
/// change.
class Call {
public:
  Call(func::FuncOp f, const MemoryPlan &plan, int64_t batch, int64_t capacity)
      : f(f), plan(plan), batch(batch), capacity(capacity),
        scratchBytes(plan.functions.front().fixedBytes +
                     plan.functions.front().rowBytes * capacity),
        arenaBytes(plan.persistentBytes + 128, 0xff), scratch(scratchBytes + 128, 0xff),
        arena(alignedTo64(arenaBytes)) {}

  void take(const std::vector<Tensor> &arguments);
  void run(nn_code code, int threads);
  std::vector<Tensor> results();
  /// Expects that everything that was written is within the planned memory.
  void checkMemory();

  int64_t scratchPlanned() const { return scratchBytes; }
  int64_t scratchTouched() { return touchedBytes(scratch, alignedTo64(scratch)); }

private:
  int64_t offsetOf(Attribute name) const {
    for (const auto &tensor : plan.tensors)
      if (tensor.name == cast<StringAttr>(name).getValue())
        return tensor.offset;
    return ADD_FAILURE() << "no place for a tensor", 0;
  }

  func::FuncOp f;
  const MemoryPlan &plan;
  int64_t batch, capacity, scratchBytes;
  std::vector<unsigned char> arenaBytes, scratch;
  unsigned char *arena;
  std::vector<Bytes> inputs, outputs;
  std::vector<double> scalars;
};

void Call::take(const std::vector<Tensor> &arguments) {
  for (unsigned i = 0; i < f.getNumArguments(); ++i) {
    Type element = cast<ShapedType>(f.getArgumentTypes()[i]).getElementType();
    Bytes bytes(arguments[i], element);
    if (Attribute name = f.getArgAttr(i, "nn.tensor"))
      memcpy(arena + offsetOf(name), bytes.get(), bytes.size());
    else if (f.getArgAttr(i, "nn.scalar"))
      scalars.push_back(arguments[i].data[0]);
    else
      inputs.push_back(std::move(bytes));
  }
  for (unsigned i = 0; i < f.getNumResults(); ++i) {
    auto type = cast<RankedTensorType>(f.getResultTypes()[i]);
    if (f.getResultAttr(i, "nn.result"))
      outputs.emplace_back(reference::elementsOf(reference::shapeOf(type, batch)),
                           type.getElementType());
  }
}

void Call::run(nn_code code, int threads) {
  std::vector<const void *> in;
  std::vector<void *> out;
  for (Bytes &bytes : inputs)
    in.push_back(bytes.get());
  for (Bytes &bytes : outputs)
    out.push_back(bytes.get());
  Barrier barrier(threads);
  nn_call call = {arena,    alignedTo64(scratch), in.data(), out.data(), scalars.data(), batch,
                  capacity, &Barrier::meet,       &barrier,  nullptr,    nullptr};
  std::vector<std::thread> workers;
  for (int i = 1; i < threads; ++i)
    workers.emplace_back([&, i] { code(&call, i, threads); });
  code(&call, 0, threads);
  for (std::thread &worker : workers)
    worker.join();
}

void Call::checkMemory() {
  EXPECT_LE(scratchTouched(), scratchPlanned()) << "written behind the scratch's end";
  EXPECT_LE(touchedBytes(arenaBytes, arena), plan.persistentBytes)
      << "written behind the arena's end";
}

std::vector<Tensor> Call::results() {
  std::vector<Tensor> results;
  size_t next = 0;
  for (unsigned i = 0; i < f.getNumResults(); ++i) {
    auto type = cast<RankedTensorType>(f.getResultTypes()[i]);
    auto shape = reference::shapeOf(type, batch);
    if (Attribute name = f.getResultAttr(i, "nn.update")) {
      results.push_back(Bytes::read(arena + offsetOf(name), shape, type.getElementType()));
    } else {
      EXPECT_TRUE(outputs[next].isIntact()) << "written behind the end of result " << i;
      results.push_back(Bytes::read(outputs[next++].get(), shape, type.getElementType()));
    }
  }
  return results;
}

} // namespace

std::vector<Tensor> Program::run(const std::vector<Tensor> &arguments, int64_t batch,
                                 const Setup &setup) {
  func::FuncOp f = function();
  OwningOpRef<ModuleOp> copy(cast<ModuleOp>((*module)->clone()));
  if (setup.usualRows)
    (*copy->getOps<func::FuncOp>().begin())
        ->setAttr("nn.rows", Builder(&testContext()).getI64IntegerAttr(setup.usualRows));
  ScopedDiagnosticHandler handler(&testContext(), [&](Diagnostic &d) { ADD_FAILURE() << d.str(); });
  const Code code = compile(*copy, f.getName(), setup);
  if (!code.function)
    return {};
  Call call(f, code.plan, batch, batch + setup.spareRows);
  call.take(arguments);
  call.run(code.function, setup.threads);
  call.checkMemory();
  scratchTouched = call.scratchTouched();
  scratchPlanned = call.scratchPlanned();
  return call.results();
}

void expectNear(const std::vector<Tensor> &actual, const std::vector<Tensor> &expected,
                double tolerance) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i) {
    ASSERT_EQ(actual[i].shape, expected[i].shape) << "result " << i;
    double scale = 1;
    for (double x : expected[i].data)
      if (std::isfinite(x))
        scale = std::max(scale, std::abs(x));
    int wrong = 0;
    for (size_t j = 0; j < actual[i].data.size() && wrong < 5; ++j) {
      double a = actual[i].data[j], e = expected[i].data[j];
      bool same = std::isnan(e)   ? std::isnan(a)
                  : std::isinf(e) ? a == e
                                  : std::abs(a - e) <= tolerance * scale;
      if (!same) {
        ++wrong;
        ADD_FAILURE() << "result " << i << " element " << j << ": " << a << " instead of " << e;
      }
    }
  }
}

void expectSame(const std::vector<Tensor> &actual, const std::vector<Tensor> &expected,
                const std::string &what) {
  ASSERT_EQ(actual.size(), expected.size());
  for (size_t i = 0; i < actual.size(); ++i)
    for (size_t j = 0; j < actual[i].data.size(); ++j) {
      double a = actual[i].data[j], e = expected[i].data[j];
      if (std::isnan(a) && std::isnan(e))
        continue;
      if (memcmp(&a, &e, sizeof a) != 0) {
        ADD_FAILURE() << what << ": result " << i << " element " << j << " differs: " << a
                      << " and " << e;
        return;
      }
    }
}

void check(Program &program, const std::vector<Tensor> &arguments, int64_t batch,
           double tolerance) {
  std::vector<Tensor> expected = program.interpret(arguments, batch);
  for (const std::string &level : levels()) {
    SCOPED_TRACE(level);
    Setup setup;
    setup.cpu = level;
    std::vector<Tensor> fused = program.run(arguments, batch, setup);
    expectNear(fused, expected, tolerance);
    setup.threads = 3;
    expectSame(program.run(arguments, batch, setup), fused, "three threads");
    setup.unfused = true;
    setup.threads = 1;
    expectSame(program.run(arguments, batch, setup), fused, "unfused");
    setup.usualRows = batch;
    expectSame(program.run(arguments, batch, setup), fused, "unfused, flat");
    setup.unfused = false;
    setup.threads = 2;
    expectSame(program.run(arguments, batch, setup), fused, "flat, two threads");
  }
}

void check(const std::string &text, int64_t batch, double tolerance, unsigned seed) {
  Program program(text);
  if (!program.getModule())
    return;
  SCOPED_TRACE(text);
  check(program, program.randomArguments(batch, seed), batch, tolerance);
}

} // namespace nnc::test
