// The analytic cost model that chooses the ContractPlan of a contraction.
#pragma once

#include "compiler/lowering/cpu/contract/ContractPlan.h"
#include "compiler/machine/MachineModel.h"

#include <optional>

namespace nnc {

/// The plan with the lowest estimated cost for one thread and for MachineModel::plannedThreads
/// together, or none if no dim can carry lanes (a dot product, an elementwise product). `epilogue`
/// is the number of vector instructions that the kernel's other ops take for each vector of
/// results.
std::optional<ContractPlan> planContraction(const ContractShape &shape, const MachineModel &target,
                                            double epilogue = 0);

/// The plans of a contraction.
struct ContractPlans {
  /// For any number of threads if `shared` is not set, otherwise for one thread.
  ContractPlan plan;
  /// For several threads. Set if a common plan would cost one thread, or several, much more than
  /// their own plans.
  std::optional<ContractPlan> shared;
};
std::optional<ContractPlans> planForThreads(const ContractShape &shape, const MachineModel &target,
                                            double epilogue = 0);

/// The estimated time of `plan` on one core for a batch of shape.rows, in slots: the time of one
/// vector multiply-add.
double contractCost(const ContractShape &shape, const ContractPlan &plan,
                    const MachineModel &target, double epilogue = 0);

/// The number of register tiles whose accumulators are kept at the same time if a sum is blocked.
int64_t slotsOf(const ContractShape &shape, const ContractPlan &plan, const MachineModel &target);

} // namespace nnc
