// Reads NPY files: "\x93NUMPY", two bytes of version, the header's length (two bytes in version 1,
// four later), a header that is a Python dict of 'descr', 'fortran_order' and 'shape', then the
// elements. (numpy.lib.format)
#include "runtime/sources/npy_file.h"

#include "runtime/files/file.h"
#include "runtime/sources/zip_file.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace nnrt {

int64_t NpyArray::rowSize() const { return elementCount({shape.begin() + 1, shape.end()}); }

namespace {

template <class From, class To> void convert(const unsigned char *from, int64_t count, To *to) {
  for (int64_t i = 0; i < count; ++i) {
    From value;
    memcpy(&value, from + i * sizeof value, sizeof value);
    to[i] = To(value);
  }
}

} // namespace

template <class T> void NpyArray::read(int64_t first, int64_t count, T *out) const {
  const unsigned char *from = data.data() + start + first * bytes;
  switch (kind) {
  case NpyKind::Float:
    return bytes == 4 ? convert<float>(from, count, out) : convert<double>(from, count, out);
  case NpyKind::Bool:
    return convert<uint8_t>(from, count, out);
  case NpyKind::Unsigned:
    return bytes == 1   ? convert<uint8_t>(from, count, out)
           : bytes == 2 ? convert<uint16_t>(from, count, out)
           : bytes == 4 ? convert<uint32_t>(from, count, out)
                        : convert<uint64_t>(from, count, out);
  case NpyKind::Signed:
    return bytes == 1   ? convert<int8_t>(from, count, out)
           : bytes == 2 ? convert<int16_t>(from, count, out)
           : bytes == 4 ? convert<int32_t>(from, count, out)
                        : convert<int64_t>(from, count, out);
  }
}
template void NpyArray::read(int64_t, int64_t, float *) const;
template void NpyArray::read(int64_t, int64_t, double *) const;

namespace {

/// The text after 'key': in the header, without leading spaces; empty if the key is missing.
std::string valueOf(const std::string &header, const char *key) {
  for (char quote : {'\'', '"'}) {
    const std::string quotedKey = quote + std::string(key) + quote;
    size_t at = header.find(quotedKey);
    if (at == std::string::npos)
      continue;
    at = header.find(':', at + quotedKey.size());
    if (at == std::string::npos)
      return "";
    at = header.find_first_not_of(" \t\n", at + 1);
    return at == std::string::npos ? "" : header.substr(at);
  }
  return "";
}

Status readType(const std::string &descr, NpyArray &array) {
  const size_t end = descr.size() > 1 ? descr.find(descr[0], 1) : std::string::npos;
  const bool isText = end != std::string::npos && (descr[0] == '\'' || descr[0] == '"');
  const std::string type = isText ? descr.substr(1, end - 1) : "";
  if (type.size() == 3 && strchr("<>|=", type[0]) && strchr("biuf", type[1]) &&
      strchr("1248", type[2])) {
    array.kind = NpyKind(type[1]);
    array.bytes = type[2] - '0';
    array.bigEndian = type[0] == '>';
    const bool exists = type[1] == 'b' ? array.bytes == 1 : type[1] != 'f' || array.bytes >= 4;
    if (exists)
      return Status();
  }
  const std::string shown = isText ? "`" + quoted(type) + "`" : "records";
  return Status::error(array.name + " holds elements of type " + shown +
                       (type == "|O" ? ", which are Python objects" : "") +
                       "; an array of numbers is expected: f4, f8, i1 to i8, u1 to u8 or b1");
}

Status readShape(const std::string &text, NpyArray &array) {
  const Status damaged = Status::error(array.name + " is damaged: its header has no shape");
  if (text.empty() || text[0] != '(')
    return Status::error(damaged.message());
  array.shape.clear();
  unsigned __int128 total = unsigned(array.bytes);
  for (size_t at = 1; at < text.size() && text[at] != ')';) {
    if (strchr(" ,L", text[at])) {
      ++at;
      continue;
    }
    int64_t size = 0;
    const size_t first = at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
      size = std::min(size * 10 + (text[at] - '0'), int64_t(1) << 59); // no file can hold more
    if (at == first || array.shape.size() == 32)
      return Status::error(damaged.message());
    array.shape.push_back(size);
    total *= uint64_t(size);
    if (total >> 60 || size >> 59)
      return Status::error(array.name +
                           " is damaged: its header announces a shape that no file can hold");
  }
  if (text.find(')') == std::string::npos)
    return Status::error(damaged.message());
  if (array.shape.empty())
    return Status::error(array.name +
                         " is a single number; an array with an axis of examples is expected");
  if (total == 0)
    return Status::error(array.name + " holds nothing: its shape is " + shapeText(array.shape));
  if (array.shape.size() > 8)
    return Status::error(format("%s has %zu axes; up to 8 are expected, the first of examples",
                                array.name.c_str(), array.shape.size()));
  return Status();
}

/// Reads the header from the first `size` bytes of a file; `start` is where the elements begin.
Status readHeader(const unsigned char *data, size_t size, NpyArray &array) {
  if (size < 10 || memcmp(data, "\x93NUMPY", 6) != 0)
    return Status::error(array.name + " is not a NumPy array: it does not begin as one");
  if (data[6] < 1 || data[6] > 3)
    return Status::error(format("%s is of version %d of NumPy's format; 1 to 3 are expected",
                                array.name.c_str(), data[6]));
  const size_t lead = data[6] == 1 ? 10 : 12;
  uint64_t length = data[8] | data[9] << 8;
  if (lead == 12 && size >= 12)
    length |= uint64_t(data[10]) << 16 | uint64_t(data[11]) << 24;
  array.start = lead + length;
  if (size < array.start)
    return Status::error(array.name + " is cut off in its header");
  const std::string header(reinterpret_cast<const char *>(data) + lead, length);
  NN_TRY(readType(valueOf(header, "descr"), array));
  const std::string order = valueOf(header, "fortran_order");
  array.fortran = order.compare(0, 4, "True") == 0;
  if (!array.fortran && order.compare(0, 5, "False") != 0)
    return Status::error(array.name +
                         " is damaged: its header does not say whether its order is Fortran's");
  return readShape(valueOf(header, "shape"), array);
}

/// Fails unless exactly the elements that the header declares follow it.
Status checkLength(const NpyArray &array, uint64_t size) {
  const uint64_t expected = uint64_t(array.rows()) * array.rowSize() * array.bytes,
                 found = size - array.start;
  if (found == expected)
    return Status();
  return Status::error(
      format("%s %s: its header announces %s of %s, which are %s bytes, %s were found",
             array.name.c_str(), found < expected ? "is cut off" : "goes on after its end",
             shapeText(array.shape).c_str(), counted(array.bytes, "byte").c_str(),
             grouped(int64_t(expected)).c_str(), grouped(int64_t(found)).c_str()));
}

/// Brings elements into the machine's byte order and C's order of axes.
Status straighten(NpyArray &array) {
  const int64_t count = array.rows() * array.rowSize(), rank = int64_t(array.shape.size());
  const bool swapped = array.bigEndian && array.bytes > 1, transposed = array.fortran && rank > 1;
  if (!swapped && !transposed)
    return Status();
  Buffer result;
  NN_TRY(result.allocate(size_t(count * array.bytes), array.name));
  std::vector<int64_t> index(rank, 0), stride(rank, 1); // strides in the file
  for (int64_t d = 1; d < rank; ++d)
    stride[d] = transposed ? stride[d - 1] * array.shape[d - 1] : 1;
  int64_t from = 0;
  for (int64_t i = 0; i < count; ++i) {
    const unsigned char *element =
        array.data.data() + array.start + (transposed ? from : i) * array.bytes;
    unsigned char *to = result.data() + i * array.bytes;
    memcpy(to, element, size_t(array.bytes));
    if (swapped)
      std::reverse(to, to + array.bytes);
    for (int64_t d = rank; transposed && d-- > 0;) { // count on in C's order
      from += stride[d];
      if (++index[d] < array.shape[d])
        break;
      from -= stride[d] * array.shape[d];
      index[d] = 0;
    }
  }
  if (!array.data.intact())
    return changedWhileRead(array.name);
  array.data = std::move(result);
  array.start = 0;
  return Status();
}

} // namespace

