// What the compiler asks of the runtime, besides running programs.
#pragma once

#include "runtime/schema/program.h"

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

// Levels of x86-64 processors, from the lowest, and what each has beyond the one before it: the
// features that vector code depends on, and scalar extensions of the same generation.
#define NN_X86_LEVELS(LEVEL)                                                                       \
  LEVEL("x86-64", "")                                                                              \
  LEVEL("x86-64-v2", "sse4.2,ssse3,popcnt,cx16")                                                   \
  LEVEL("x86-64-v3", "avx2,fma,f16c,bmi,bmi2,lzcnt,movbe")                                         \
  LEVEL("x86-64-v4", "avx512f,avx512bw,avx512cd,avx512dq,avx512vl")

// Data ------------------------------------------------------------------------------------------

struct nn_probe_column {
  std::string name; // a table's: from the header or the program, or c1, c2, …
  program::column_kind kind = program::NN_NUMBER; // a table's are numbers
  std::vector<int64_t> shape;                     // of one example
  int64_t classes = 0; // how many, if that is known without reading everything; else 0
  bool wide = false;   // its numbers may need 64 bits; else all are exact in 32
  // a cell of a table's column where none of the cells looked at is a number; else empty
  std::string word;
};

/// What a source is like before the run.
struct nn_probe {
  int64_t rows = -1; // -1: not known (a very long CSV file; n of a generator depends on an option)
  // of files; none of rows and generators, whose columns follow from the program
  std::vector<nn_probe_column> columns;
  std::vector<std::string> characters; // of a text: its different characters, by their numbers
  std::string error;                   // empty when all is well; else a message without its place
};

/// Opens `source` (paths relative to `dir`) and reads as little as it can.
nn_probe nn_probe_source(const program::SourceT &source, const std::string &dir);

/// What the numbers of a column are like, by a sample of its rows; an image's pixels count
/// together.
struct nn_column_summary {
  double least = 0, most = 0, mean_square = 0;
  bool is_binary = false; // every number is 0 or 1
};

/// Reads these columns of `source` (paths relative to `dir`, then to `data_dir`, which may be
/// empty) and summarises each; of images it is known without reading them. None for a generator or
/// a text, which have nothing to summarise, and where the source cannot be read: then the run will
/// say why.
std::vector<nn_column_summary> nn_summarize_columns(const program::SourceT &source,
                                                    const std::string &dir,
                                                    const std::string &data_dir,
                                                    const std::vector<program::ColumnT> &columns);

/// How many classes the column has, a category: reads that column of `source`. -1 where it cannot
/// be read: then the run will say why.
int64_t nn_count_classes(const program::SourceT &source, const std::string &dir,
                         const std::string &data_dir, const program::ColumnT &column);

/// Whether writing the file `path` would take the place of something that the program reads (data,
/// images, weights) or of its own text, under whatever name: says what it is, else empty.
/// `data_dir` may be empty.
std::string nn_is_input(const program::ProgramT &program, const std::string &data_dir,
                        const std::string &path);

// Machine ---------------------------------------------------------------------------------------

/// What one core of this machine can do, measured.
enum nn_level { NN_L1, NN_L2, NN_L3, NN_MEMORY, NN_LEVELS };
struct nn_roof {
  // of the multiply-adds measured; without fma a multiplication and an addition
  int32_t vector_bytes, fma;
  // f32 FLOPs a second on registers alone, two for each multiply-add; f64 has half
  double flops;
  // bytes a second of a triad, a[i] = b[i] + s c[i], three times the length of a
  double bandwidth[NN_LEVELS];
  double sizes[NN_LEVELS]; // bytes that the level holds; infinity for memory
};

/// Measures for about 0.2 s. False if this machine has no such vectors.
bool nn_measure_roof(int32_t vector_bytes, int32_t fma, nn_roof &roof);

/// The least time that a kernel could take on one core, in seconds: what its operations take when
/// all data are in registers, and what its data take on their way from where they are.
struct nn_roofline {
  double compute = 0, memory = 0;
  nn_level level = NN_L1; // where most of `memory` goes
};
nn_roofline nn_roofline_of(const program::KernelT &kernel, int64_t rows, int32_t element_bytes,
                           const nn_roof &roof);

// Flags -----------------------------------------------------------------------------------------

/// Whether every trainer has a flag of that name (`seed`, `threads` …), so that an option cannot
/// have it.
bool nn_is_flag(const std::string &name);
/// Whether that flag (`log`, `watch` …) makes a trainer call TrainT::monitor.
bool nn_is_monitor_flag(const std::string &name);
