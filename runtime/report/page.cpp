// Pieces of HTML that every part of the report uses.
#include "runtime/report/page.h"

namespace nnrt {

void Page::card(const std::string &title, const Facts &facts) {
  if (facts.empty())
    return;
  html += "<div class=\"card\">\n<h3>" + htmlText(title) + "</h3>\n<dl class=\"facts\">\n";
  for (const auto &[name, value] : facts)
    html += "<dt>" + htmlText(name) + "</dt><dd>" + htmlText(value) + "</dd>\n";
  html += "</dl>\n</div>\n";
}

void Page::table(const Table &table) {
  html += "<p class=\"caption\">" + htmlText(table.caption) + "</p>\n";
  // A box that scrolls can be reached with the keyboard.
  html += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"" + htmlText(table.caption) + "\">\n<table" +
          (table.kind.empty() ? std::string() : " class=\"" + table.kind + "\"") + ">\n<thead><tr>";
  for (const std::string &name : table.head)
    html += name.empty() ? std::string("<td></td>") : "<th scope=\"col\">" + htmlText(name) + "</th>";
  html += "</tr></thead>\n<tbody>\n";
  for (size_t r = 0; r < table.rows.size(); ++r) {
    html += r < table.classes.size() && !table.classes[r].empty() ? "<tr class=\"" + table.classes[r] + "\">" : std::string("<tr>");
    for (size_t c = 0; c < table.rows[r].size(); ++c)
      html += c ? (table.rows[r][c].compare(0, 3, "<td") ? "<td>" + table.rows[r][c] + "</td>" : table.rows[r][c])
                : "<th scope=\"row\">" + table.rows[r][c] + "</th>";
    html += "</tr>\n";
  }
  html += "</tbody>\n</table>\n</div>\n";
}

void Page::plots(const std::vector<std::string> &svgs) {
  std::string all;
  for (const std::string &svg : svgs)
    if (!svg.empty())
      all += "<figure>" + svg +
             (svg.find("class=\"curves\"") == std::string::npos ? "" : "<div class=\"values\">point at a curve for its values</div>") +
             "</figure>\n";
  if (!all.empty())
    html += "<div class=\"plots\">\n" + all + "</div>\n";
}

} // namespace nnrt
