// Bytes are verified before they are read: they come from a file that anybody may have changed.
#include "runtime/schema/program.h"

namespace nnrt {

std::string packProgram(const ProgramT &program) {
  flatbuffers::FlatBufferBuilder builder;
  FinishProgramBuffer(builder, Program::Pack(builder, &program));
  return std::string(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
}

std::unique_ptr<ProgramT> unpackProgram(const uint8_t *bytes, size_t size) {
  // As deep as experiments, chosen statements and their parts nest; as many tables as there is room
  // for.
  flatbuffers::Verifier verifier(bytes, size, /*max_depth=*/64, /*max_tables=*/UINT32_MAX);
  if (!VerifyProgramBuffer(verifier))
    return nullptr;
  const Program *packed = GetProgram(bytes);
  if (packed->version() != programVersion)
    return nullptr;
  return std::unique_ptr<ProgramT>(packed->UnPack());
}

} // namespace nnrt
