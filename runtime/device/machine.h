// What a reader must know of the machine that a run was made on.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace nnrt {

/// What the system calls the processor, or "unknown".
std::string processorName();

/// Names and values: CPU, cores, memory, system, GPU. What the system does not tell is "unknown".
std::vector<std::pair<std::string, std::string>> machineFacts(int threads);

} // namespace nnrt
