// Describes the machine of a run, for reports and logs.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace nnrt {

/// The system's name for the processor, or "unknown".
std::string processorName();

/// Names and values: CPU, cores, memory, system, GPU. A fact that the system does not report is
/// "unknown".
std::vector<std::pair<std::string, std::string>> machineFacts(int threads);

} // namespace nnrt
