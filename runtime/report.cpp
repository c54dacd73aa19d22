// The report: one HTML file that needs nothing else, with settings, curves and results of a run.
#include "runtime/report.h"

#include "runtime/file.h"
#include "runtime/run.h"
#include "runtime/statements.h"
#include "runtime/tables.h"

#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace nnrt {

std::string htmlText(const std::string &text) {
  std::string out;
  for (char c : text)
    switch (c) {
    case '&':
      out += "&amp;";
      break;
    case '<':
      out += "&lt;";
      break;
    case '>':
      out += "&gt;";
      break;
    case '"':
      out += "&quot;";
      break;
    default:
      out += c;
    }
  return out;
}

static void row(std::string &html, const std::string &name, const std::string &value) {
  html += "<tr><th>" + htmlText(name) + "</th><td>" + htmlText(value) + "</td></tr>\n";
}

static std::string cpuName() {
  std::string name = "unknown";
  if (FILE *file = fopen("/proc/cpuinfo", "r")) {
    char line[512];
    while (fgets(line, sizeof line, file))
      if (!strncmp(line, "model name", 10) && strchr(line, ':')) {
        name = strchr(line, ':') + 2;
        name.erase(name.find_last_not_of("\n ") + 1);
        break;
      }
    fclose(file);
  }
  return name;
}

static void trainSection(std::string &html, const TrainRecord &record) {
  const nn_train &train = *record.statement;
  html += "<h2>train " + htmlText(record.model) + " on " + htmlText(record.data) + "</h2>\n<table>\n";
  row(html, "rows", grouped(record.trainRows) + " train, " + grouped(record.valRows) + " val, " +
                        grouped(record.testRows) + " test");
  row(html, "batch", grouped(record.batch));
  row(html, "steps", grouped(record.steps) + " of " + grouped(record.totalSteps) + ", " +
                         grouped(record.stepsPerEpoch) + " in an epoch");
  row(html, "time", duration(record.seconds) + (record.steps ? ", " + number(double(record.steps) / record.seconds) +
                                                                   " steps/s"
                                                             : ""));
  row(html, "threads", std::to_string(record.threads));
  if (train.has_keep && record.kept.seen)
    row(html, "kept", "epoch " + std::to_string(record.kept.epoch + 1) + ": " + watchName(train.keep, train.metrics) +
                          " " + number(record.kept.best));
  if (record.stoppedEarly)
    row(html, "stopped early", watchName(train.stop, train.metrics) + " did not improve after epoch " +
                                   std::to_string(record.stop.epoch + 1));
  html += "</table>\n";
  if (record.epochs == 0)
    return;
  const EpochRecord &last = record.last;
  html += "<table class=\"grid\">\n<tr><th></th><th>train</th>" + std::string(last.val.empty() ? "" : "<th>val</th>") +
          "</tr>\n";
  for (size_t i = 0; i < last.train.size(); ++i) {
    if (i && train.metrics[i - 1].rank != 0)
      continue;
    html += "<tr><th>" + std::string(i ? htmlText(train.metrics[i - 1].name) : "loss") + ", last epoch</th><td>" +
            number(last.train[i]) + "</td>" + (last.val.empty() ? "" : "<td>" + number(last.val[i]) + "</td>") +
            "</tr>\n";
  }
  html += "</table>\n<div class=\"curves\">\n";
  for (size_t i = 0; i < last.train.size(); ++i) {
    if (i && train.metrics[i - 1].rank != 0)
      continue;
    std::vector<Curve> curves = {{"train", {}}};
    if (!last.val.empty())
      curves.push_back({"val", {}});
    for (size_t row = 0; row < record.history.rows(); ++row)
      for (size_t side = 0; side < curves.size(); ++side)
        curves[side].values.push_back(record.history.value(row, 1 + side * last.train.size() + i));
    html += curvesSvg(i ? train.metrics[i - 1].name : "loss", curves, record.history.stride(),
                      train.has_keep && record.kept.seen ? record.kept.epoch : -1);
  }
  html += "</div>\n";
}

