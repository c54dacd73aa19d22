// Bytes are verified before they are read: a trainer may be damaged.
#include "runtime/schema/program.h"

namespace nnrt {

std::string packProgram(const ProgramT &program) {
  flatbuffers::FlatBufferBuilder builder;
  FinishProgramBuffer(builder, Program::Pack(builder, &program));
  return std::string(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
}

std::unique_ptr<ProgramT> unpackProgram(const uint8_t *bytes, size_t size) {
  // Statements in experiments and in statements about their results nest a few levels deep. The
  // number of tables has no limit of its own.
  flatbuffers::Verifier verifier(bytes, size, /*max_depth=*/64, /*max_tables=*/UINT32_MAX);
  if (!VerifyProgramBuffer(verifier))
    return nullptr;
  const Program *packed = GetProgram(bytes);
  if (packed->version() != programVersion)
    return nullptr;
  return std::unique_ptr<ProgramT>(packed->UnPack());
}

} // namespace nnrt
