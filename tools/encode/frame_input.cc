#include "tools/encode/frame_input.h"

#include "frame/raw_pipe.h"
#include "media/in/y4m_reader.h"
#include "tools/common/interruption.h"
#include "tools/encode/input_kinds.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;

// Enough to recognise all kinds, and less than the header of a Y4M stream or a raw frame.
constexpr size_t kHeadBytes = 12;

/// A kind of file that contains no raw frames.
struct OtherKind {
  std::string_view bytes;
  size_t place;
  std::string_view name;
};
constexpr std::array kOtherKinds = {OtherKind{"\x89PNG\r\n\x1a\n", 0, "a PNG image"},
                                    OtherKind{"ftyp", 4, "an MP4 file"},
                                    OtherKind{"\x1a\x45\xdf\xa3", 0, "a Matroska or WebM file"},
                                    OtherKind{"RIFF", 0, "a RIFF file, such as WebP or AVI"}};

base::Result<OpenedInput> opened_file(const std::string& path) {
  OpenedInput input{STDIN_FILENO, "standard input", {}, 0, {}};
  if (path != "-") {
    input.name = path;
    input.descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (input.descriptor < 0) {
      Error error = base::io_error(errno, "cannot read", path);
      error.code = ErrorCode::kNotFound;
      return error;
    }
  } else if (::isatty(STDIN_FILENO) == 1) {
    return base::invalid_input(
        "it is a terminal, expected raw frames from a pipe, a file or -i FILE", input.name);
  }
  struct stat status {};
  if (::fstat(input.descriptor, &status) == 0) {
    if (S_ISDIR(status.st_mode)) {
      return base::invalid_input("is a folder, expected raw frames", input.name);
    }
    if (S_ISREG(status.st_mode)) {
      input.start = std::max<int64_t>(0, ::lseek(input.descriptor, 0, SEEK_CUR));
      input.bytes = std::max<int64_t>(0, status.st_size - input.start);
    }
  }
  frame::enlarge_pipe(input.descriptor);
  return input;
}

base::Result<void> read_head(OpenedInput& input) {
  std::array<uint8_t, kHeadBytes> head{};
  TRY(const size_t count, frame::read_bytes(input.descriptor, head, input.name, interrupted));
  input.head.assign(head.begin(), head.begin() + static_cast<ptrdiff_t>(count));
  return {};
}

base::Result<void> check_is_raw(const OpenedInput& input) {
  for (const OtherKind& kind : kOtherKinds) {
    if (input.head.size() < kind.place + kind.bytes.size()) continue;
    if (input.head.compare(kind.place, kind.bytes.size(), kind.bytes) != 0) continue;
    return base::invalid_input("is " + std::string(kind.name) +
                                   "; expected raw RGBA frames, Y4M, or numbered stills such as "
                                   "-i frame-%05d.png",
                               input.name);
  }
  return {};
}

}  // namespace

bool is_pipe(const std::string& path) {
  struct stat status {};
  const int result = path == "-" ? ::fstat(STDIN_FILENO, &status) : ::stat(path.c_str(), &status);
  return result == 0 && (S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode));
}

base::Result<std::unique_ptr<FrameInput>> open_frame_input(const std::string& path) {
  std::error_code error;
  if (is_still_name(path) && !std::filesystem::is_directory(path, error)) {
    return stills_input(path);
  }
  TRY(OpenedInput input, opened_file(path));
  TRY_DO(read_head(input));
  if (input.head.starts_with(media::Y4mReader::kSignature)) return y4m_input(input);
  TRY_DO(check_is_raw(input));
  return raw_input(std::move(input));
}

}  // namespace layercast::tools
