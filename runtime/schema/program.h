// Programs as data: the structs of program.fbs, packed to bytes and unpacked.
#pragma once

#include "runtime/schema/program_generated.h"

#include <memory>
#include <string>

using namespace program;

namespace nnrt {

/// The version of the schema, the calling convention and the entry points. A program runs only on
/// a runtime of the same version.
constexpr uint32_t programVersion = 9;

/// Whether a source makes its rows by a formula.
constexpr bool isGenerator(source_kind kind) { return kind >= NN_BLOBS; }

/// SourceT::quote: cells are never in quotes.
constexpr int32_t noQuotes = -1;

/// A statement's body, which is known to be a T (TrainT for NN_STMT_TRAIN, …).
template <class T> const T &as(const StatementT &statement) {
  return *static_cast<const T *>(statement.body.value);
}

/// Packs `program`, for unpackProgram().
std::string packProgram(const ProgramT &program);

/// Unpacks a program from `size` bytes. Null if they are damaged or of another version.
std::unique_ptr<ProgramT> unpackProgram(const uint8_t *bytes, size_t size);

} // namespace nnrt
