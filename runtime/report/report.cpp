// The report: one HTML file that needs nothing else, with settings, curves and results of a run.
#include "runtime/file.h"
#include "runtime/report/page.h"

#include <algorithm>
#include <ctime>

namespace nnrt {

static const char pageStyle[] =
#include "runtime/report/page.css.inc"
    ;
static const char pageScript[] =
#include "runtime/report/page.js.inc"
    ;

std::string wholePage(const std::string &title, const std::string &body) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<link rel=\"icon\" href=\"data:,\">\n<title>" +
         htmlText(title) + ": report</title>\n<style>" + pageStyle + "</style>\n</head>\n<body>\n<main>\n<h1>" + htmlText(title) +
         "</h1>\n" + body + "</main>\n<script>" + pageScript + "</script>\n</body>\n</html>\n";
}

std::string reportHtml(const Run &run) {
  const nn_program &program = run.program;
  Page page;
  if (program.doc && *program.doc)
    page.html += "<p class=\"doc\">" + htmlText(program.doc) + "</p>\n";
  time_t today = time(nullptr);
  char date[64];
  struct tm local;
  if (localtime_r(&today, &local) && strftime(date, sizeof date, "%Y-%m-%d %H:%M", &local))
    page.paragraph(std::string("Written ") + date + ".");
  addSetup(page, run);
  std::vector<std::string> groups;
  for (const TrainRecord &record : run.trained) {
    if (record.group.empty()) {
      addTraining(page, record);
      continue;
    }
    if (std::find(groups.begin(), groups.end(), record.group) != groups.end())
      continue;
    groups.push_back(record.group);
    std::vector<const TrainRecord *> group;
    for (const TrainRecord &other : run.trained)
      if (other.group == record.group)
        group.push_back(&other);
    addComparison(page, group, run.evaluated);
  }
  for (const SearchRecord &search : run.searched)
    addSearch(page, search);
  for (const EvaluateRecord &record : run.evaluated)
    if (record.group.empty())
      addEvaluation(page, record);
  return wholePage(program.name, page.html);
}

Status runReport(Run &run, const nn_report &report) {
  const std::string html = reportHtml(run);
  NN_TRY(writeFile(report.path, {{html.data(), html.size()}}).at(report.where));
  run.progress.note(std::string("wrote ") + report.path);
  return Status();
}

} // namespace nnrt
