// --emit=program: the bytes that the runtime reads, by the names of runtime/schema/program.fbs.
#include "compiler/driver/Emit.h"

#include "compiler/irgen/ProgramTables.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/JSON.h"

#include "flatbuffers/minireflect.h"

#include <charconv>
#include <cmath>

using namespace nnc;

namespace {

/// Writes JSON. Structs and lists of numbers are one line each; a number that is not finite is
/// null.
class JsonWriter final : public flatbuffers::IterationVisitor {
public:
  explicit JsonWriter(llvm::raw_ostream &os) : os(os) {}

  void StartSequence() override { open('{'); }
  void EndSequence() override { close('}'); }
  void StartVector() override { open('['); }
  void EndVector() override { close(']'); }

  void Field(size_t, size_t set, flatbuffers::ElementaryType type, bool isList,
             const flatbuffers::TypeTable *table, const char *name, const uint8_t *value) override {
    if (!value)
      return; // an empty text or list
    separate(set);
    os << '"' << name << "\": ";
    isLine = isList ? type != flatbuffers::ET_SEQUENCE && type != flatbuffers::ET_STRING
                    : isStruct(type, table);
  }
  void Element(size_t i, flatbuffers::ElementaryType type, const flatbuffers::TypeTable *table,
               const uint8_t *) override {
    separate(i);
    isLine = isStruct(type, table);
  }

  void UType(uint8_t x, const char *name) override { named(x, name); }
  void Bool(bool x) override { os << (x ? "true" : "false"); }
  void Int(int32_t x, const char *name) override { named(x, name); }
  void UInt(uint32_t x, const char *name) override { named(x, name); }
  void Long(int64_t x) override { os << x; }
  void Double(double x) override {
    if (!std::isfinite(x)) {
      os << "null";
      return;
    }
    char digits[32];
    os.write(digits, std::to_chars(digits, std::end(digits), x).ptr - digits);
  }
  void String(const flatbuffers::String *text) override {
    os << llvm::json::Value(llvm::json::fixUTF8({text->c_str(), text->size()}));
  }

private:
  static bool isStruct(flatbuffers::ElementaryType type, const flatbuffers::TypeTable *table) {
    return type == flatbuffers::ET_SEQUENCE && table->st == flatbuffers::ST_STRUCT;
  }
  template <class T> void named(T x, const char *name) {
    if (name)
      os << '"' << name << '"';
    else
      os << int64_t(x);
  }
  void newLine() { (os << '\n').indent(2 * unsigned(lines.size())); }
  void open(char bracket) {
    os << bracket;
    lines.push_back(isLine || (!lines.empty() && lines.back()));
    if (!lines.back())
      newLine();
  }
  void close(char bracket) {
    if (!lines.pop_back_val())
      newLine();
    os << bracket;
  }
  void separate(size_t before) {
    if (!before)
      return;
    os << ',';
    if (lines.back())
      os << ' ';
    else
      newLine();
  }

  llvm::raw_ostream &os;
  bool isLine = false;               // what comes next is one line
  llvm::SmallVector<bool, 16> lines; // for each open bracket: whether all of it is one line
};

} // namespace

void nnc::printProgram(const ProgramTables &tables, llvm::raw_ostream &os) {
  // Numbers that are 0 are written too, unlike what is handed to the runtime.
  flatbuffers::FlatBufferBuilder builder;
  builder.ForceDefaults(true);
  FinishProgramBuffer(builder, Program::Pack(builder, &tables.program));
  JsonWriter writer(os);
  flatbuffers::IterateFlatBuffer(builder.GetBufferPointer(), ProgramTypeTable(), &writer);
  os << '\n';
}
