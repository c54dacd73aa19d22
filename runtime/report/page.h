// The report as HTML text: its parts, each of which appends to the page.
#pragma once

#include "runtime/report/plots.h"
#include "runtime/run.h"

#include <string>
#include <vector>

namespace nnrt {

/// HTML under construction. Everything given as text is escaped here.
struct Page {
  std::string html;

  void section(const std::string &title) { html += "<h2>" + htmlText(title) + "</h2>\n"; }
  void heading(const std::string &title) { html += "<h3>" + htmlText(title) + "</h3>\n"; }
  void paragraph(const std::string &text) { html += "<p>" + htmlText(text) + "</p>\n"; }
  /// A card of facts: a name and what is said of it; nothing for no facts.
  using Facts = std::vector<std::pair<std::string, std::string>>;
  void card(const std::string &title, const Facts &facts);
  /// A table that scrolls in its own box. Cells are HTML; a row that begins with a class name in `classes` has that class.
  struct Table {
    std::string caption;
    std::vector<std::string> head;              // escaped here
    std::vector<std::vector<std::string>> rows; // HTML; the first cell is a heading
    std::vector<std::string> classes;           // of rows; may be shorter
    std::string kind;                           // class of the table
  };
  void table(const Table &table);
  /// Plots side by side.
  void plots(const std::vector<std::string> &svgs);
};

// The parts, in the order of the page.
void addSetup(Page &page, const Run &run);                                         // setup.cpp
void addComparison(Page &page, const std::vector<const TrainRecord *> &group, const std::vector<EvaluateRecord> &evaluated); // comparison.cpp
void addSearch(Page &page, const SearchRecord &search);                            // comparison.cpp
void addTraining(Page &page, const TrainRecord &record);                           // training.cpp
void addMonitored(Page &page, const TrainRecord &record);                          // layers.cpp
void addEvaluation(Page &page, const EvaluateRecord &record);                      // evaluation.cpp

/// A page around `body`, which is HTML.
std::string wholePage(const std::string &title, const std::string &body);
/// The report of a run.
std::string reportHtml(const Run &run);

/// Grey or RGB pixels (channels 1 or 3) as a PNG file, and any bytes as base64.
std::string pngFile(int32_t width, int32_t height, int32_t channels, const std::vector<uint8_t> &pixels);
std::string base64(const std::string &bytes);

} // namespace nnrt
