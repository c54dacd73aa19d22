// Reads folders of images, with a folder for each class. Images are kept as bytes, channel after
// channel.
#include "runtime/images/image_file.h"
#include "runtime/process/output.h"
#include "runtime/sources/image_reader.h"
#include "runtime/sources/text_bytes.h"
#include "runtime/support/buffer.h"

#include <algorithm>
#include <cstring>
#include <dirent.h>
#include <sys/stat.h>

namespace nnrt {

Status readImage(const std::string &path, bool sizeOnly, Image &image) {
  std::string contents;
  NN_TRY(readFile(path, contents));
  if (contents.empty())
    return Status::error(path + " is empty");
  Status status;
  if (contents.compare(0, 8, "\x89PNG\r\n\x1a\n") == 0)
    status = readPng(contents, sizeOnly, image);
  else if (contents.compare(0, 3, "\xff\xd8\xff") == 0)
    status = readJpeg(contents, sizeOnly, image);
  else
    return Status::error(path + " is neither a PNG nor a JPEG image");
  return status.failed() ? Status::error(path + " is damaged: " + status.message()) : Status();
}

namespace {

struct Entry {
  std::string name;
  bool isFolder;
};

/// Lists a folder in the order of names; hidden files are skipped.
Status list(const std::string &path, std::vector<Entry> &entries) {
  DIR *folder = opendir(path.c_str());
  if (!folder)
    return Status::error(
        path + (isFile(path) ? " is a file; a folder with a folder for each class is expected"
                             : ": cannot be listed"));
  while (const dirent *entry = readdir(folder))
    if (entry->d_name[0] != '.') {
      struct stat info;
      const std::string name = entry->d_name;
      entries.push_back(
          {name, stat((path + "/" + name).c_str(), &info) == 0 && S_ISDIR(info.st_mode)});
    }
  closedir(folder);
  std::sort(entries.begin(), entries.end(),
            [](const Entry &a, const Entry &b) { return a.name < b.name; });
  return Status();
}

struct Listing {
  std::vector<std::string> files; // whole paths
  Category labels;
};

Status listFiles(const std::string &path, int32_t label, Listing &listing) {
  std::vector<Entry> entries;
  NN_TRY(list(path, entries));
  for (const Entry &entry : entries) {
    if (entry.isFolder)
      return Status::error(path + "/" + entry.name + " is a folder; only images are expected in " +
                           path);
    listing.files.push_back(path + "/" + entry.name);
    listing.labels.codes.push_back(label);
  }
  return entries.empty() ? Status::error(path + " holds no images") : Status();
}

Status listClasses(const SourceT &source, const Folders &folders, Listing &listing) {
  std::string path;
  NN_TRY(findFile(source.path, folders, path));
  while (path.size() > 1 && path.back() == '/')
    path.pop_back();
  std::vector<Entry> entries;
  NN_TRY(list(path, entries));
  for (const Entry &entry : entries) {
    if (!entry.isFolder)
      return Status::error(path + "/" + entry.name +
                           " is beside the folders of classes; images belong in them");
    if (firstBadByte(entry.name) !=
        std::string::npos) // the name goes into weight files, tables and reports
      return Status::error(path + "/" + quoted(entry.name) +
                           ": the folder's name is a class, and it is not UTF-8");
    NN_TRY(listFiles(path + "/" + entry.name, int32_t(listing.labels.names.size()), listing));
    listing.labels.names.push_back(entry.name);
  }
  return entries.empty() ? Status::error(path + " has no folders; one for each class is expected")
                         : Status();
}

std::string sizeText(int64_t height, int64_t width) {
  return format("%lld by %lld", (long long)height, (long long)width);
}

/// Reads an image in the form that the source requires of all; `other` names an image whose form it
/// must have.
Status readAs(const SourceT &source, const std::string &path, const std::string &other,
              Image &image) {
  NN_TRY(readImage(path, false, image));
  if (source.recolor)
    setChannels(image, int(source.channels));
  if (source.resize)
    resize(image, source.height, source.width);
  if (image.height != source.height || image.width != source.width)
    return Status::error(path + " is " + sizeText(image.height, image.width) + " pixels, but " +
                         other + " is " + sizeText(source.height, source.width) + "; `size = [" +
                         format("%lld, %lld", (long long)source.height, (long long)source.width) +
                         "]` makes all images one size");
  if (image.channels != source.channels)
    return Status::error(path + (image.channels == 1 ? " is gray" : " has colours") + ", but " +
                         other + (source.channels == 1 ? " is gray" : " has colours") +
                         "; `channels = 1` or `channels = 3` makes all images the same");
  return Status();
}

const size_t mostListed = 20;

/// The first messages under a heading.
std::string listed(const std::vector<std::string> &messages, const std::string &heading) {
  std::string text = heading;
  for (size_t i = 0; i < messages.size() && i < mostListed; ++i)
    text += "\n  " + messages[i];
  return messages.size() > mostListed
             ? text + format("\n  and %zu more", messages.size() - mostListed)
             : text;
}

class ImageSource : public Source {
public:
  void fill(int column, const int64_t *selected, int64_t count, Elements out) const override {
    const int64_t size = channels * area;
    if (!isImage[column]) {
      for (int64_t r = 0; r < count; ++r)
        out.set(r, labels.codes.empty() ? 0 : labels.codes[selected[r]]);
      return;
    }
    for (int64_t r = 0; r < count; ++r) {
      const unsigned char *from = bytes.data() + selected[r] * size;
      for (int64_t i = 0; i < size; ++i)
        out.set(r * size + i, from[i]);
    }
  }
  const Category *category(int column) const override {
    return isImage[column] ? nullptr : &labels;
  }
  bool has(int column) const override { return isImage[column] || !labels.names.empty(); }
  bool isCompact() const override { return true; }
  void forget() override { bytes.release(); }
  std::string place(int64_t row) const override { return files[row]; }