static void evaluateSection(std::string &html, const EvaluateRecord &record) {
  html += "<h2>evaluate " + htmlText(record.model) + " on " + htmlText(record.data) + "</h2>\n<table>\n";
  row(html, "rows", grouped(record.rows));
  for (const EvaluateRecord::Value &value : record.metrics)
    if (value.shape.empty())
      row(html, value.name, number(value.values[0]));
  html += "</table>\n";
  for (const EvaluateRecord::Value &value : record.metrics) {
    if (value.shape.size() != 2) {
      if (!value.shape.empty())
        html += "<p>" + htmlText(value.name) + ": " + htmlText(nested(value.values, value.shape)) + "</p>\n";
      continue;
    }
    size_t rows = size_t(value.shape[0]), columns = size_t(value.shape[1]);
    auto heading = [&](size_t i, size_t of) {
      return htmlText(record.classes.size() == of ? record.classes[i] : std::to_string(i));
    };
    html += "<p>" + htmlText(value.name) + "</p>\n<table class=\"grid\">\n<tr><th></th>";
    for (size_t c = 0; c < columns; ++c)
      html += "<th>" + heading(c, columns) + "</th>";
    html += "</tr>\n";
    for (size_t r = 0; r < rows; ++r) {
      double sum = 0;
      for (size_t c = 0; c < columns; ++c)
        sum += std::fabs(value.values[r * columns + c]);
      html += "<tr><th>" + heading(r, rows) + "</th>";
      for (size_t c = 0; c < columns; ++c) {
        double share = sum > 0 ? std::fabs(value.values[r * columns + c]) / sum : 0;
        html += format("<td style=\"background:rgba(%s,%.2f)\">", r == c ? "40,120,200" : "200,60,40", share * 0.6) +
                number(value.values[r * columns + c]) + "</td>";
      }
      html += "</tr>\n";
    }
    html += "</table>\n";
  }
}

Status runReport(Run &run, const nn_report &report) {
  const nn_program &program = run.program;
  std::string html = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>" +
                     htmlText(program.name) +
                     "</title>\n<style>\n"
                     "body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}\n"
                     "h1,h2{font-weight:600}pre{white-space:pre-wrap;color:#555}\n"
                     "table{border-collapse:collapse;margin:.5rem 0 1rem}th{text-align:left;font-weight:500;color:#555}\n"
                     "th,td{padding:.15rem .8rem .15rem 0}.grid th,.grid td{padding:.2rem .6rem;text-align:right;"
                     "border:1px solid #ddd}\n"
                     ".curves{display:flex;flex-wrap:wrap;gap:1rem}svg text{font:11px system-ui,sans-serif;fill:#555}\n"
                     "</style>\n</head>\n<body>\n<h1>" +
                     htmlText(program.name) + "</h1>\n";
  if (program.doc && *program.doc)
    html += "<pre>" + htmlText(program.doc) + "</pre>\n";

  html += "<h2>settings</h2>\n<table>\n";
  for (int32_t i = 0; i < program.n_options; ++i)
    row(html, program.options[i].name, number(run.flags.options[i]));
  row(html, "seed", std::to_string(run.engine.seed()));
  row(html, "elements", program.elements);
  for (const nn_model *model : shownModels(program)) {
    int64_t count = 0;
    nn_range range = model->tensors;
    for (int32_t t = range.first; t < range.first + range.count; ++t)
      if (program.tensors[t].kind == NN_PARAMETER)
        count += run.engine.tensorElements(t);
    row(html, std::string("parameters of ") + model->name, grouped(count));
  }
  row(html, "machine", cpuName() + ", " + std::to_string(availableCores()) + " cores, " +
                           std::to_string(run.engine.maxThreads()) + " threads");
  row(html, "data loaded in", duration(run.loadSeconds));
  if (run.firstStepSeconds >= 0)
    row(html, "first step done after", duration(run.firstStepSeconds));
  row(html, "time since the start", duration(now() - run.startSeconds));
  time_t today = time(nullptr);
  char date[64];
  struct tm local;
  if (localtime_r(&today, &local) && strftime(date, sizeof date, "%Y-%m-%d %H:%M", &local))
    row(html, "written", date);
  html += "</table>\n";
  for (const TrainRecord &record : run.trained)
    trainSection(html, record);
  for (const EvaluateRecord &record : run.evaluated)
    evaluateSection(html, record);
  html += "</body>\n</html>\n";
  NN_TRY(writeFile(report.path, {{html.data(), html.size()}}).at(report.where));
  run.progress.note(std::string("wrote ") + report.path);
  return Status();
}

} // namespace nnrt
