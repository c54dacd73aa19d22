// Unpacks programs. The code that flatc generates for it would be a tenth of a small trainer: here
// a field is one call of a function that all fields of its type share. Bytes are verified as they
// are read, because a trainer may be damaged.
#include "runtime/schema/program.h"

#include "runtime/abi.h"

#include <cstring>
#include <type_traits>
#include <zlib.h>

namespace nnrt {
namespace {

#include "runtime/schema/fields.inc" // eachField(reader, table), readBody(reader, kind, body)

using flatbuffers::soffset_t, flatbuffers::uoffset_t, flatbuffers::voffset_t;

/// Reads one table of a program. `good` becomes false when the bytes are damaged, and then nothing
/// more is read.
class TableReader {
public:
  TableReader(flatbuffers::Verifier &verifier, const uint8_t *table, bool &good)
      : verifier(verifier), table(table), good(good) {}

  /// Reads every field into a `T` that is as its constructor left it: what the table does not hold
  /// keeps its default.
  template <class T> void readAll(T &to) {
    good = good && verifier.VerifyTableStart(table);
    if (good)
      eachField(*this, to);
    verifier.EndTable();
  }

  void require(voffset_t field) { good = good && fieldOffset(field); }

  template <class T> void read(voffset_t field, T &to) {
    static_assert(std::is_trivially_copyable_v<T>, "its bytes are copied");
    if constexpr (std::is_class_v<T>)
      static_assert(sizeof(T) == sizeof(decltype(flatbuffers::Pack(to))), "see values.fbs");
    copy(field, &to, sizeof(T), alignof(T));
  }
  void read(voffset_t field, bool &to) {
    uint8_t byte = to;
    copy(field, &byte, 1, 1);
    to = byte != 0;
  }
  void read(voffset_t field, std::string &to) {
    if (const uint8_t *text = target(field))
      readText(text, to);
  }
  template <class T> void read(voffset_t field, std::vector<T> &to) {
    static_assert(!std::is_same_v<T, bool>, "a vector of bool has no elements to copy to");
    if constexpr (std::is_class_v<T> && std::is_trivially_copyable_v<T>)
      static_assert(sizeof(T) == sizeof(decltype(flatbuffers::Pack(T()))), "see values.fbs");
    if constexpr (std::is_trivially_copyable_v<T>)
      copyAll(field, &to, resize<T>, sizeof(T));
    else
      readEach(field, &to, resize<T>, readOne<T>, sizeof(T));
  }
  template <class T> void read(voffset_t field, std::unique_ptr<T> &to) {
    if (const uint8_t *at = target(field)) {
      to = std::make_unique<T>();
      TableReader(verifier, at, good).readAll(*to);
    }
  }
  void read(voffset_t field, BodyUnion &to) {
    std::underlying_type_t<Body> kind = NONE;
    read(voffset_t(field - sizeof field), kind); // flatc places it before the body
    body = target(field);
    if (good && kind != NONE && !body)
      good = false;
    if (good)
      readBody(*this, Body(kind), to);
  }
  /// Reads a statement's body, which is a T.
  template <class T> void readAs(Body kind, BodyUnion &to) {
    T *made = new T;
    to.value = made;
    to.type = kind;
    TableReader(verifier, body, good).readAll(*made);
  }

private:
  flatbuffers::Verifier &verifier;
  const uint8_t *const table;
  bool &good;
  const uint8_t *body = nullptr; // of the statement that is read

  using Resize = void *(*)(void *all, size_t size);
  using ReadOne = void (*)(TableReader &reader, const uint8_t *at, void *to);

  template <class T> static void *resize(void *all, size_t size) {
    // Not resize(), which would need code to move elements that exist.
    std::vector<T> made(size);
    static_cast<std::vector<T> *>(all)->swap(made);
    return static_cast<std::vector<T> *>(all)->data();
  }
  template <class T> static void readOne(TableReader &reader, const uint8_t *at, void *to) {
    if constexpr (std::is_same_v<T, std::string>)
      reader.readText(at, *static_cast<T *>(to));
    else
      TableReader(reader.verifier, at, reader.good).readAll(*static_cast<T *>(to));
  }

