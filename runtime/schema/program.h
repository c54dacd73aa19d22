// Programs as data: the structs of program.fbs, and how they become bytes and come back.
#pragma once

#include "runtime/schema/program_generated.h"

#include <memory>
#include <string>

using namespace program;

namespace nnrt {

/// Of the schema, the calling convention and the entry points: a program runs only on a runtime of
/// the same version.
constexpr uint32_t programVersion = 9;

/// SourceT::quote: cells are never in quotes.
constexpr int32_t noQuotes = -1;

/// A statement's body, which is known to be a T (TrainT for NN_STMT_TRAIN, …).
template <class T> const T &as(const StatementT &statement) {
  return *static_cast<const T *>(statement.body.value);
}

/// `program` as bytes, for unpackProgram().
std::string packProgram(const ProgramT &program);

/// The program that `size` bytes hold; null if they hold none, or one of another version.
std::unique_ptr<ProgramT> unpackProgram(const uint8_t *bytes, size_t size);

} // namespace nnrt
