// Calls compiled functions with a minimal environment: an arena, scratch memory and scalars.
#include "compiler/driver/check/Caller.h"

#include <cstring>

using namespace nnc::check;

Caller::Caller(const nn_program &program) : program(program) {
  arena.resize(size_t(program.persistent_bytes));
  scalars.assign(NN_SLOT_OPTIONS + program.n_options + program.n_chosen, 0.0);
  // A time in the middle of a run, where schedules are away from their ends.
  scalars[NN_SLOT_STEP] = 30;
  scalars[NN_SLOT_EPOCH] = 0.3;
  scalars[NN_SLOT_TOTAL_STEPS] = 1000;
  scalars[NN_SLOT_STEPS_PER_EPOCH] = 100;
  scalars[NN_SLOT_SEED] = 1;
  scalars[NN_SLOT_VAL_LOSS] = 1;
  scalars[NN_SLOT_BATCH_SHARE] = 1;
  for (int32_t i = 0; i < program.n_options; ++i)
    scalars[NN_SLOT_OPTIONS + i] = program.options[i].value;
  // For variables of experiments, any of the values that they may take.
  for (const nn_statement &statement : llvm::ArrayRef(program.statements, program.n_statements)) {
    if (statement.kind != NN_STMT_EXPERIMENT)
      continue;
    const auto &experiment = *static_cast<const nn_experiment *>(statement.body);
    for (const nn_variable &variable : llvm::ArrayRef(experiment.variables, experiment.n_variables))
      if (variable.slot >= 0)
        scalars[variable.slot] = variable.draw == NN_DRAW_LIST ? variable.values[0] : variable.low;
  }
}

llvm::MutableArrayRef<double> Caller::tensor(int32_t index) {
  const nn_tensor &t = program.tensors[index];
  size_t elements = 1;
  for (int32_t d = 0; d < t.rank; ++d)
    elements *= size_t(t.shape[d]);
  return {arena.data() + t.offset / int64_t(sizeof(double)), elements};
}

void Caller::call(const nn_fn &fn, llvm::ArrayRef<std::vector<double>> fields,
                  llvm::MutableArrayRef<std::vector<double>> results, int64_t rows) {
  const size_t need = size_t(fn.fixed_bytes + fn.row_bytes * rows);
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
  fn.code(&call, 0, 1);
}
