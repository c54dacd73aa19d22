// Flags: the settings given on a trainer's command line.
#pragma once

#include "runtime/schema/program.h"
#include "runtime/support/status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace nnrt {

struct Flags {
#define NN_FLAG(type, field, start, ...) type field = start;
#include "runtime/program/flags.def"
  std::vector<double> options; // a value for each option of the program
  bool predict = false;        // the predict or the generate subcommand
  bool generate = false;       // the generate subcommand
  std::string input;           // of predict; `-`: standard input
};

/// Reads argv[1 …]. A failure means wrong flags (exit code 2). `lenient`: flags that are neither
/// fixed nor options of this program are ignored (the programs of a session differ).
Status parseFlags(const ProgramT &program, int argc, char **argv, bool lenient, Flags &flags);

/// The text of --help.
std::string helpText(const ProgramT &program, const char *argv0);

} // namespace nnrt