  voffset_t fieldOffset(voffset_t field) const {
    return good ? reinterpret_cast<const flatbuffers::Table *>(table)->GetOptionalFieldOffset(field)
                : 0;
  }
  void copy(voffset_t field, void *to, size_t size, size_t alignment) {
    const voffset_t offset = fieldOffset(field);
    if (!offset)
      return;
    good = verifier.VerifyFieldStruct(table, offset, size, alignment);
    if (good)
      memcpy(to, table + offset, size);
  }
  /// What a field refers to; null if there is nothing.
  const uint8_t *target(voffset_t field) {
    const voffset_t offset = fieldOffset(field);
    return offset ? target(table + offset) : nullptr;
  }
  const uint8_t *target(const uint8_t *reference) {
    const uoffset_t distance = verifier.VerifyOffset(reference, 0);
    good = distance != 0;
    return good ? reference + distance : nullptr;
  }
  void readText(const uint8_t *at, std::string &to) {
    const auto *text = reinterpret_cast<const flatbuffers::String *>(at);
    good = verifier.VerifyString(text);
    if (good)
      to.assign(text->c_str(), text->size());
  }
  /// The number of elements of a field that is a vector, and where the first one is.
  size_t elementsOf(voffset_t field, size_t size, const uint8_t *&first) {
    const uint8_t *at = target(field);
    if (!at)
      return 0;
    good = verifier.VerifyVectorOrString(at, size);
    first = at + sizeof(uoffset_t);
    return good ? flatbuffers::ReadScalar<uoffset_t>(at) : 0;
  }
  void copyAll(voffset_t field, void *to, Resize resize, size_t size) {
    const uint8_t *first = nullptr;
    if (const size_t count = elementsOf(field, size, first))
      memcpy(resize(to, count), first, count * size);
  }
  void readEach(voffset_t field, void *to, Resize resize, ReadOne readOne, size_t size) {
    const uint8_t *first = nullptr;
    const size_t count = elementsOf(field, sizeof(uoffset_t), first);
    if (!count)
      return;
    char *element = static_cast<char *>(resize(to, count));
    for (size_t i = 0; i < count && good; ++i, element += size)
      if (const uint8_t *at = target(first + i * sizeof(uoffset_t)))
        readOne(*this, at, element);
  }
};

} // namespace

std::unique_ptr<ProgramT> unpackProgram(const uint8_t *bytes, size_t size) {
  if (size < FLATBUFFERS_MIN_BUFFER_SIZE)
    return nullptr;
  // Statements in experiments and in statements about their results nest a few levels deep. The
  // number of tables has no limit of its own.
  flatbuffers::Verifier verifier(bytes, size, /*max_depth=*/64, /*max_tables=*/UINT32_MAX);
  const uoffset_t root = verifier.VerifyOffset(0);
  bool good = root != 0;
  auto program = std::make_unique<ProgramT>();
  if (good)
    TableReader(verifier, bytes + root, good).readAll(*program);
  return good && program->version == programVersion ? std::move(program) : nullptr;
}

std::unique_ptr<ProgramT> unpackImage(const nn_image &image) {
  if (!image.inflated)
    return unpackProgram(image.bytes, size_t(image.size));
  // zlib makes at most 1032 bytes of one. More would be memory for a damaged program.
  if (image.inflated < 0 || image.size < 0 || image.inflated / 1032 > image.size)
    return nullptr;
  std::vector<uint8_t> packed(size_t(image.inflated)); // aligned as every block of memory is
  uLongf size = uLongf(image.inflated);
  const int code = uncompress(packed.data(), &size, image.bytes, uLong(image.size));
  return code == Z_OK && size == packed.size() ? unpackProgram(packed.data(), size) : nullptr;
}

} // namespace nnrt
