// Calls compiled functions with a minimal environment: an arena, scratch memory and scalars.
#include "compiler/driver/check/Caller.h"

#include <cstring>

using namespace nnc::check;

Caller::Caller(const ProgramT &program, const nn_image &image) : program(program), image(image) {
  arena.resize(size_t(program.persistent_bytes));
  scalars.assign(NN_SLOT_OPTIONS + program.options.size() + program.chosen_count, 0.0);
  // A time in the middle of a run, where schedules are away from their ends.
  scalars[NN_SLOT_STEP] = 30;
  scalars[NN_SLOT_EPOCH] = 0.3;
  scalars[NN_SLOT_TOTAL_STEPS] = 1000;
  scalars[NN_SLOT_STEPS_PER_EPOCH] = 100;
  scalars[NN_SLOT_SEED] = 1;
  scalars[NN_SLOT_VAL_LOSS] = 1;
  scalars[NN_SLOT_BATCH_SHARE] = 1;
  for (auto [i, option] : llvm::enumerate(program.options))
    scalars[NN_SLOT_OPTIONS + i] = option.value;
  // For variables of experiments, any of the values that they may take.
  for (const StatementT &statement : program.statements)
    if (const ExperimentT *experiment = statement.body.AsNN_STMT_EXPERIMENT())
      for (const VariableT &variable : experiment->variables)
        if (variable.slot >= 0)
          scalars[variable.slot] =
              variable.draw == NN_DRAW_LIST ? variable.values[0] : variable.low;
}

llvm::MutableArrayRef<double> Caller::tensor(int32_t index) {
  const TensorT &t = program.tensors[index];
  size_t elements = 1;
  for (int64_t n : t.shape)
    elements *= size_t(n);
  return {arena.data() + t.offset / int64_t(sizeof(double)), elements};
}

void Caller::call(const nn_fn &fn, llvm::ArrayRef<std::vector<double>> fields,
                  llvm::MutableArrayRef<std::vector<double>> results, int64_t rows) {
  const CompiledFunctionT &function = program.functions[size_t(fn.code)];
  const size_t need =
      size_t(function.fixed_bytes + (function.row_bytes + function.square_bytes * rows) * rows);
  if (scratch.values.size() * sizeof(double) < need + 72)
    scratch.resize(need);
  std::vector<const void *> in;
  std::vector<void *> out;
  for (auto &f : fields)
    in.push_back(f.data());
  for (auto &r : results)
    out.push_back(r.data());
  nn_call call{};
  call.arena = reinterpret_cast<unsigned char *>(arena.data());
  call.scratch = reinterpret_cast<unsigned char *>(scratch.data());
  call.in = in.data();
  call.out = out.data();
  call.scalars = scalars.data();
  call.rows = call.capacity = rows;
  call.barrier = [](void *) {};
  image.functions[fn.code](&call, 0, 1);
}
