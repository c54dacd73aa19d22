// Tests of parts of the report that need records of many kinds: comparisons, searches, pictures. If
// NNC_PAGE is set, the page of the first test is written to that path, for a browser.
#include "runtime/files/file.h"
#include "runtime/report/page.h"

#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <zlib.h>

using namespace nnrt;

namespace {

const TrainT theTrain = [] {
  TrainT t;
  t.metrics.emplace_back();
  t.metrics[0].name = "accuracy";
  t.metrics[0].direction = NN_HIGHEST;
  return t;
}();

/// A run that learns at the given speed.
TrainRecord madeUp(const std::string &variant, double speed) {
  TrainRecord r;
  r.statement = &theTrain;
  r.model = "net";
  r.data = "digits";
  r.group = "compare activations";
  r.variant = variant;
  r.trainRows = 300;
  r.valRows = 100;
  r.steps = r.totalSteps = 200;
  r.stepsPerEpoch = 10;
  r.seconds = 2 * speed;
  for (int e = 0; e < 20; ++e) {
    double loss = 2 * std::exp(-e * speed / 5);
    r.last.train = {loss, 1 - loss / 2.2};
    r.last.val = {loss * 1.1 + 0.02, 1 - loss / 2};
    r.history.add(e, r.last);
    ++r.epochs;
  }
  return r;
}

std::string comparison() {
  std::vector<TrainRecord> records = {madeUp("act = sigmoid", 0.3), madeUp("act = tanh", 1),
                                      madeUp("act = relu", 2),
                                      madeUp("a <b> \"c\" & " + std::string(60, 'x'), 0.5)};
  std::vector<const TrainRecord *> group;
  for (const TrainRecord &record : records)
    group.push_back(&record);
  std::vector<EvaluateRecord> tests(1);
  tests[0].model = "net";
  tests[0].data = "digits.test";
  tests[0].group = "compare activations";
  tests[0].variant = "act = tanh";
  tests[0].rows = 10;
  tests[0].metrics = {{"accuracy", {}, {0.875}}};
  Page page;
  addComparison(page, group, tests);
  return page.html;
}

SearchRecord search() {
  SearchRecord s;
  s.name = "best";
  s.method = "tpe";
  s.goal = "val.loss";
  s.variables = {"units", "rate", "act"};
  s.trials = {{{"8", "0.001", "relu"}, 0.5, 0.1, 1.5, 20},
              {{"16", "0.1", "tanh"}, 0.25, 0.05, 2, 20},
              {{"32", "1e-05", "relu"}, NAN, 0, 3, 2}};
  s.best = 1;
  s.folds = 5;
  return s;
}

/// Two rates on three folds each: the better one is worse on one of them.
std::string folds(const SearchRecord *search) {
  std::vector<TrainRecord> records;
  for (const char *rate : {"0.1", "0.2"})
    for (int fold = 1; fold <= 3; ++fold) {
      records.push_back(madeUp("", (*(rate + 2) == '1' ? 0.5 : 0.9) + 0.1 * fold));
      records.back().trial = std::string("rate = ") + rate;
      records.back().variant = records.back().trial + format(", fold %d of 3", fold);
      records.back().repeated = true;
      records.back().choices = {{"rate", rate}};
    }
  Group group;
  for (const TrainRecord &record : records)
    group.push_back(&record);
  Page page;
  addComparison(page, group, {}, search);
  return page.html;
}

/// Predictions of y = 0, 1, 2 … that are 0.5 too high, except for one.
EvaluateRecord numbers(int rows) {
  EvaluateRecord e;
  e.model = "net";
  e.data = "homes.test";
  e.rows = rows;
  e.residuals.resize(1);
  e.residuals[0].name = "y<1>";
  e.residuals[0].stride = (rows + 999) / 1000;
  for (int i = 0; i < rows; ++i)
    e.residuals[0].add(i % 97, i % 97 + (i == 7 ? -100 : 0.5), i);
  for (int i = 0; i < 3; ++i)
    e.misses.push_back({"homes.csv:" + std::to_string(9 + i), {7}, {7 + i - 100.0}, 100.0 - i});
  return e;
}

bool has(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

} // namespace

TEST(Comparison, RunsSideBySide) {
  std::string html = comparison();
  // Ranked by validation accuracy: relu, tanh, …; the first row is marked.
  size_t relu = html.find("</span>act = relu</th>"), tanh = html.find("</span>act = tanh</th>"),
         sigmoid = html.find("</span>act = sigmoid</th>");
  EXPECT_LT(relu, tanh);
  EXPECT_LT(tanh, sigmoid);
  EXPECT_LT(html.find("<tr class=\"best\">"), relu);
  EXPECT_TRUE(has(html, "<td>0.875</td>")) << "the evaluation of one run";
  // Four plots of four curves, each in its run's colour.
  size_t curves = 0;
  for (size_t at = 0; (at = html.find("<g data-name=", at)) != std::string::npos; ++at)
    ++curves;
  EXPECT_EQ(curves, 16u);
  for (const char *plot : {"val.loss", "val.accuracy", "train.loss", "train.accuracy"})
    EXPECT_TRUE(has(html, std::string("aria-label=\"") + plot + " over epochs\"")) << plot;
  EXPECT_TRUE(has(html, "a &lt;b&gt; &quot;c&quot; &amp; "));
  EXPECT_FALSE(has(html, "<b> \"c\""));
}

TEST(Comparison, RunsWithoutEpochs) {
  TrainRecord none = madeUp("failed", 1);
  none.history = History();
  none.last = EpochRecord();
  none.epochs = 0;
  none.seconds = 0;
  TrainRecord good = madeUp("good", 1);
  Page page;
  addComparison(page, {&none, &good}, {});
  EXPECT_LT(page.html.find("</span>good</th>"), page.html.find("</span>failed</th>"))
      << "what failed is last";
  EXPECT_TRUE(has(page.html, "<td>–</td>"));
}

TEST(Search, TrialsAreRanked) {
  Page page;
  addSearch(page, search());
  EXPECT_TRUE(has(page.html, "search best by tpe: 3 trials"));
  EXPECT_TRUE(has(page.html, "the mean over 5 folds"));
  EXPECT_LT(page.html.find("2 ★</th>"), page.html.find("<th scope=\"row\">1</th>"));
  EXPECT_LT(page.html.find("<th scope=\"row\">1</th>"), page.html.find("<th scope=\"row\">3</th>"));
  EXPECT_TRUE(has(page.html, "<td>failed</td>"));
  EXPECT_TRUE(has(page.html, "aria-label=\"val.loss over units\""));
  EXPECT_TRUE(has(page.html, "rate (logarithmic)"));
  EXPECT_FALSE(has(page.html, "val.loss over act")) << "a variable without numbers";
}

TEST(Comparison, MeansOverFolds) {
  const std::string html = folds(nullptr);
  const size_t best = html.find("<th scope=\"row\">rate = 0.2</th>"),
               other = html.find("<th scope=\"row\">rate = 0.1</th>");
  EXPECT_LT(best, other);
  EXPECT_TRUE(has(html, "<td>3</td>"));
  // The mean of val.loss at the end, 1.1 · 2 exp(-19 s / 5) + 0.02 for s = 1, 1.1, 1.2, and its
  // deviation.
  double mean = 0, squares = 0;
  for (double s : {1.0, 1.1, 1.2}) {
    const double value = 2.2 * std::exp(-19 * s / 5) + 0.02;
    mean += value / 3;
    squares += value * value / 3;
  }
  EXPECT_TRUE(has(html, format("<td>%.4g ± %.2g</td>", mean, std::sqrt(squares - mean * mean))))
      << html;
  EXPECT_TRUE(has(html, "aria-label=\"val.accuracy, mean ± deviation over epochs\""));
  EXPECT_TRUE(has(html, "<polygon "));
  EXPECT_TRUE(has(html, "<summary>each run and its curves</summary>"));
}

TEST(Comparison, OfASearchByItsGoal) {
  SearchRecord goal = search();
  goal.watch = {-1, NN_SPLIT_VAL, NN_LOWEST};
  std::string html = folds(&goal);
  EXPECT_TRUE(has(html, "best val.loss first"));
  EXPECT_LT(html.find("row\">rate = 0.2"), html.find("row\">rate = 0.1"));
  goal.direction = goal.watch.direction = NN_HIGHEST; // the goal is maximised, whatever it is
  html = folds(&goal);
  EXPECT_GT(html.find("row\">rate = 0.2"), html.find("row\">rate = 0.1"));
  EXPECT_LT(html.find("</span>rate = 0.1, fold 1 of 3"),
            html.find("</span>rate = 0.2, fold 3 of 3"));
}

TEST(Comparison, AFoldThatFailedLeavesNoMean) {
  std::vector<TrainRecord> records(4, madeUp("", 1));
  for (size_t i = 0; i < 4; ++i) {
    records[i].trial = i < 2 ? "good" : "bad";
    records[i].variant = records[i].trial + std::to_string(i);
    records[i].repeated = true;
  }
  records[3].failure = "the loss is nan";
  Page page;
  addComparison(page, {&records[2], &records[3], &records[0], &records[1]}, {});
  EXPECT_LT(page.html.find("row\">good<"), page.html.find("row\">bad<"));
  EXPECT_TRUE(has(page.html, "<th scope=\"row\">bad</th><td>2, 1 failed</td><td>–</td>"));
}

TEST(Comparison, EachChoiceByItself) {
  std::vector<TrainRecord> records;
  for (const char *act : {"tanh", "relu"})
    for (const char *seed : {"1", "2", "3"}) {
      records.push_back(madeUp(std::string("act = ") + act + ", seed = " + seed,
                               (act[0] == 't' ? 1.0 : 2.0) + 0.1 * (seed[0] - '0')));
      records.back().choices = {{"act", act}, {"seed", seed}};
    }
  Group group;
  for (const TrainRecord &record : records)
    group.push_back(&record);
  Page page;
  addComparison(page, group, {});
  EXPECT_TRUE(has(page.html, "by act: mean ± standard deviation"));
  EXPECT_TRUE(has(page.html, "by seed: mean ± standard deviation"));
  EXPECT_LT(page.html.find("row\">relu</th><td>3</td>"),
            page.html.find("row\">tanh</th><td>3</td>"));
}

TEST(Search, MaximisesWhereItIsAsked) {
  SearchRecord s = search();
  s.goal = "val.accuracy";
  s.direction = NN_HIGHEST;
  s.best = 0;
  Page page;
  addSearch(page, s);
  EXPECT_TRUE(has(page.html, "The highest val.accuracy is wanted"));
  EXPECT_LT(page.html.find("row\">1 ★<"), page.html.find("row\">2<"));
  EXPECT_LT(page.html.find("row\">2<"), page.html.find("row\">3<"));
}

TEST(Residuals, AreCountedWhateverTheirSize) {
  Residuals r;
  r.add(1, 1, 0);
  for (double size : {1e-3, -1e-3, 0.5, -700.0, 3e5})
    r.add(0, size, 0);
  r.add(0, NAN, 0);
  r.add(HUGE_VAL, 0, 0);
  EXPECT_EQ(r.rows, 8);
  EXPECT_EQ(r.lost, 2);
  EXPECT_EQ(r.most, 3e5);
  EXPECT_NEAR(r.mean, (0.5 - 700 + 3e5) / 6, 1e-6);
  double counted = 0;
  for (double c : r.counts)
    counted += c;
  EXPECT_EQ(counted, 6);
  EXPECT_EQ(r.reach, 524288);
  EXPECT_EQ(r.counts[512], 3) << "0, 0.001 and 0.5";
  EXPECT_EQ(r.counts[511], 2);
  EXPECT_EQ(r.counts[804], 1) << "3e5 of 2^19 in 512 parts";
}

TEST(Residuals, OnThePage) {
  Page page;
  addEvaluation(page, numbers(5000));
  EXPECT_TRUE(has(page.html, "aria-label=\"predicted over true y&lt;1&gt;\""));
  EXPECT_TRUE(has(page.html, "aria-label=\"residual over predicted y&lt;1&gt;\""));
  EXPECT_TRUE(has(page.html, "<dt>largest</dt><dd>100</dd>"));
  EXPECT_TRUE(has(page.html, "The dots are one row in 5"));
  EXPECT_LT(page.html.find("homes.csv:9"), page.html.find("homes.csv:10"));
  EXPECT_FALSE(has(page.html, "y<1>"));
}

TEST(Pages, LongTablesAreFolded) {
  Page page;
  Page::Table table{"many", {"row", "value"}, {}, {}, ""};
  for (int i = 0; i < 25; ++i)
    table.rows.push_back({std::to_string(i), "x"});
  page.table(table);
  EXPECT_TRUE(has(page.html, "<summary>the other 13 rows</summary>"));
  EXPECT_LT(page.html.find("row\">11<"), page.html.find("<details>"));
  EXPECT_GT(page.html.find("row\">12<"), page.html.find("<details>"));
  table.rows.pop_back();
  Page shorter;
  shorter.table(table);
  EXPECT_FALSE(has(shorter.html, "<details>"));
}

TEST(Pages, ContentsLeadToHeadings) {
  Page page;
  page.section("train net");
  page.heading("Layers & <b>");
  page.section("train net");
  page.section("ß");
  const std::string html = wholePage("p", "", page);
  for (const char *part : {"<h2 id=\"train-net\">", "<h2 id=\"train-net-2\">",
                           "<a href=\"#train-net-2\">train net</a>", "<h3 id=\"layers-b\">",
                           "<a href=\"#layers-b\">Layers &amp; &lt;b&gt;</a>", "<h2 id=\"part\">"})
    EXPECT_TRUE(has(html, part)) << part;
  EXPECT_EQ(htmlText("a'\"<\x1b[31m\xff"), "a&#39;&quot;&lt;\\x1b[31m\\xff");
}

TEST(Pictures, PngHoldsItsPixels) {
  std::vector<uint8_t> pixels = {0, 64, 128, 255, 1, 2};
  std::string png = pngFile(3, 2, 1, pixels);
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  size_t at = png.find("IDAT");
  ASSERT_NE(at, std::string::npos);
  uint32_t size = uint8_t(png[at - 2]) << 8 | uint8_t(png[at - 1]);
  uint8_t rows[64];
  uLongf got = sizeof rows;
  ASSERT_EQ(uncompress(rows, &got, reinterpret_cast<const Bytef *>(png.data() + at + 4), size),
            Z_OK);
  EXPECT_EQ(std::vector<uint8_t>(rows, rows + got),
            (std::vector<uint8_t>{0, 0, 64, 128, 0, 255, 1, 2}));
  uint32_t crc = 0;
  for (int i = 0; i < 4; ++i)
    crc = crc << 8 | uint8_t(png[at + 4 + size + i]);
  EXPECT_EQ(crc, crc32(0, reinterpret_cast<const Bytef *>(png.data() + at), size + 4));
}

TEST(Pictures, Base64) { // RFC 4648, section 10
  const std::pair<const char *, const char *> cases[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (auto [text, expected] : cases)
    EXPECT_EQ(base64(text), expected);
}

TEST(Scales, RoundTicks) {
  std::vector<double> ticks = Scale({0, 1}, 0, 100, true).ticks();
  ASSERT_EQ(ticks.size(), 6u); // 0, 0.2 … 1
  EXPECT_NEAR(ticks[1], 0.2, 1e-12);
  Scale decades({1e-4, 1}, 0, 100, true);
  EXPECT_TRUE(decades.isLogarithmic());
  EXPECT_EQ(decades.ticks().size(), 5u);
  EXPECT_NEAR(decades.at(1e-2), 50, 1e-9);
  EXPECT_FALSE(decades.shows(0));
  EXPECT_FALSE(Scale({-1, 1000}, 0, 1, true).isLogarithmic());
  EXPECT_TRUE(Scale({NAN}, 0, 1, true).empty());
}

TEST(Comparison, PageForABrowser) {
  Page page;
  page.section("Made \"up\" & <compared>");
  page.html += comparison();
  page.html += folds(nullptr);
  addSearch(page, search());
  addTraining(page, madeUp("", 1));
  addEvaluation(page, numbers(5000));
  std::string html = wholePage("made <up>", "<p>By hand.</p>\n", page);
  EXPECT_TRUE(has(html, "<title>made &lt;up&gt;: report</title>"));
  if (const char *path = getenv("NNC_PAGE")) {
    EXPECT_FALSE(writeFile(path, {{html.data(), html.size()}}).failed());
  }
}