  Status read(const SourceT &source, Listing &&listing, const std::string &like) {
    files = std::move(listing.files);
    labels = std::move(listing.labels);
    rows = int64_t(files.size());
    channels = source.channels;
    area = source.height * source.width;
    NN_TRY(bytes.allocate(size_t(rows * channels * area), counted(rows, "image")));
    Image image;
    std::vector<std::string> failures, warnings;
    for (int64_t r = 0; r < rows; ++r) {
      image.warning.clear();
      if (Status status = readAs(source, files[r], like.empty() ? files[0] : like, image);
          status.failed())
        failures.push_back(status.message());
      if (!image.warning.empty())
        warnings.push_back(files[r] + ": " + image.warning);
      if (!failures.empty())
        continue;
      unsigned char *to = bytes.data() + r * channels * area;
      for (int64_t c = 0; c < channels; ++c)
        for (int64_t i = 0; i < area; ++i)
          *to++ = image.pixels[i * channels + c];
    }
    if (failures.size() == 1)
      return Status::error(failures[0]);
    if (!failures.empty())
      return Status::error(
          listed(failures, counted(int64_t(failures.size()), "image") + " cannot be used:"));
    if (!warnings.empty()) {
      const char *what = warnings.size() == 1
                             ? " has stray or damaged bytes, and is used as it could be read:"
                             : " have stray or damaged bytes, and are used as they could be read:";
      showError("warning: " +
                listed(warnings, counted(int64_t(warnings.size()), "picture") + what) + "\n");
    }
    return Status();
  }

  /// Which of the requests are `image`; the others are `label`.
  Status answer(const std::vector<ColumnRequest> &columns, const std::string &name) {
    for (const ColumnRequest &column : columns) {
      isImage.push_back(column.name == "image");
      if (!isImage.back() && column.name != "label")
        return Status::error("images have `image` and `label`, there is no `" + column.name + "`")
            .at(column.where.c_str());
      NN_TRY(checkColumnSize(column, isImage.back() ? channels * area : 1, name)
                 .at(column.where.c_str()));
    }
    return Status();
  }

  std::vector<std::string> files;
  Category labels;
  Buffer bytes;
  int64_t channels = 0, area = 0;
  std::vector<bool> isImage;
};

Status openFolder(const SourceSpec &spec, const std::vector<ColumnRequest> &columns,
                  std::unique_ptr<Source> &result) {
  const SourceT &source = *spec.source;
  std::unique_ptr<ImageSource> opened(new ImageSource);
  Listing listing;
  NN_TRY(listClasses(source, spec.folders, listing).at(source.where));
  NN_TRY(checkClasses(spec, listing.labels.names.size(), source.path, "folder"));
  NN_TRY(opened->read(source, std::move(listing), "").at(source.where));
  NN_TRY(opened->answer(columns, source.path));
  result = std::move(opened);
  return Status();
}

Status probeFolder(const SourceT &source, const Folders &folders, ImageFolder &result) {
  Listing listing;
  NN_TRY(listClasses(source, folders, listing));
  Image image;
  NN_TRY(readImage(listing.files[0], true, image));
  result.images = int64_t(listing.files.size());
  result.classes = int64_t(listing.labels.names.size());
  result.channels = source.recolor ? source.channels : image.channels;
  result.height = source.resize ? source.height : image.height;
  result.width = source.resize ? source.width : image.width;
  return Status();
}

Status openLoose(const SourceT &source, const std::string &path,
                 const std::vector<ColumnRequest> &columns, std::unique_ptr<Source> &result) {
  std::unique_ptr<ImageSource> opened(new ImageSource);
  Listing listing;
  struct stat info;
  const bool isFolder = stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
  if (!isFolder)
    listing.files.push_back(path);
  else
    NN_TRY(listFiles(path, 0, listing));
  listing.labels.codes.clear();
  NN_TRY(opened->read(source, std::move(listing), "each image that the model was made for"));
  NN_TRY(opened->answer(columns, path));
  result = std::move(opened);
  return Status();
}

} // namespace

extern "C" {
extern const ImageReader nn_image_reader;
const ImageReader nn_image_reader = {openFolder, probeFolder, openLoose};
}

} // namespace nnrt
