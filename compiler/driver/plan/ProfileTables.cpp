// Marks the functions of train and evaluate statements as profiled. A run calls these repeatedly.
#include "compiler/driver/plan/ProfileTables.h"

#include "compiler/driver/Session.h"
#include "compiler/driver/plan/KernelTables.h"
#include "runtime/program/statements.h"

namespace nnc::plan {

void addProfile(Session &session) {
  ProgramTables &tables = session.tables();
  const ProgramT &program = tables.program;
  KernelTables kernelTables(session.diagnostics().sources(), session.settings().sourceName());
  auto profile = std::make_unique<ProfileT>();
  auto add = [&](const nn_fn &fn, std::string name) {
    if (!fn.exists())
      return;
    auto function = session.module().lookupSymbol<mlir::func::FuncOp>(tables.symbolOf(fn));
    function->setAttr("nn.profile", mlir::UnitAttr::get(function.getContext()));
    ProfiledT profiled;
    profiled.code = fn.code;
    profiled.name = std::move(name);
    profiled.kernels = kernelTables.kernelsOf(function);
    profile->functions.push_back(std::move(profiled));
  };
  static const char *const splits[] = {".train", ".val", ".test", ""};
  nnrt::forEachStatement(program, [&](const StatementT &statement) {
    if (statement.body.type == NN_STMT_TRAIN) {
      const auto &train = nnrt::as<TrainT>(statement);
      const std::string what =
          "train " + program.models[train.model].name + " on " + program.data[train.data].name;
      const bool several = !train.later.empty();
      add(train.step, several ? what + ", update 1" : what);
      add(train.apply, what + ", the sums of gradients");
      for (size_t u = 0; u < train.later.size(); ++u) {
        const std::string which = what + ", update " + std::to_string(u + 2);
        add(train.later[u].step, which);
        add(train.later[u].apply, which + ", the sums of gradients");
      }
      add(train.eval, what + ", validation");
    } else if (statement.body.type == NN_STMT_EVALUATE) {
      const auto &evaluate = nnrt::as<EvaluateT>(statement);
      add(evaluate.eval, "evaluate " + program.models[evaluate.model].name + " on " +
                             program.data[evaluate.data].name + splits[evaluate.split]);
    }
    return true;
  });
  profile->vector_bytes = int32_t(session.target().machine.vectorBytes);
  profile->fma = session.target().machine.fma;
  profile->lines = kernelTables.lines();
  tables.program.profile = std::move(profile);
}

} // namespace nnc::plan
