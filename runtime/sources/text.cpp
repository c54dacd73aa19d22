// Reads texts, character by character: an example is a sequence of characters and, for each, the
// one that follows. Examples do not overlap, so nothing that one split learns is in another.
// Characters are numbered in the order of their code points.
#include "runtime/sources/text_file.h"

#include "runtime/sources/text_bytes.h"
#include "runtime/support/utf8.h"

#include <algorithm>

namespace nnrt {

namespace {

class TextSource : public Source {
public:
  void fill(int column, const int64_t *selected, int64_t count, Elements out) const override {
    for (int64_t r = 0; r < count; ++r)
      for (int64_t i = 0; i < length; ++i)
        out.set(r * length + i, file.codes[selected[r] * length + i + isNext[column]]);
  }
  const Category *category(int) const override { return &characters; }
  bool isCompact() const override { return true; }
  void forget() override { std::vector<uint16_t>().swap(file.codes); }
  std::string place(int64_t row) const override {
    return format("%s, characters %lld to %lld", path.c_str(), (long long)(row * length + 1),
                  (long long)((row + 1) * length));
  }

  std::string path;
  TextFile file;
  Category characters; // without codes: every character occurs
  int64_t length = 0;
  std::vector<int> isNext; // for each request: 1 for y
};

} // namespace

Status readText(const std::string &path, int32_t encoding, TextFile &text) {
  std::string contents;
  bool cut;
  NN_TRY(readText(path, encoding, contents, SIZE_MAX, cut));
  std::vector<uint32_t> points;
  size_t at = contents.compare(0, 3, "\xef\xbb\xbf") == 0 ? 3 : 0; // a byte order mark
  while (at < contents.size()) {
    uint32_t code;
    at += firstCharacter(std::string_view(contents).substr(at), code);
    points.push_back(code);
  }
  std::vector<uint32_t> seen = points;
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  if (seen.size() > 65536)
    return Status::error(format("%s has %zu different characters; up to 65,536 are expected",
                                path.c_str(), seen.size()));
  text.characters.clear();
  for (uint32_t code : seen) {
    std::string character;
    addCharacter(character, code);
    text.characters.push_back(character);
  }
  text.codes.resize(points.size());
  for (size_t i = 0; i < points.size(); ++i)
    text.codes[i] = uint16_t(std::lower_bound(seen.begin(), seen.end(), points[i]) - seen.begin());
  return Status();
}

Status textRows(const std::string &path, const TextFile &text, int64_t length, int64_t &rows) {
  rows = (int64_t(text.codes.size()) - 1) /
         length; // the last character of an example needs a next one
  if (rows < 1)
    return Status::error(format("%s has %s, but an example of %lld needs one more", path.c_str(),
                                counted(int64_t(text.codes.size()), "character").c_str(),
                                (long long)length));
  return Status();
}

NN_PART(NN_TEXT);

Status openText(const SourceSpec &spec, const std::vector<ColumnRequest> &columns,
                std::unique_ptr<Source> &result) {
  const SourceT &source = *spec.source;
  std::unique_ptr<TextSource> opened(new TextSource);
  NN_TRY(findFile(source.path, spec.folders, opened->path).at(source.where));
  NN_TRY(readText(opened->path, source.encoding, opened->file).at(source.where));
  NN_TRY(checkClasses(spec, opened->file.characters.size(), opened->path, "different character"));
  if (!source.characters.empty() && source.characters != opened->file.characters)
    return Status::error(opened->path + " has other characters than the text that the program was "
                                        "compiled with, which it turns into numbers: compile it "
                                        "again")
        .at(source.where);
  opened->length = source.length;
  NN_TRY(textRows(opened->path, opened->file, source.length, opened->rows).at(source.where));
  opened->characters.names = opened->file.characters;
  for (const ColumnRequest &column : columns) {
    if (column.name != "x" && column.name != "y")
      return Status::error("a text has `x` and `y`, there is no `" + column.name + "`")
          .at(column.where);
    NN_TRY(checkColumnSize(column, source.length, opened->path).at(column.where));
    opened->isNext.push_back(column.name == "y");
  }
  result = std::move(opened);
  return Status();
}

} // namespace nnrt
