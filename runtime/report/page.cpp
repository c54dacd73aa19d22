// Pieces of HTML that every part of the report uses.
#include "runtime/report/page.h"

#include <algorithm>

namespace nnrt {

static const size_t longTable = 24, shownOfLong = 12; // rows

std::string Page::entry(int level, const std::string &title) {
  std::string id;
  for (char c : title) { // characters that a link can contain without an escape
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    const char lower = c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
    if (plain || lower != c)
      id += lower;
    else if (!id.empty() && id.back() != '-')
      id += '-';
  }
  while (!id.empty() && id.back() == '-')
    id.pop_back();
  if (id.empty())
    id = "part";
  auto taken = [&](const std::string &name) {
    return std::any_of(contents.begin(), contents.end(),
                       [&](const Entry &e) { return e.id == name; });
  };
  std::string unique = id;
  for (int n = 2; taken(unique); ++n)
    unique = id + "-" + std::to_string(n);
  contents.push_back({level, unique, title});
  return unique;
}

void Page::card(const std::string &title, const Facts &facts) {
  if (facts.empty())
    return;
  html += "<div class=\"card\">\n<p class=\"title\">" + htmlText(title) +
          "</p>\n<dl class=\"facts\">\n";
  for (const auto &[name, value] : facts)
    html += "<dt>" + htmlText(name) + "</dt><dd>" + htmlText(value) + "</dd>\n";
  html += "</dl>\n</div>\n";
}

void Page::cards(const std::vector<std::pair<std::string, Facts>> &list) {
  if (std::all_of(list.begin(), list.end(), [](const auto &card) { return card.second.empty(); }))
    return;
  html += "<div class=\"cards\">\n";
  for (const auto &[title, facts] : list)
    card(title, facts);
  html += "</div>\n";
}

/// Rows `first` … `end` - 1, below the table's head.
void Page::rows(const Table &table, size_t first, size_t end) {
  // A scrolling box must be reachable with the keyboard.
  html += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" +
          htmlText(table.caption) + "\">\n<table" +
          (table.kind.empty() ? std::string() : " class=\"" + table.kind + "\"") + ">\n<thead><tr>";
  for (const std::string &name : table.head)
    html +=
        name.empty() ? std::string("<td></td>") : "<th scope=\"col\">" + htmlText(name) + "</th>";
  html += "</tr></thead>\n<tbody>\n";
  for (size_t r = first; r < end; ++r) {
    html += r < table.classes.size() && !table.classes[r].empty()
                ? "<tr class=\"" + table.classes[r] + "\">"
                : std::string("<tr>");
    for (size_t c = 0; c < table.rows[r].size(); ++c)
      html += c ? (table.rows[r][c].compare(0, 3, "<td") ? "<td>" + table.rows[r][c] + "</td>"
                                                         : table.rows[r][c])
                : "<th scope=\"row\">" + table.rows[r][c] + "</th>";
    html += "</tr>\n";
  }
  html += "</tbody>\n</table>\n</div>\n";
}

void Page::table(const Table &table) {
  const size_t count = table.rows.size();
  const bool heat = table.kind == "heat";
  if (count > longTable && heat) {
    fold(table.caption + " (" + counted(int64_t(count), "row") + ")");
    rows(table, 0, count);
    return endFold();
  }
  html += "<p class=\"caption\">" + htmlText(table.caption) + "</p>\n";
  rows(table, 0, count > longTable ? shownOfLong : count);
  if (count <= longTable)
    return;
  fold("the other " + counted(int64_t(count - shownOfLong), "row"));
  rows(table, shownOfLong, count);
  endFold();
}

void Page::plots(const std::vector<std::string> &svgs) {
  std::string all;
  for (const std::string &svg : svgs)
    if (!svg.empty())
      all += "<figure>" + svg +
             (svg.find("class=\"curves\"") == std::string::npos
                  ? ""
                  : "<div class=\"values\">point at a curve for its values</div>") +
             "</figure>\n";
  if (!all.empty())
    html += "<div class=\"plots\">\n" + all + "</div>\n";
}

} // namespace nnrt
