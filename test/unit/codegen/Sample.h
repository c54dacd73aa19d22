// A small program for the tests of this room: two compiled functions in the LLVM dialect, and
// tables that use every kind of field.
#pragma once

#include "compiler/codegen/Target.h"
#include "compiler/codegen/Translate.h"
#include "compiler/irgen/ProgramTables.h"
#include "runtime/abi.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "gtest/gtest.h"

namespace nnc {

/// out[0] = 100 * rows + 10 * thread + threads, as i64; out[0] = exp(scalars[0]), as f64.
inline const char *sampleText = R"(
  module attributes {nn.persistent_bytes = 192 : i64, nn.offsets = {net.w = 64 : i64, net.b = 128 : i64}} {
    llvm.func @exp(f64) -> f64
    llvm.func @numbers(%call: !llvm.ptr, %thread: i32, %threads: i32)
        attributes {nn.fixed_bytes = 4096 : i64, nn.row_bytes = 128 : i64} {
      %c10 = llvm.mlir.constant(10 : i64) : i64
      %c100 = llvm.mlir.constant(100 : i64) : i64
      %outs = llvm.getelementptr %call[24] : (!llvm.ptr) -> !llvm.ptr, i8
      %out = llvm.load %outs : !llvm.ptr -> !llvm.ptr
      %first = llvm.load %out : !llvm.ptr -> !llvm.ptr
      %rowsAt = llvm.getelementptr %call[40] : (!llvm.ptr) -> !llvm.ptr, i8
      %rows = llvm.load %rowsAt : !llvm.ptr -> i64
      %t = llvm.sext %thread : i32 to i64
      %n = llvm.sext %threads : i32 to i64
      %a = llvm.mul %rows, %c100 : i64
      %b = llvm.mul %t, %c10 : i64
      %c = llvm.add %a, %b : i64
      %d = llvm.add %c, %n : i64
      llvm.store %d, %first : i64, !llvm.ptr
      llvm.return
    }
    llvm.func @exponential(%call: !llvm.ptr, %thread: i32, %threads: i32) {
      %outs = llvm.getelementptr %call[24] : (!llvm.ptr) -> !llvm.ptr, i8
      %out = llvm.load %outs : !llvm.ptr -> !llvm.ptr
      %first = llvm.load %out : !llvm.ptr -> !llvm.ptr
      %scalarsAt = llvm.getelementptr %call[32] : (!llvm.ptr) -> !llvm.ptr, i8
      %scalars = llvm.load %scalarsAt : !llvm.ptr -> !llvm.ptr
      %x = llvm.load %scalars : !llvm.ptr -> f64
      %y = llvm.call @exp(%x) : (f64) -> f64
      llvm.store %y, %first : f64, !llvm.ptr
      llvm.return
    }
  })";

/// The MLIR side of a test.
struct Sample {
  Sample() : context(registry()) {
    module = mlir::parseSourceString<mlir::ModuleOp>(sampleText, &context);
    llvm::Expected<Target> parsed = Target::parse();
    if (parsed)
      target = *parsed;
    else
      ADD_FAILURE() << llvm::toString(parsed.takeError());
  }

  LlvmProgram translate() {
    llvm::Expected<LlvmProgram> program = translateProgram(*module, target);
    if (!program) {
      ADD_FAILURE() << llvm::toString(program.takeError());
      return {};
    }
    return std::move(*program);
  }

  static mlir::DialectRegistry registry() {
    mlir::DialectRegistry registry;
    registry.insert<mlir::LLVM::LLVMDialect>();
    registerTranslation(registry);
    return registry;
  }

  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  Target target;
};

inline TensorT tensorOf(std::string name, std::string key, std::vector<int64_t> shape,
                        tensor_kind kind) {
  TensorT tensor;
  tensor.name = std::move(name);
  tensor.key = std::move(key);
  tensor.shape = std::move(shape);
  tensor.kind = kind;
  return tensor;
}

template <class Body> void addStatement(ProgramT &program, Body body) {
  program.statements.emplace_back();
  program.statements.back().body.Set(std::move(body));
}

/// Fills `tables` with a program that uses the sample's functions; ProbeRuntime.cpp prints it.
inline void fillTables(ProgramTables &tables) {
  ProgramT &p = tables.program;
  p.name = "sample";
  p.doc = "A \"quoted\" line\nand θ";
  p.elements = "f32";
  p.tensors = {tensorOf("net.w", "w", {3, 5}, NN_PARAMETER), tensorOf("net.b", "b", {5}, NN_STATE)};
  OptionT &option = p.options.emplace_back();
  option.name = "epochs";
  option.help = "passes";
  option.value = 0.1;
  option.kind = NN_OPTION_INTEGER;

  DataT &data = p.data.emplace_back();
  data.name = "d";
  data.source = std::make_unique<SourceT>();
  data.source->kind = NN_CSV;
  data.source->columns = {"one", "two"};
  data.source->values = {0.5, -1.25};
  data.source->seed = {7.5, -1};
  data.test = std::make_unique<SourceT>();
  data.test->path = "test.csv";

  TrainT train;
  train.where = "a.nn:1:2";
  train.has_keep = true;
  train.keep = {-1, NN_SPLIT_VAL, NN_LOWEST};
  train.batch = {64, -1};
  train.step = tables.function("numbers");
  train.computed = std::make_unique<TargetsT>();
  addStatement(p, std::move(train));
  PrintT print;
  print.text = "e";
  print.fn = tables.function("exponential");
  addStatement(p, std::move(print));
  LoadT load;
  load.except = {"head"};
  addStatement(p, std::move(load));

  p.profile = std::make_unique<ProfileT>();
  p.profile->vector_bytes = 16;
  SourceLineT &line = p.profile->lines.emplace_back();
  line.where = "7";
  line.text = "sin x";
  ProfiledT &profiled = p.profile->functions.emplace_back();
  profiled.code = tables.function("numbers").code;
  profiled.name = "step";
  KernelT &kernel = profiled.kernels.emplace_back();
  kernel.lines = {0};
  kernel.flops.fixed = 2.5;
  kernel.traffic = {{{4, 0}, {0, 8}}};
}

/// Calls a compiled function as the runtime would and returns its first result.
template <class T>
T callFunction(nn_code code, int64_t rows, double scalar, int32_t thread = 0, int32_t threads = 1) {
  T result = T();
  void *out[] = {&result};
  nn_call call = nn_call();
  call.out = out;
  call.scalars = &scalar;
  call.rows = rows;
  code(&call, thread, threads);
  return result;
}

} // namespace nnc
