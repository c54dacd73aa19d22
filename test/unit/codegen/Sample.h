// A small program for the tests of this room: two compiled functions in the LLVM dialect, and
// tables that use every kind of field.
#pragma once

#include "compiler/codegen/Target.h"
#include "compiler/codegen/Translate.h"
#include "compiler/irgen/ProgramTables.h"

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

/// Fills `tables` with a program that uses the sample's functions; ProbeRuntime.cpp prints it.
inline void fillTables(ProgramTables &tables) {
  nn_program &p = tables.program;
  p.name = tables.text("sample");
  p.doc = tables.text("A \"quoted\" line\nand θ");
  p.elements = tables.text("f32");
  nn_tensor tensors[] = {
      {tables.text("net.w"), tables.text("w"), 0, tables.list<int64_t>({3, 5}), 2, NN_PARAMETER, 0},
      {tables.text("net.b"), tables.text("b"), 0, tables.list<int64_t>({5}), 1, NN_STATE, 0}};
  p.tensors = tables.list<nn_tensor>(tensors);
  p.n_tensors = 2;
  nn_option option = {tables.text("epochs"), tables.text("passes"), 0.1, NN_OPTION_INTEGER};
  p.options = tables.list<nn_option>(option);
  p.n_options = 1;

  auto *data = tables.make<nn_data>();
  data->name = tables.text("d");
  data->source.kind = NN_CSV;
  data->source.columns = tables.list<const char *>({tables.text("one"), tables.text("two")});
  data->source.n_columns = 2;
  data->source.values = tables.list<double>({0.5, -1.25});
  data->source.n_values = 2;
  data->source.seed = {7.5, -1};
  auto *test = tables.make<nn_source>();
  test->path = tables.text("test.csv");
  data->test = test;
  p.data = data;
  p.n_data = 1;

  auto *train = tables.make<nn_train>();
  train->where = tables.text("a.nn:1:2");
  train->has_keep = 1;
  train->keep = {-1, NN_SPLIT_VAL, NN_LOWEST};
  train->batch = {64, -1};
  tables.functions[&train->step] = "numbers";
  auto *print = tables.make<nn_print>();
  print->text = tables.text("e");
  tables.functions[&print->fn] = "exponential";
  auto *load = tables.make<nn_load>();
  load->except = tables.list<const char *>({tables.text("head")});
  load->n_except = 1;
  nn_statement statements[] = {
      {NN_STMT_TRAIN, train}, {NN_STMT_PRINT, print}, {NN_STMT_LOAD, load}};
  p.statements = tables.list<nn_statement>(statements);
  p.n_statements = 3;

  nn_kernel kernel = nn_kernel();
  kernel.kind = kernel.results = kernel.places = tables.text("");
  kernel.lines = tables.list<int32_t>({0});
  kernel.n_lines = 1;
  kernel.flops.fixed = 2.5;
  kernel.traffic = tables.list<nn_traffic>({{{4, 0}, {0, 8}}});
  kernel.n_traffic = 1;
  auto *profiled = tables.make<nn_profiled>();
  profiled->name = tables.text("step");
  profiled->kernels = tables.list<nn_kernel>(kernel);
  profiled->n_kernels = 1;
  tables.functions[&profiled->fn] = "numbers";
  auto *profile = tables.make<nn_profile>();
  profile->vector_bytes = 16;
  profile->lines = tables.list<nn_source_line>({{tables.text("7"), tables.text("sin x")}});
  profile->n_lines = 1;
  profile->functions = profiled;
  profile->n_functions = 1;
  p.profile = profile;
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
