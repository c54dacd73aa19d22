// The report's part with the program's text, and the entries of its statements as they are written.
#include "runtime/report/page.h"

#include <algorithm>

namespace nnrt {

void addProgram(Page &page, const std::string &text) {
  if (text.empty())
    return;
  std::string whole = text;
  whole.erase(std::remove(whole.begin(), whole.end(), '\r'), whole.end());
  while (!whole.empty() && whole.back() == '\n')
    whole.pop_back();
  if (const size_t first = whole.find_first_not_of(" \t\n");
      first != std::string::npos && first) // a session's input starts after many lines
    whole.erase(0, whole.rfind('\n', first) + 1);
  page.section("The program");
  const int64_t lines = std::count(whole.begin(), whole.end(), '\n') + 1;
  page.fold("its text, " + counted(lines, "line"));
  // HTML drops a newline directly after the tag.
  page.html += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"the "
               "program\"><pre><code>\n" +
               htmlText(whole) + "</code></pre></div>\n";
  page.endFold();
}

Page::Facts statementFacts(const TrainT &train) {
  Page::Facts facts;
  for (const EntryT &entry : train.entries)
    facts.emplace_back(entry.name, entry.text);
  return facts;
}

} // namespace nnrt
