#pragma once

#include "base/client_limits.h"
#include "base/error.h"

#include <memory>
#include <optional>
#include <string>

struct AVDictionary;
struct AVFormatContext;
struct AVIOContext;

namespace layercast::media {

/// The file of a demuxer. Ownership: outlives the demuxer. Thread: one at a time.
class FileInput {
 public:
  FileInput() = default;
  ~FileInput();
  FileInput(const FileInput&) = delete;
  FileInput& operator=(const FileInput&) = delete;

  /// Calls avformat_open_input() for the file at `path`. A file that a client named is opened by
  /// base::open_file(). Ownership: frees `*context` on failure, as the library does.
  /// Returns the result of the library; AVERROR(EACCES) when refusal() tells more.
  int open(AVFormatContext** context, const std::string& path, AVDictionary** options);
  /// Why base::open_file() refused the file.
  const std::optional<base::Error>& refusal() const { return refusal_; }

 private:
  static int read(void* opaque, uint8_t* bytes, int size);
  static int64_t seek(void* opaque, int64_t offset, int whence);

  std::optional<base::OpenFile> file_;
  std::optional<base::Error> refusal_;
  AVIOContext* io_ = nullptr;
};

}  // namespace layercast::media
