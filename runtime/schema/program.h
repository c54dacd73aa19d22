// Programs as data: the structs of program.fbs, packed to bytes and unpacked.
#pragma once

#include "runtime/schema/program_generated.h"

#include <memory>
#include <string>

struct nn_image;

namespace nnrt {

using namespace program;

/// The version of the schema, the calling convention and the entry points. A program runs only on
/// a runtime of the same version.
constexpr uint32_t programVersion = 11;

/// The name of the loss among the values that a run records, unless its statement has several; the
/// others are metrics.
constexpr const char *lossName = "loss";

/// The name of the loss that the first update of each step has.
inline std::string lossOf(const TrainT &train) {
  return train.loss.empty() ? lossName : train.loss;
}

/// Whether a source makes its rows by a formula.
constexpr bool isGenerator(source_kind kind) { return kind >= NN_BLOBS; }

/// SourceT::quote: cells are never in quotes.
constexpr int32_t noQuotes = -1;

/// Stands beside code that only some programs need: defines the symbol by which a trainer's linker
/// is told to link it. What calls such code refers to it weakly.
#define NN_PART(NAME) extern "C" const char nn_part_##NAME = 0

/// That symbol's name.
inline std::string partSymbol(const std::string &name) { return "nn_part_" + name; }

/// A statement's body, which is known to be a T (TrainT for NN_STMT_TRAIN, …).
template <class T> const T &as(const StatementT &statement) {
  return *static_cast<const T *>(statement.body.value);
}

/// Packs `program`, for unpackProgram().
std::string packProgram(const ProgramT &program);

/// Unpacks a program from `size` bytes. Null if they are damaged or of another version.
std::unique_ptr<ProgramT> unpackProgram(const uint8_t *bytes, size_t size);

/// Compresses what packProgram() made: most of a small program's bytes are its text and names.
std::string compressed(const std::string &packed);

/// unpackProgram() of an image's bytes, which compressed() may have made.
std::unique_ptr<ProgramT> unpackImage(const nn_image &image);

} // namespace nnrt
