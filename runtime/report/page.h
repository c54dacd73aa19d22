// The report as HTML text: its parts, each of which appends to the page.
#pragma once

#include "runtime/report/plots.h"
#include "runtime/run/run.h"

#include <functional>
#include <string>
#include <vector>

namespace nnrt {

/// HTML under construction. Everything given as text is escaped here.
struct Page {
  std::string html;
  /// Its headings, for the list of contents; `level` 2 is below the 1 before it.
  struct Entry {
    int level;
    std::string id, title;
  };
  std::vector<Entry> contents;

  void section(const std::string &title) {
    html += "<h2 id=\"" + entry(1, title) + "\">" + htmlText(title) + "</h2>\n";
  }
  void heading(const std::string &title) {
    html += "<h3 id=\"" + entry(2, title) + "\">" + htmlText(title) + "</h3>\n";
  }
  void paragraph(const std::string &text) { html += "<p>" + htmlText(text) + "</p>\n"; }
  /// The contents between fold() and its end are shown when the reader opens them.
  void fold(const std::string &summary) {
    html += "<details>\n<summary>" + htmlText(summary) + "</summary>\n";
  }
  void endFold() { html += "</details>\n"; }
  /// A card of facts, each a name and a value; nothing if there are no facts.
  using Facts = std::vector<std::pair<std::string, std::string>>;
  void card(const std::string &title, const Facts &facts);
  /// Cards side by side; nothing if all are empty.
  void cards(const std::vector<std::pair<std::string, Facts>> &list);
  /// A table that scrolls in its own box. Cells are HTML; a row that begins with a class name in
  /// `classes` has that class.
  struct Table {
    std::string caption;
    std::vector<std::string> head;              // escaped here
    std::vector<std::vector<std::string>> rows; // HTML; the first cell is a heading
    std::vector<std::string> classes;           // of rows; may be shorter
    std::string kind;                           // class of the table
  };
  /// Shows the first rows of a long table and folds the others; a heat map is folded as a whole.
  void table(const Table &table);
  /// Plots side by side.
  void plots(const std::vector<std::string> &svgs);

private:
  /// Records a heading. Returns its id, which is unique.
  std::string entry(int level, const std::string &title);
  void rows(const Table &table, size_t first, size_t end);
};

/// The trainings of one train statement in the runs of a compare or search, or the members of an
/// ensemble.
using Group = std::vector<const TrainRecord *>;

// The parts, in the order of the page.
void addSetup(Page &page, const Run &run);            // setup.cpp
void addProgram(Page &page, const std::string &text); // program.cpp
void addNetworks(Page &page, const ProgramT &program,
                 const std::vector<int64_t> &elements); // network.cpp
/// `search` may be null; if not, its goal ranks the runs.
void addComparison(Page &page, const Group &group, const std::vector<EvaluateRecord> &evaluated,
                   const SearchRecord *search = nullptr); // comparison.cpp
/// A plot with `count` curves for each value of a train statement; `of` is one of its records.
/// `ending`: the end of the plots' titles.
void addCurves(
    Page &page, const TrainRecord &of, size_t count, const std::string &ending,
    const std::function<Curve(bool val, size_t value, size_t index)> &curve); // comparison.cpp
/// Means and deviations, if runs were made on several folds or from several seeds.
void addMeans(Page &page, const Group &group, const std::vector<EvaluateRecord> &evaluated,
              const SearchRecord *search);                    // means.cpp
void addSearch(Page &page, const SearchRecord &search);       // search.cpp
void addTraining(Page &page, const TrainRecord &record);      // training.cpp
void addMonitored(Page &page, const TrainRecord &record);     // layers.cpp
void addEvaluation(Page &page, const EvaluateRecord &record); // evaluation.cpp
void addResiduals(Page &page, const EvaluateRecord &record);  // residual_plots.cpp

/// The entries of a train statement, as they are written: its loss, its optimizer …
Page::Facts statementFacts(const TrainT &train);

/// A page around `intro`, which is HTML, a list of contents, and `page`.
std::string wholePage(const std::string &title, const std::string &intro, const Page &page);
/// The report of a run.
std::string reportHtml(const Run &run, const ReportT &report);

/// Grey or RGB pixels (channels 1 or 3) as a PNG file, and any bytes as base64.
std::string pngFile(int32_t width, int32_t height, int32_t channels,
                    const std::vector<uint8_t> &pixels);
std::string base64(const std::string &bytes);

} // namespace nnrt
