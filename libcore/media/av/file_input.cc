#include "media/av/file_input.h"

#include "base/check.h"

#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

extern "C" {
#include <libavformat/avformat.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
}

namespace layercast::media {
namespace {

constexpr int kBufferBytes = 64 << 10;

}  // namespace

FileInput::~FileInput() {
  if (io_ != nullptr) av_freep(&io_->buffer);
  avio_context_free(&io_);
}

int FileInput::open(AVFormatContext** context, const std::string& path, AVDictionary** options) {
  // Without the prefix, the library takes a path such as `concat:a` for a protocol.
  const std::string url = "file:" + path;
  if (base::limits_of(path) == nullptr) {
    return avformat_open_input(context, url.c_str(), nullptr, options);
  }
  auto opened = base::open_file(path);
  if (!opened) {
    refusal_ = std::move(opened).error();
    avformat_free_context(std::exchange(*context, nullptr));
    return AVERROR(EACCES);
  }
  file_.emplace(std::move(opened).value());
  if (*context == nullptr) *context = avformat_alloc_context();
  LAYERCAST_CHECK(*context != nullptr);
  auto* buffer = static_cast<unsigned char*>(av_malloc(kBufferBytes));
  LAYERCAST_CHECK(buffer != nullptr);
  io_ = avio_alloc_context(buffer, kBufferBytes, 0, this, read, nullptr, seek);
  LAYERCAST_CHECK(io_ != nullptr);
  (*context)->pb = io_;
  // The library takes the kind of the file from its name, too, but opens nothing.
  return avformat_open_input(context, url.c_str(), nullptr, options);
}

int FileInput::read(void* opaque, uint8_t* bytes, int size) {
  const int file = static_cast<FileInput*>(opaque)->file_->descriptor();
  const ssize_t count = ::read(file, bytes, static_cast<size_t>(size));
  if (count > 0) return static_cast<int>(count);
  return count == 0 ? AVERROR_EOF : AVERROR(errno);
}

int64_t FileInput::seek(void* opaque, int64_t offset, int whence) {
  const int file = static_cast<FileInput*>(opaque)->file_->descriptor();
  if ((whence & AVSEEK_SIZE) != 0) {
    struct stat status {};
    return ::fstat(file, &status) == 0 ? int64_t{status.st_size} : AVERROR(errno);
  }
  const off_t place = ::lseek(file, offset, whence & ~AVSEEK_FORCE);
  return place >= 0 ? int64_t{place} : AVERROR(errno);
}

}  // namespace layercast::media
