// Writes the report: one self-contained HTML file with settings, curves and results of a run.
#include "runtime/files/file.h"
#include "runtime/report/page.h"
#include "runtime/support/indices.h"

#include <algorithm>
#include <cstring>
#include <ctime>

namespace nnrt {

static const char pageStyle[] =
#include "runtime/report/page.css.inc"
    ;
static const char pageScript[] =
#include "runtime/report/page.js.inc"
    ;

/// Links to the headings; nothing if there is at most one.
static std::string contentsHtml(const Page &page) {
  if (page.contents.size() < 2)
    return "";
  std::string html = "<nav class=\"contents\" aria-label=\"Contents\">\n<ul>\n";
  for (const Page::Entry &entry : page.contents)
    html += std::string(entry.level > 1 ? "<li class=\"below\">" : "<li>") + "<a href=\"#" +
            entry.id + "\">" + htmlText(entry.title) + "</a></li>\n";
  return html + "</ul>\n</nav>\n";
}

std::string wholePage(const std::string &title, const std::string &intro, const Page &page) {
  // The page needs no network, and tells the browser so.
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src "
         "data:; style-src 'unsafe-inline'; "
         "script-src 'unsafe-inline'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<link "
         "rel=\"icon\" href=\"data:,\">\n<title>" +
         htmlText(title) + ": report</title>\n<style>" + pageStyle +
         "</style>\n</head>\n<body>\n<main>\n<h1>" + htmlText(title) + "</h1>\n" + intro +
         contentsHtml(page) + page.html + "</main>\n<script>" + pageScript +
         "</script>\n</body>\n</html>\n";
}

// Weak: a trainer links them only if its program has experiments (NN_PART beside each).
[[gnu::weak]] void addComparison(Page &, const Group &, const std::vector<EvaluateRecord> &,
                                 const SearchRecord *);
[[gnu::weak]] void addSearch(Page &, const SearchRecord &);

/// The trainings of one group, with those of one train statement together, because their values
/// have the same names.
static std::vector<Group> groupsOf(const Run &run, const TrainRecord &of) {
  std::vector<Group> groups;
  for (const TrainRecord &record : run.trained) {
    if (record.group != of.group || record.groupPlace != of.groupPlace)
      continue;
    auto same = std::find_if(groups.begin(), groups.end(), [&](const Group &g) {
      return g[0]->statement->where == record.statement->where;
    });
    if (same == groups.end())
      same = groups.insert(groups.end(), Group());
    same->push_back(&record);
  }
  return groups;
}

static void addGroup(Page &page, const Run &run, const TrainRecord &of) {
  const SearchRecord *search = nullptr;
  for (const SearchRecord &one : run.searched)
    if (one.place == of.groupPlace)
      search = &one;
  const std::vector<Group> groups = groupsOf(run, of);
  for (const Group &group : groups) {
    page.section(
        of.group + ": " +
        (groups.size() > 1 ? "train " + group[0]->model + " on " + group[0]->data + ", " : "") +
        (search ? "the best trial, " : "") + counted(int64_t(group.size()), "run"));
    // The goal of a search is a value of the statement that it judges.
    addComparison(page, group, run.evaluated, search && group[0]->judged ? search : nullptr);
  }
}

std::string reportHtml(const Run &run, const ReportT &report) {
  const ProgramT &program = run.program;
  std::string intro;
  if (!program.doc.empty())
    intro += "<p class=\"doc\">" + htmlText(program.doc) + "</p>\n";
  time_t today = time(nullptr);
  char date[64];
  struct tm local;
  if (localtime_r(&today, &local) && strftime(date, sizeof date, "%Y-%m-%d %H:%M", &local))
    intro += std::string("<p>Written ") + date + ".</p>\n";
  Page page;
  page.section("The run");
  addSetup(page, run);
  addProgram(page, report.text);
  std::vector<int64_t> elements;
  for (int32_t t : indices(program.tensors))
    elements.push_back(run.engine.arena.elements(t));
  addNetworks(page, program, elements);
  std::vector<std::string> groups;
  for (const TrainRecord &record : run.trained) {
    if (record.group.empty()) {
      addTraining(page, record);
      continue;
    }
    if (std::find(groups.begin(), groups.end(), record.groupPlace) != groups.end())
      continue;
    groups.push_back(record.groupPlace);
    addGroup(page, run, record);
  }
  for (const SearchRecord &search : run.searched)
    addSearch(page, search);
  for (const EvaluateRecord &record : run.evaluated)
    if (record.group.empty())
      addEvaluation(page, record);
  return wholePage(program.name, intro, page);
}

static Status runReport(Run &run, const StatementT &statement, Counts &) {
  const ReportT &report = as<ReportT>(statement);
  const std::string html = reportHtml(run, report);
  NN_TRY(writeFile(report.path, {{html.data(), html.size()}}).at(report.where));
  run.progress.note(std::string("wrote ") + report.path);
  return Status();
}
NN_EXECUTES(NN_STMT_REPORT, runReport);

} // namespace nnrt
