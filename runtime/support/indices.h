// The numbers of the elements of a table.
#pragma once

#include <cstdint>

namespace nnrt {

/// The numbers from 0 to size - 1, for a `for` statement.
class Indices {
public:
  class Iterator {
  public:
    explicit Iterator(int32_t index) : index(index) {}
    int32_t operator*() const { return index; }
    Iterator &operator++() {
      ++index;
      return *this;
    }
    bool operator!=(const Iterator &other) const { return index != other.index; }

  private:
    int32_t index;
  };

  explicit Indices(int32_t size) : size(size) {}
  Iterator begin() const { return Iterator(0); }
  Iterator end() const { return Iterator(size); }

private:
  int32_t size;
};

/// The numbers of `table`'s elements, as programs write them: signed, of 32 bits. The table must
/// not change its size meanwhile.
template <class Table> Indices indices(const Table &table) {
  return Indices(int32_t(table.size()));
}

} // namespace nnrt
