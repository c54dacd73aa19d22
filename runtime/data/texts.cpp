// Texts in the cells of tables as numbers of their words or characters. The vocabulary is that of
// the training split alone, the most frequent first.
#include "runtime/data/columns.h"
#include "runtime/support/indices.h"
#include "runtime/support/utf8.h"

#include <algorithm>
#include <unordered_map>

namespace nnrt {

NN_PART(texts);

static const int firstNumber = 2; // 0: beyond the end, 1: not in the vocabulary

/// A part of a word: a letter, a digit, an apostrophe within, or any byte beyond ASCII.
static bool isOfWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         (unsigned char)c >= 0x80 || c == '\'';
}

/// The words of a text, in lower case (ASCII), or its characters.
static std::vector<std::string> piecesOf(const std::string &text, int32_t kind) {
  std::vector<std::string> pieces;
  for (size_t i = 0, end = 0; i < text.size(); i = end) {
    if (kind == NN_CHARACTERS) {
      for (end = i + 1; end < text.size() && ((unsigned char)text[end] & 0xC0) == 0x80;)
        ++end;
      pieces.push_back(text.substr(i, end - i));
      continue;
    }
    for (end = i; end < text.size() && isOfWord(text[end]);)
      ++end;
    if (end == i) {
      ++end;
      continue;
    }
    std::string word = text.substr(i, end - i);
    for (char &c : word)
      c = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
    pieces.push_back(std::move(word));
  }
  return pieces;
}

void numberTexts(const ColumnT &column, const Category &texts,
                 const std::vector<std::string> &vocabulary, ClassNumbers &numbers) {
  std::unordered_map<std::string, float> known;
  for (size_t i = 0; i < vocabulary.size(); ++i)
    known.emplace(vocabulary[i], float(i + firstNumber));
  numbers.isText = true;
  numbers.tokens.assign(texts.names.size(), std::vector<float>(size_t(column.size), 0));
  for (size_t t = 0; t < texts.names.size(); ++t) {
    const std::vector<std::string> pieces = piecesOf(texts.names[t], column.kind);
    for (size_t i = 0; i < std::min(pieces.size(), size_t(column.size)); ++i) {
      auto found = known.find(pieces[i]);
      numbers.tokens[t][i] = found == known.end() ? 1 : found->second;
    }
  }
}

void Columns::learnTexts(const DataT &data, const Parts &parts, const std::vector<int64_t> &train,
                         const Learned *given) {
  for (int32_t c : indices(data.columns)) {
    const ColumnT &column = data.columns[c];
    if (!isText(column))
      continue;
    const std::vector<std::string> *known = given ? given->classesOf(learnedName(column)) : nullptr;
    classes[size_t(c)] = known ? *known : std::vector<std::string>();
    if (!known && !train.empty()) {
      const Category &texts = *parts[0].source->texts(c);
      std::unordered_map<std::string, int64_t> counts;
      for (int64_t row : train)
        if (const int32_t code = texts.codes[size_t(parts[0].kept[size_t(row)])]; code >= 0)
          for (const std::string &piece : piecesOf(texts.names[size_t(code)], column.kind))
            ++counts[piece];
      std::vector<std::pair<int64_t, std::string>> order;
      for (const auto &[piece, count] : counts)
        order.emplace_back(-count, piece); // the most frequent first, then by the text
      std::sort(order.begin(), order.end());
      for (size_t i = 0; i < order.size() && i + firstNumber < size_t(column.most); ++i)
        classes[size_t(c)].push_back(order[i].second);
    }
    for (size_t p = 0; p < parts.size(); ++p)
      numberTexts(column, *parts[p].source->texts(c), classes[size_t(c)], numbers[p][size_t(c)]);
  }
}

} // namespace nnrt
