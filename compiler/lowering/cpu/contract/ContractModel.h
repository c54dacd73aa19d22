// The analytic model behind ContractPlan.
#pragma once

#include "compiler/lowering/cpu/Target.h"
#include "compiler/lowering/cpu/contract/ContractPlan.h"

#include <optional>

namespace nnc {

/// The cheapest plan by the model, or none if no dim can carry lanes (a dot product, a product by
/// element). `epilogue`: vector instructions that the kernel's other ops take for each vector of
/// results.
std::optional<ContractPlan> planContraction(const ContractShape &shape,
                                            const LoweringTarget &target, double epilogue = 0);

/// A plan for each number of threads.
struct ContractPlans {
  ContractPlan plan;
  /// For several threads, where one plan for all would cost one thread or two of them much more
  /// than their own.
  std::optional<ContractPlan> shared;
};
std::optional<ContractPlans> planForThreads(const ContractShape &shape,
                                            const LoweringTarget &target, double epilogue = 0);

/// What `plan` costs one core for a batch of shape.rows, in slots: the time of one vector
/// multiply-add.
double contractCost(const ContractShape &shape, const ContractPlan &plan,
                    const LoweringTarget &target, double epilogue = 0);

/// How many register tiles' accumulators are kept at a time while a sum is taken in blocks.
int64_t slotsOf(const ContractShape &shape, const ContractPlan &plan);

} // namespace nnc
