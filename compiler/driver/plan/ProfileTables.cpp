// Marks the functions of train and evaluate statements as profiled. A run calls these repeatedly.
#include "compiler/driver/plan/ProfileTables.h"

#include "compiler/driver/Session.h"
#include "compiler/driver/plan/KernelTables.h"
#include "runtime/program/statements.h"

namespace nnc::plan {

void addProfile(Session &session) {
  ProgramTables &tables = session.tables();
  const nn_program &program = tables.program;
  KernelTables kernelTables(tables, session.diagnostics().sources(), session.sourceName());
  std::vector<nn_profiled> profiled;
  std::vector<std::string> symbols;
  auto add = [&](const nn_fn &fn, const std::string &name) {
    auto symbol = tables.functions.find(const_cast<nn_fn *>(&fn));
    if (symbol == tables.functions.end())
      return;
    auto function = session.module().lookupSymbol<mlir::func::FuncOp>(symbol->second);
    function->setAttr("nn.profile", mlir::UnitAttr::get(function.getContext()));
    llvm::ArrayRef<nn_kernel> kernels = kernelTables.kernelsOf(function);
    profiled.push_back({nn_fn(), tables.text(name), kernels.data(), int32_t(kernels.size())});
    symbols.push_back(symbol->second);
  };
  static const char *const splits[] = {".train", ".val", ".test", ""};
  nnrt::forEachStatement(program, [&](const nn_statement &statement) {
    if (statement.kind == NN_STMT_TRAIN) {
      const auto &train = *static_cast<const nn_train *>(statement.body);
      const std::string what = std::string("train ") + program.models[train.model].name + " on " +
                               program.data[train.data].name;
      add(train.step, what);
      add(train.eval, what + ", validation");
    } else if (statement.kind == NN_STMT_EVALUATE) {
      const auto &evaluate = *static_cast<const nn_evaluate *>(statement.body);
      add(evaluate.eval, std::string("evaluate ") + program.models[evaluate.model].name + " on " +
                             program.data[evaluate.data].name + splits[evaluate.split]);
    }
    return true;
  });
  auto *profile = tables.make<nn_profile>();
  profile->vector_bytes = int32_t(session.target().vectorBytes);
  profile->fma = session.target().hasFma;
  profile->lines = tables.list<nn_source_line>(kernelTables.lines());
  profile->n_lines = int32_t(kernelTables.lines().size());
  nn_profiled *functions = tables.list<nn_profiled>(profiled);
  profile->functions = functions;
  profile->n_functions = int32_t(profiled.size());
  for (auto [i, symbol] : llvm::enumerate(symbols))
    tables.functions[&functions[i].fn] = symbol;
  tables.program.profile = profile;
}

} // namespace nnc::plan
