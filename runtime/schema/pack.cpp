// Packs programs.
#include "runtime/schema/program.h"

#include <zlib.h>

namespace nnrt {

std::string packProgram(const ProgramT &program) {
  flatbuffers::FlatBufferBuilder builder;
  FinishProgramBuffer(builder, Program::Pack(builder, &program));
  return std::string(reinterpret_cast<const char *>(builder.GetBufferPointer()), builder.GetSize());
}

std::string compressed(const std::string &packed) {
  uLongf size = compressBound(uLong(packed.size()));
  std::string result(size, '\0');
  compress2(reinterpret_cast<Bytef *>(result.data()), &size,
            reinterpret_cast<const Bytef *>(packed.data()), uLong(packed.size()),
            Z_BEST_COMPRESSION);
  result.resize(size);
  return result;
}

} // namespace nnrt