Status readNpy(const std::string &path, NpyArray &array, bool headerOnly) {
  array.name = path;
  std::string head;
  NN_TRY(readFile(path, head, size_t(1) << 20));
  NN_TRY(readHeader(reinterpret_cast<const unsigned char *>(head.data()), head.size(), array));
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info;
  if (file < 0 || fstat(file, &info) != 0) {
    if (file >= 0)
      close(file);
    return Status::error("cannot open " + path);
  }
  Status status = checkLength(array, uint64_t(info.st_size));
  if (!status.failed() && !headerOnly && !array.data.map(file, size_t(info.st_size))) {
    std::string all;
    status = readFile(path, all);
    if (!status.failed())
      status = array.data.allocate(all.size(), path);
    if (!status.failed())
      memcpy(array.data.data(), all.data(), all.size());
  }
  close(file);
  NN_TRY(std::move(status));
  return headerOnly ? Status() : straighten(array);
}

Status listNpz(const std::string &path, std::vector<std::string> &names) {
  ZipFile zip;
  NN_TRY(zip.open(path));
  names.clear();
  for (const ZipFile::Member &member : zip.members)
    if (member.name.size() > 4 && member.name.compare(member.name.size() - 4, 4, ".npy") == 0)
      names.push_back(member.name.substr(0, member.name.size() - 4));
  return names.empty() ? Status::error(path + " holds no arrays") : Status();
}

Status readNpz(const std::string &path, const std::string &member, NpyArray &array,
               bool headerOnly) {
  array.name = path + ": " + member;
  ZipFile zip;
  NN_TRY(zip.open(path));
  for (const ZipFile::Member &entry : zip.members) {
    if (entry.name != member + ".npy")
      continue;
    NN_TRY(zip.read(entry, headerOnly ? size_t(1) << 16 : SIZE_MAX, array.data));
    NN_TRY(readHeader(array.data.data(), array.data.size(), array));
    NN_TRY(checkLength(array, entry.size));
    if (!headerOnly)
      return straighten(array);
    array.data.release();
    return Status();
  }
  return Status::error(path + " has no array `" + quoted(member) + "`");
}

} // namespace nnrt
