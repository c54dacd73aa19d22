// Reads and writes safetensors files. Reading trusts nothing: every number in the header is checked
// against the file before it is used.
#include "runtime/weights/safetensors.h"

#include "runtime/files/file.h"
#include "runtime/support/json.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <zlib.h>

namespace nnrt {

static const size_t headerLimit = 100'000'000; // as in the format's reference implementation

int64_t TensorView::elements() const { return elementCount(shape); }

double TensorView::get(int64_t i) const {
  switch (type) {
  case DType::F32: {
    float value;
    memcpy(&value, data + i * 4, 4);
    return value;
  }
  case DType::F64: {
    double value;
    memcpy(&value, data + i * 8, 8);
    return value;
  }
  case DType::BF16: {
    uint32_t bits = uint32_t(data[i * 2] | data[i * 2 + 1] << 8) << 16;
    float value;
    memcpy(&value, &bits, 4);
    return value;
  }
  case DType::F16: {
    uint32_t bits = data[i * 2] | data[i * 2 + 1] << 8, exponent = bits >> 10 & 31,
             fraction = bits & 1023;
    double value = exponent == 0    ? std::ldexp(double(fraction), -24)
                   : exponent == 31 ? (fraction ? NAN : HUGE_VAL)
                                    : std::ldexp(double(fraction + 1024), int(exponent) - 25);
    return bits >> 15 ? -value : value;
  }
  case DType::Other:
    break;
  }
  return NAN;
}

static const struct {
  const char *name;
  DType type;
  int bytes;
} typeTable[] = {{"F32", DType::F32, 4},   {"F64", DType::F64, 8},   {"F16", DType::F16, 2},
                 {"BF16", DType::BF16, 2}, {"I64", DType::Other, 8}, {"U64", DType::Other, 8},
                 {"I32", DType::Other, 4}, {"U32", DType::Other, 4}, {"I16", DType::Other, 2},
                 {"U16", DType::Other, 2}, {"I8", DType::Other, 1},  {"U8", DType::Other, 1},
                 {"BOOL", DType::Other, 1}};

const char *const weightsFormat = "nnc 2";
const char *const checkpointFormat = "nnc checkpoint 3";

// The checksum is the first entry of the metadata, so that every file has it at the same place:
// CRC-32 (zlib's) of the whole file with zeros for these eight digits. A wrong bit, and any run of
// up to 32 of them, is always found; other damage is missed once in 2^32 times.
static const char checksumBefore[] = "{\"__metadata__\":{\"checksum\":\"crc32:";
static const size_t checksumDigits = 8, checksumAt = 8 + sizeof checksumBefore - 1; // in the file

static uint32_t addToChecksum(uint32_t sum, const void *data, size_t size) {
  const unsigned char *at = static_cast<const unsigned char *>(data);
  for (; size; size -= std::min<size_t>(size, 1u << 30), at += 1u << 30) // zlib counts in 32 bits
    sum = uint32_t(crc32(sum, at, uInt(std::min<size_t>(size, 1u << 30))));
  return sum;
}

Status writeSafetensors(const std::string &path, std::vector<TensorView> tensors,
                        const Metadata &metadata) {
  // Doubles first, so that every tensor is aligned to its elements.
  std::stable_partition(tensors.begin(), tensors.end(),
                        [](const TensorView &t) { return t.type == DType::F64; });
  std::string header = checksumBefore + std::string(checksumDigits, '0') + "\"";
  for (const auto &[name, value] : metadata)
    header += "," + jsonString(name) + ":" + jsonString(value);
  header += "}";
  size_t offset = 0;
  for (const TensorView &tensor : tensors) {
    const char *type = "F32";
    for (const auto &entry : typeTable)
      if (entry.type == tensor.type && entry.type != DType::Other)
        type = entry.name;
    header += (header.size() > 1 ? "," : "") + jsonString(tensor.name) + ":{\"dtype\":\"" + type +
              "\",\"shape\":[";
    for (size_t d = 0; d < tensor.shape.size(); ++d)
      header += (d ? "," : "") + std::to_string(tensor.shape[d]);
    header += "],\"data_offsets\":[" + std::to_string(offset) + "," +
              std::to_string(offset + tensor.size) + "]}";
    offset += tensor.size;
  }
  header += "}";
  header.append((8 - header.size() % 8) % 8, ' ');
  unsigned char length[8];
  for (int i = 0; i < 8; ++i)
    length[i] = (unsigned char)(uint64_t(header.size()) >> (8 * i));
  std::vector<Piece> pieces = {{length, 8}, {header.data(), header.size()}};
  for (const TensorView &tensor : tensors)
    pieces.push_back({tensor.data, tensor.size});
  uint32_t sum = 0;
  for (const Piece &piece : pieces)
    sum = addToChecksum(sum, piece.data, piece.size);
  header.replace(checksumAt - 8, checksumDigits, format("%08x", sum));
  return writeFile(path, pieces);
}

const TensorView *SafetensorsFile::find(const std::string &name) const {
  for (const TensorView &tensor : tensors)
    if (tensor.name == name)
      return &tensor;
  return nullptr;
}

const std::string *SafetensorsFile::meta(const std::string &name) const {
  for (const auto &entry : metadata)
    if (entry.first == name)
      return &entry.second;
  return nullptr;
}

/// A whole number of at least 0.
static bool wholeNumber(const Json &json, int64_t &value) {
  if (json.kind != Json::Number || !(json.number >= 0) || json.number > 0x1p53 ||
      json.number != std::floor(json.number))
    return false;
  value = int64_t(json.number);
  return true;
}

static Status readEntry(const std::string &name, const Json &json, size_t dataStart,
                        SafetensorsFile &file) {
  auto damaged = [&](const std::string &what) {
    return Status::error(file.path + " is damaged: tensor `" + quoted(name) + "` " + what);
  };
  const Json *type = json.find("dtype"), *shape = json.find("shape"),
             *offsets = json.find("data_offsets");
  if (!type || type->kind != Json::String || !shape || shape->kind != Json::Array || !offsets ||
      offsets->kind != Json::Array || offsets->items.size() != 2)
    return damaged("has no dtype, shape or data_offsets");
  TensorView tensor{name, DType::Other, {}, nullptr, 0, type->string};
  unsigned __int128 bytes = 0;
  for (const auto &entry : typeTable)
    if (type->string == entry.name) {
      tensor.type = entry.type;
      bytes = entry.bytes;
    }
  const bool isKnown = bytes > 0; // the size of an unknown dtype, such as F8_E4M3, cannot be
                                  // checked; using the tensor is an error
  for (const Json &item : shape->items) {
    int64_t size;
    if (!wholeNumber(item, size))
      return damaged("has a shape that is no list of whole numbers");
    tensor.shape.push_back(size);
    bytes *= uint64_t(size);
    if (isKnown && bytes >> 60)
      return damaged("is impossibly large");
  }
  int64_t begin, end;
  if (!wholeNumber(offsets->items[0], begin) || !wholeNumber(offsets->items[1], end) || begin > end)
    return damaged("has data_offsets that make no sense");
  if (isKnown && uint64_t(end - begin) != uint64_t(bytes))
    return damaged(format("needs %s bytes for its shape, its data_offsets give %s",
                          grouped(int64_t(bytes)).c_str(), grouped(end - begin).c_str()));
  if (uint64_t(end) > file.contents.size() - dataStart)
    return Status::error(format("%s is cut off: tensor `%s` ends at byte %s, the file has %s",
                                file.path.c_str(), quoted(name).c_str(),
                                grouped(int64_t(dataStart) + end).c_str(),
                                grouped(int64_t(file.contents.size())).c_str()));
  tensor.data = reinterpret_cast<const unsigned char *>(file.contents.data()) + dataStart + begin;
  tensor.size = size_t(end - begin);
  file.tensors.push_back(std::move(tensor));
  return Status();
}

/// Compares the checksum in the metadata, if there is one, with the file's.
static Status checkChecksum(SafetensorsFile &file) {
  const std::string *told = file.meta("checksum"), *kind = file.meta("format");
  const std::string &contents = file.contents;
  if (told && told->compare(0, 6, "crc32:") != 0)
    told = nullptr; // another program's
  if (!told && kind && (*kind == weightsFormat || *kind == checkpointFormat))
    return Status::error(file.path + " is damaged: its checksum is missing");
  if (!told)
    return Status();
  const std::string zeros(checksumDigits, '0');
  const char *digits = contents.data() + checksumAt;
  bool right = contents.size() > checksumAt + checksumDigits &&
               contents.compare(8, checksumAt - 8, checksumBefore) == 0;
  if (right) {
    uint32_t sum = addToChecksum(0, contents.data(), checksumAt);
    sum = addToChecksum(sum, zeros.data(), zeros.size());
    sum =
        addToChecksum(sum, digits + checksumDigits, contents.size() - checksumAt - checksumDigits);
    right = contents.compare(checksumAt, checksumDigits, format("%08x", sum)) ==
            0; // compared as text: `A` instead of `a` is also a wrong bit
  }
  file.checked = right;
  return right ? Status()
               : Status::error(
                     file.path +
                     " is damaged: its checksum is not that of its contents (where another program "
                     "has changed "
                     "the file, it must leave out `checksum` and `format` of the metadata)");
}

Status readSafetensors(const std::string &path, SafetensorsFile &file) {
  file.path = path;
  file.checked = false;
  file.tensors.clear();
  file.metadata.clear();
  NN_TRY(readFile(path, file.contents));
  const std::string &contents = file.contents;
  if (contents.size() < 8)
    return Status::error(format("%s is not a safetensors file: it has only %zu bytes", path.c_str(),
                                contents.size()));
  uint64_t length = 0;
  for (int i = 7; i >= 0; --i)
    length = length << 8 | (unsigned char)contents[i];
  if (length > headerLimit || contents.size() == 8 || contents[8] != '{')
    return Status::error(path + " is not a safetensors file: it does not start with a header");
  if (length > contents.size() - 8)
    return Status::error(format("%s is cut off: its header has %s bytes, the file %s", path.c_str(),
                                grouped(int64_t(length)).c_str(),
                                grouped(int64_t(contents.size())).c_str()));
  Json header;
  if (Status status = parseJson(std::string_view(contents).substr(8, length), header);
      status.failed())
    return Status::error(path + " has a damaged header: " + status.message());
  if (header.kind != Json::Object)
    return Status::error(path + " has a damaged header: it is no JSON object");
  for (const auto &member : header.members) {
    if (member.first == "__metadata__") {
      for (const auto &entry : member.second.members) {
        if (entry.second.kind != Json::String)
          return Status::error(path + " has a damaged header: its metadata are no texts");
        file.metadata.emplace_back(entry.first, entry.second.string);
      }
      continue;
    }
    NN_TRY(readEntry(member.first, member.second, 8 + length, file));
  }
  std::vector<const TensorView *> byPlace;
  for (const TensorView &tensor : file.tensors)
    if (tensor.size)
      byPlace.push_back(&tensor);
  std::sort(byPlace.begin(), byPlace.end(), [](auto *a, auto *b) { return a->data < b->data; });
  for (size_t i = 1; i < byPlace.size(); ++i)
    if (byPlace[i - 1]->data + byPlace[i - 1]->size > byPlace[i]->data)
      return Status::error(path + " is damaged: tensors `" + quoted(byPlace[i - 1]->name) +
                           "` and `" + quoted(byPlace[i]->name) + "` overlap");
  // As in the format's reference implementation: every byte belongs to a tensor.
  size_t used = 0;
  for (const TensorView *tensor : byPlace)
    used += tensor->size;
  if (used != contents.size() - 8 - length)
    return Status::error(format(
        "%s is damaged: its tensors have %s bytes, but %s follow its header", path.c_str(),
        grouped(int64_t(used)).c_str(), grouped(int64_t(contents.size() - 8 - length)).c_str()));
  return checkChecksum(file);
}

} // namespace nnrt
