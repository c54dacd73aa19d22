// Flags: the settings given on a trainer's command line.
#pragma once

#include "runtime/schema/program.h"
#include "runtime/support/status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace nnrt {

struct Flags {
  bool help = false, version = false, resume = false, quiet = false, timing = false, watch = false;
  bool profile = false;    // given; a program compiled with a profile prints it in any case
  std::string data;        // --data DIR
  std::string log;         // --log FILE, or empty
  std::string tensorboard; // --tensorboard DIR, or empty
  uint64_t seed = 0;
  int threads = 0;             // 0: not given
  int64_t maxSteps = -1;       // -1: no limit
  std::vector<double> options; // a value for each option of the program

  bool predict = false;                      // the predict subcommand
  std::string model, weights, input, output; // input `-`: standard input
};

/// Reads argv[1 …]. A failure means wrong flags (exit code 2). `lenient`: flags that are neither
/// fixed nor options of this program are ignored (the programs of a session differ).
Status parseFlags(const ProgramT &program, int argc, char **argv, bool lenient, Flags &flags);

/// The text of --help.
std::string helpText(const ProgramT &program, const char *argv0);

} // namespace nnrt
