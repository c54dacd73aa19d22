// Reads JPEG through libjpeg. Its errors leave by longjmp, so nothing between setjmp and there may
// need a destructor. Its warnings are passed on (such as a phone's stray bytes, which it skips),
// except that data that end before the picture does are an error: the rest would be gray.
#include "runtime/images/image_file.h"

#include <csetjmp>
#include <cstdio>
#include <cstring>
#include <jpeglib.h>
// Must come after jpeglib.h: codes of messages.
#include <jerror.h>

namespace nnrt {
namespace {

struct Failure {
  jpeg_error_mgr manager; // must be first: libjpeg passes its address
  jmp_buf back;
  char message[JMSG_LENGTH_MAX];
  char warning[JMSG_LENGTH_MAX]; // the first
  bool isCutOff;
};

void fail(j_common_ptr info) {
  auto *failure = reinterpret_cast<Failure *>(info->err);
  failure->manager.format_message(info, failure->message);
  longjmp(failure->back, 1);
}

void note(j_common_ptr info, int level) {
  auto *failure = reinterpret_cast<Failure *>(info->err);
  if (level >= 0)
    return;
  if (info->err->msg_code == JWRN_JPEG_EOF ||
      info->err->msg_code == JWRN_HIT_MARKER) // the data end too early
    failure->isCutOff = true;
  if (failure->isCutOff)
    fail(info);
  if (!failure->warning[0])
    failure->manager.format_message(info, failure->warning);
}

bool header(jpeg_decompress_struct &jpeg, Failure &failure, const std::string &contents) {
  if (setjmp(failure.back))
    return false;
  jpeg_create_decompress(&jpeg);
  jpeg_mem_src(&jpeg, reinterpret_cast<const unsigned char *>(contents.data()), contents.size());
  jpeg_read_header(&jpeg, TRUE);
  return true;
}

/// Memory grows with the data that are read, so a short file takes little, whatever its header
/// says.
bool pixels(jpeg_decompress_struct &jpeg, Failure &failure, std::vector<unsigned char> &into,
            size_t rowBytes) {
  if (setjmp(failure.back))
    return false;
  jpeg.dct_method = JDCT_ISLOW; // the same pixels on every machine
  jpeg_start_decompress(&jpeg);
  while (jpeg.output_scanline < jpeg.output_height) {
    const size_t at = jpeg.output_scanline * rowBytes;
    into.resize(at + rowBytes);
    JSAMPROW row = &into[at];
    jpeg_read_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_decompress(&jpeg);
  return true;
}

} // namespace

Status readJpeg(const std::string &contents, bool sizeOnly, Image &image) {
  jpeg_decompress_struct jpeg = {};
  Failure failure = {};
  jpeg.err = jpeg_std_error(&failure.manager);
  failure.manager.error_exit = fail;
  failure.manager.emit_message = note;
  Status status;
  bool good = header(jpeg, failure, contents);
  if (good) {
    image.channels = jpeg.num_components;
    image.height = jpeg.image_height;
    image.width = jpeg.image_width;
    if (image.channels != 1 && image.channels != 3)
      status = Status::error(format(
          "it has %d channels, as for printing; gray or colours are expected", image.channels));
    else if (image.height * image.width > mostPixels)
      status = Status::error(
          format("it has %lld times %lld pixels", (long long)image.height, (long long)image.width));
  }
  if (good && !status.failed() && !sizeOnly) {
    jpeg.out_color_space = image.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    const size_t rowBytes = size_t(image.width) * image.channels;
    image.pixels.clear();
    image.pixels.reserve(rowBytes *
                         size_t(image.height)); // address space that has not been touched
    good = pixels(jpeg, failure, image.pixels, rowBytes);
  }
  jpeg_destroy_decompress(&jpeg);
  image.warning = failure.warning;
  if (good)
    turn(image, jpegOrientation(contents));
  return good ? std::move(status) : Status::error(failure.message);
}

} // namespace nnrt
