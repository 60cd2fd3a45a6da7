#include "base/worker_pool.h"
#include "compose/tile_grid.h"
#include "frame/convert.h"
#include "frame/frame.h"
#include "frame/image.h"
#include "frame/raw_pipe.h"
#include "media/out/encoding.h"
#include "tools/common/frame_writer.h"
#include "tools/common/interruption.h"
#include "tools/common/log.h"
#include "tools/common/network_options.h"
#include "tools/common/progress.h"
#include "tools/common/run_tool.h"
#include "tools/common/values.h"
#include "tools/common/video_options.h"
#include "tools/encode/options.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;

/// The source of the frames.
struct Input {
  int descriptor = STDIN_FILENO;
  std::string name = "standard input";
  std::optional<int64_t> bytes;  ///< if it is a regular file
};

base::Result<Input> open_input(const Arguments& arguments) {
  Input input;
  const std::string path = arguments.one("input").value_or("-");
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
    if (S_ISREG(status.st_mode)) input.bytes = status.st_size;
  }
  frame::enlarge_pipe(input.descriptor);
  return input;
}

/// Size and rate of the frames.
struct Geometry {
  base::SizeI size;
  base::FrameRate rate;
};

Error missing_geometry(const std::string& what) {
  return base::invalid_input(
      what + " of the frames is not known, expected --scene SCENE, or --size WxH and --fps N");
}

base::Result<Geometry> geometry(const Arguments& arguments,
                                const std::optional<scene::SceneFile>& file) {
  TRY(const auto size, size_option(arguments, "size"));
  TRY(const auto rate, rate_option(arguments, "fps"));
  if (!size && !file) return missing_geometry("the size");
  if (!rate && !file) return missing_geometry("the rate");
  return Geometry{size ? *size : file->scene.canvas.size, rate ? *rate : file->scene.canvas.fps};
}

base::Result<std::unique_ptr<media::Encoding>> open_encoding(const Arguments& arguments,
                                                             const Geometry& geometry) {
  media::EncodingRequest request;
  for (const std::string& name : arguments.many("output")) {
    TRY(std::string output, encoding_output(name));
    request.outputs.push_back(std::move(output));
  }
  if (request.outputs.empty()) {
    return base::invalid_input("no output is given, expected -o OUT");
  }
  request.container = arguments.one("format");
  TRY(request.video, video_settings(arguments));
  request.video.size = geometry.size;
  request.video.rate = geometry.rate;
  TRY(request.audio, audio_settings(arguments));
  return media::Encoding::open(std::move(request));
}

/// Converts raw frames to the encoder's pixel format, tile by tile.
class Converter {
 public:
  Converter(const Geometry& geometry, frame::PixelFormat format, int threads)
      : raw_(frame::PixelFormat::kRgba, geometry.size),
        grid_(geometry.size),
        pool_(format, geometry.size),
        workers_(threads) {
    for (int i = 0; i < threads; ++i) scratch_.emplace_back(kScratch);
  }

  /// The target for reading raw RGBA.
  frame::Frame& raw() { return raw_; }

  /// Converts the frame in raw().
  frame::FramePtr convert() {
    auto target = pool_.take();
    workers_.run(grid_.count(), [&](int tile, int thread) {
      convert_tile(grid_.area(tile), scratch_[static_cast<size_t>(thread)].view(), *target);
    });
    return target;
  }

 private:
  using Pixels = frame::ImageView<frame::PremulRgba8>;
  // The first column of a tile: aligned, with space for the column before it.
  static constexpr int kFirstColumn = 16;
  static constexpr base::SizeI kScratch{kFirstColumn + compose::TileGrid::kWidth,
                                        compose::TileGrid::kHeight};

  void convert_tile(const base::RectI& area, Pixels scratch, frame::Frame& target) const {
    base::RectI read = area;
    if (read.left > 0) --read.left;
    const int first = kFirstColumn - (area.left - read.left);
    const auto part = scratch.part({first, 0, first + read.width(), read.height()});
    frame::premultiply(raw_.rgba().part(read), part);
    if (area.left == 0) {
      for (int y = 0; y < area.height(); ++y) {
        scratch.at(kFirstColumn - 1, y) = scratch.at(kFirstColumn, y);
      }
    }
    frame::convert_tile(
        scratch.part({kFirstColumn - 1, 0, kFirstColumn + area.width(), area.height()}), area,
        target);
  }

