// The analytic model behind ContractPlan.
#pragma once

#include "compiler/lowering/ContractPlan.h"
#include "compiler/lowering/Target.h"

#include <optional>

namespace nnc {

/// The batch size that costs are estimated for. Plans serve every batch size.
constexpr int64_t assumedRows = 64;

/// The cheapest plan by the model, or none if no dim can carry lanes (a dot product, a product by element).
std::optional<ContractPlan> planContraction(const ContractShape &shape, const LoweringTarget &target);

/// What `plan` costs one core for a batch of assumedRows, in slots: the time of one vector multiply-add.
double contractCost(const ContractShape &shape, const ContractPlan &plan, const LoweringTarget &target);

/// How many register tiles' accumulators are kept at a time while a sum is taken in blocks.
int64_t slotsOf(const ContractShape &shape, const ContractPlan &plan);

} // namespace nnc
