// Tests of data blocks: fields, splits, rows, generators.
#include "Check.h"

using namespace nnc;

TEST(Data, unknownSource) {
  EXPECT_EQ(errorsOf("data d = hdf5(\"a.h5\")\n"), Messages{"1:10 `hdf5` is not a source of data"});
  EXPECT_EQ(notesOf("data d = hdf5(\"a.h5\")\n"),
            Messages{"the sources are rows, csv, idx, npy, npz, images, text, blobs, moons, "
                     "circles and spirals"});
  EXPECT_EQ(errorsOf("data d = 3\n"), Messages{"1:10 a source of data is expected here"});
}

TEST(Data, generators) {
  EXPECT_EQ(errorsOf("option noise = 0.1\ndata d = spirals(n = 3, classes = 2, turns = 1, noise = "
                     "noise, seed = 7)\n"),
            Messages{});
  EXPECT_EQ(errorsOf("data d = moons(n = 3, nois = 1)\n"),
            Messages{"1:23 `moons` has no parameter `nois`"});
  EXPECT_EQ(errorsOf("data d = moons(noise = 1)\n"), Messages{"1:10 `moons` needs `n`"});
  EXPECT_EQ(
      errorsOf("data d = moons(30)\n"),
      Messages{"1:16 an argument without its name; `moons` takes n, noise and seed, each by name"});
}

TEST(Data, generatorFields) {
  Checked c("data d = blobs(n = 9, dims = 5) { normalize x }\n");
  ASSERT_EQ(c.errors(), Messages{});
  const sema::DataInfo &info = c.symbols.data.front().second;
  ASSERT_EQ(info.fields.size(), 2u);
  EXPECT_EQ(info.fields[0].name, "x");
  EXPECT_TRUE(info.fields[0].normalize);
  EXPECT_EQ(info.source.columns[0].shape, std::vector<int64_t>{5});
  EXPECT_TRUE(info.source.columns[1].isCategory);
  EXPECT_FALSE(info.hasTest);
}

TEST(Data, rows) {
  EXPECT_EQ(errorsOf("data d = rows(x: [2], y: [1]) {\n [0, 1] -> [1]\n [1, -1] -> [0]\n}\n"),
            Messages{});
  EXPECT_EQ(errorsOf("data d = rows(x: [2, 2]) {\n [1, 2, 3, 4]\n [[1, 2], [3, 4]]\n}\n"),
            Messages{});
  EXPECT_EQ(errorsOf("data d = rows(x: [2], y: [1]) {\n [0, 1] -> [1]\n [1, 2, 3] -> [0]\n}\n"),
            Messages{"3:2 `x` is declared [2], but this row gives 3 numbers"});
  EXPECT_EQ(errorsOf("data d = rows(x: [2], y: [1]) {\n [0, 1]\n}\n"),
            Messages{"2:2 this row has 1 value for 2 fields"});
  EXPECT_EQ(errorsOf("data d = rows(x: [2]) {\n [0, step]\n}\n"),
            Messages{"2:6 a row holds numbers only"});
  EXPECT_EQ(errorsOf("data d = rows(x: [2])\n"), Messages{"1:6 `d` has no rows"});
  EXPECT_EQ(errorsOf("data d = moons(n = 3) { [1, 2] }\n"),
            Messages{"1:25 only `rows(…)` has rows in its block"});
  EXPECT_EQ(errorsOf("data d = rows(2) { [1] }\n"),
            Messages{"1:15 a field with its shape is expected here"});
}

TEST(Data, split) {
  EXPECT_EQ(errorsOf("data d = moons(n = 9) { split train = 80%, val = 30% }\n"),
            Messages{"1:25 the splits add up to 110 %, more than all rows"});
  EXPECT_EQ(errorsOf("data d = moons(n = 9) { split tain = 80% }\n"),
            Messages{"1:31 `split` has no setting `tain`"});
  EXPECT_EQ(errorsOf("data d = moons(n = 9) { split train = 80 }\n"),
            Messages{"1:39 a split is a share of all rows, between 0 % and 100 %"});
  EXPECT_EQ(errorsOf("data d = moons(n = 9) { split train = 80%, stratify = z }\n"),
            Messages{"1:55 `d` has no field `z`"});
  EXPECT_EQ(
      errorsOf("data d = moons(n = 9) { split val = 10%, folds = 5 }\n"),
      Messages{
          "1:37 `val` and `folds` exclude each other: each fold is the validation split in turn"});
  EXPECT_EQ(
      errorsOf("data d = moons(n = 9) { split train = 80%, folds = 5 }\n"),
      Messages{
          "1:39 `train` and `folds` exclude each other: all folds but one are the training split"});
}

TEST(Data, splitsThatExist) {
  Checked c("data d = moons(n = 9) { split test = 20%, folds = 5, stratify = y }\n");
  ASSERT_EQ(c.errors(), Messages{});
  const sema::DataInfo &info = c.symbols.data.front().second;
  EXPECT_TRUE(info.hasSplit && info.hasVal && info.hasTest);
  EXPECT_EQ(info.stratify, 1);
  EXPECT_NE(info.folds, nullptr);
  EXPECT_EQ(info.trainPart, nullptr);
}

TEST(Data, classesOfUnequalSize) {
  Checked c("data d = moons(n = 9) { balance y }\nmodel net(x: [2]) { x |> dense(2) }\n"
            "train net on d { loss = class_weights(y) * cross_entropy(net(x), y); optimizer = "
            "sgd(lr = 1); epochs = 1 }\n");
  ASSERT_EQ(c.errors(), Messages{});
  const sema::DataInfo &info = c.symbols.data.front().second;
  EXPECT_TRUE(info.fields[1].balance && info.fields[1].weighted);
  EXPECT_FALSE(info.fields[0].balance || info.fields[0].weighted);
  EXPECT_EQ(errorsOf("data d = moons(n = 9) { balance x }\n"),
            Messages{"1:33 `x` is not a class for each example"});
}

TEST(Data, augmentsSeveralFields) {
  Checked c("data d = moons(n = 9) { augment x, y = [x, y] }\n");
  ASSERT_EQ(c.errors(), Messages{});
  const sema::DataInfo &info = c.symbols.data.front().second;
  EXPECT_EQ(info.fields[0].augment, info.fields[1].augment);
  EXPECT_EQ(info.fields[0].augmentPart, 0);
  EXPECT_EQ(info.fields[1].augmentPart, 1);
  EXPECT_EQ(errorsOf("data d = moons(n = 9) { augment x = x; augment y, x = [y, x] }\n"),
            Messages{"1:51 `x` is augmented twice"});
}

TEST(Data, fields) {
  EXPECT_EQ(errorsOf("data d = moons(n = 9) { normalize w }\n"),
            Messages{"1:35 `d` has no field `w`"});
  EXPECT_EQ(errorsOf("data d = moons(n = 9) { augment w = x }\n"),
            Messages{"1:33 `d` has no field `w`"});
  EXPECT_EQ(errorsOf("data d = moons(n = 9) { x = x * 2; x = x * 3 }\n"),
            Messages{"1:36 `x` is given twice"});
  EXPECT_EQ(errorsOf("data d = moons(n = 9) { where q > 1 }\n"),
            Messages{"1:31 unknown column `q`"});
  EXPECT_EQ(notesOf("data d = moons(n = 9) { where q > 1 }\n"),
            Messages{"`d` has the columns x and y"});
}