  frame::Frame raw_;
  compose::TileGrid grid_;
  std::vector<frame::Image<frame::PremulRgba8>> scratch_;  // one per thread
  frame::FramePool pool_;
  base::WorkerPool workers_;
};

/// How many frames were read, and the error that ended reading, if any.
struct ReadOutcome {
  int64_t frames = 0;
  std::optional<Error> error;
};

ReadOutcome read_all(const Input& input, Converter& converter, FrameWriter& writer,
                     Progress& progress) {
  ReadOutcome outcome;
  while (true) {
    auto read = frame::read_frame(input.descriptor, converter.raw(), input.name, interrupted);
    if (!read) {
      outcome.error = std::move(read).error();
      return outcome;
    }
    if (read.value() == frame::ReadFrame::kEnd) return outcome;
    if (!writer.push({outcome.frames, converter.convert()})) return outcome;
    progress.update(++outcome.frames);
  }
}

std::optional<int64_t> frame_count(const Input& input, base::SizeI size) {
  if (!input.bytes) return std::nullopt;
  return *input.bytes / (size.area() * int64_t{sizeof(frame::StraightRgba8)});
}

// The error of the last failed output, after logging those of the others; a closed pipe only if
// there is no other error.
Error failure_of(const media::Encoding& encoding, const Error& otherwise, const Log& log) {
  std::optional<Error> last;
  for (const auto& report : encoding.reports()) {
    if (!report.error || report.error->code == ErrorCode::kBrokenPipe) continue;
    if (last) log.fail(*last);
    last = report.error;
  }
  return last.value_or(otherwise);
}

// An input error after which the earlier frames are kept.
Error kept(Error error, int64_t frames) {
  error.message += frames == 1 ? "; kept the frame before it"
                               : "; kept the " + std::to_string(frames) + " frames before it";
  return error;
}

base::Result<void> encode_all(const Input& input, const Geometry& geometry,
                              media::Encoding& encoding, int threads, const Log& log) {
  Converter converter(geometry, encoding.input_format(), threads);
  Progress progress(log.is_text() ? Progress::Show::kOnTerminal : Progress::Show::kNever,
                    frame_count(input, geometry.size));
  FrameWriter writer([&](const NumberedFrame& next) { return encoding.write(next.frame); });
  const ReadOutcome outcome = read_all(input, converter, writer, progress);
  const auto written = writer.join();
  progress.clear();
  if (!written) return failure_of(encoding, written.error(), log);
  if (outcome.frames == 0) {
    if (outcome.error) return *outcome.error;
    return Error{ErrorCode::kTruncated, "the input contains no frame", input.name, nullptr};
  }
  // Frames before an error or interruption are kept.
  const auto finished = encoding.finish();
  if (!finished) {
    if (outcome.error) log.fail(*outcome.error);
    return failure_of(encoding, finished.error(), log);
  }
  if (!outcome.error) return {};
  return kept(*outcome.error, outcome.frames);
}

base::Result<void> encode(const Arguments& arguments, const std::optional<scene::SceneFile>& file,
                          const Log& log) {
  TRY_DO(apply_network_options(arguments));
  TRY(const Geometry frames, geometry(arguments, file));
  TRY(const auto threads, integer_option(arguments, "threads", {1, 256}));
  TRY(const Input input, open_input(arguments));
  TRY(const auto encoding, open_encoding(arguments, frames));
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  return encode_all(input, frames, *encoding, threads ? static_cast<int>(*threads) : cores, log);
}

int run(const Arguments& arguments, const Log& log) {
  std::optional<scene::SceneFile> file;
  if (const auto path = arguments.one("scene")) {
    file = load_scene_or_tell(*path, log);
    if (!file) return usage_status();
  }
  return exit_status(encode(arguments, file, log), log);
}

}  // namespace
}  // namespace layercast::tools

int main(int argc, char** argv) {
  namespace tools = layercast::tools;
  return tools::run_tool(tools::encode_options(), argc, argv, tools::run);
}
