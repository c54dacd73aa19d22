// Parts of the report that need records of many kinds: comparisons, searches, pictures. With NNC_PAGE the page of the first test is
// written there, for a browser.
#include "runtime/file.h"
#include "runtime/report/page.h"

#include <cmath>
#include <cstdlib>
#include <gtest/gtest.h>
#include <zlib.h>

using namespace nnrt;

namespace {

nn_metric accuracy() {
  nn_metric m{};
  m.name = "accuracy";
  m.direction = NN_HIGHEST;
  return m;
}
const nn_metric theMetric = accuracy();
const nn_train theTrain = [] {
  nn_train t{};
  t.metrics = &theMetric;
  t.n_metrics = 1;
  return t;
}();

/// A run that learns at a speed of its own.
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
  std::vector<TrainRecord> records = {madeUp("act = sigmoid", 0.3), madeUp("act = tanh", 1), madeUp("act = relu", 2),
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
  s.trials = {{{"8", "0.001", "relu"}, 0.5, 0.1, 1.5, 20}, {{"16", "0.1", "tanh"}, 0.25, 0.05, 2, 20}, {{"32", "1e-05", "relu"}, NAN, 0, 3, 2}};
  s.best = 1;
  s.folds = 5;
  return s;
}

bool has(const std::string &text, const std::string &part) { return text.find(part) != std::string::npos; }

} // namespace

TEST(Comparison, RunsSideBySide) {
  std::string html = comparison();
  EXPECT_TRUE(has(html, "compare activations: 4 runs"));
  // Ranked by validation accuracy: relu, tanh, …; the first row is marked.
  size_t relu = html.find("</span>act = relu</th>"), tanh = html.find("</span>act = tanh</th>"), sigmoid = html.find("</span>act = sigmoid</th>");
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
  EXPECT_LT(page.html.find("</span>good</th>"), page.html.find("</span>failed</th>")) << "what failed is last";
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

TEST(Pictures, PngHoldsItsPixels) {
  std::vector<uint8_t> pixels = {0, 64, 128, 255, 1, 2};
  std::string png = pngFile(3, 2, 1, pixels);
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  size_t at = png.find("IDAT");
  ASSERT_NE(at, std::string::npos);
  uint32_t size = uint8_t(png[at - 2]) << 8 | uint8_t(png[at - 1]);
  uint8_t rows[64];
  uLongf got = sizeof rows;
  ASSERT_EQ(uncompress(rows, &got, reinterpret_cast<const Bytef *>(png.data() + at + 4), size), Z_OK);
  EXPECT_EQ(std::vector<uint8_t>(rows, rows + got), (std::vector<uint8_t>{0, 0, 64, 128, 0, 255, 1, 2}));
  uint32_t crc = 0;
  for (int i = 0; i < 4; ++i)
    crc = crc << 8 | uint8_t(png[at + 4 + size + i]);
  EXPECT_EQ(crc, crc32(0, reinterpret_cast<const Bytef *>(png.data() + at), size + 4));
}

TEST(Pictures, Base64) { // RFC 4648, section 10
  const std::pair<const char *, const char *> cases[] = {{"", ""},         {"f", "Zg=="},         {"fo", "Zm8="},        {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
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
  page.html = comparison();
  addSearch(page, search());
  addTraining(page, madeUp("", 1));
  std::string html = wholePage("made <up>", page.html);
  EXPECT_TRUE(has(html, "<title>made &lt;up&gt;: report</title>"));
  if (const char *path = getenv("NNC_PAGE")) {
    EXPECT_FALSE(writeFile(path, {{html.data(), html.size()}}).failed());
  }
}
