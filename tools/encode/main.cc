#include "media/out/encoding.h"
#include "scene/model/limits.h"
#include "tools/common/closing_line.h"
#include "tools/common/decoding.h"
#include "tools/common/frame_writer.h"
#include "tools/common/log.h"
#include "tools/common/network_options.h"
#include "tools/common/progress.h"
#include "tools/common/run_tool.h"
#include "tools/common/values.h"
#include "tools/common/video_options.h"
#include "tools/encode/frame_input.h"
#include "tools/encode/options.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;

std::string size_text(base::SizeI size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

/// What the options and the scene say of the frames.
struct Wanted {
  std::optional<base::SizeI> size;
  std::optional<base::FrameRate> rate;
  const scene::SceneFile* scene;  ///< null without --scene
};

base::Result<Wanted> wanted_frames(const Arguments& arguments,
                                   const std::optional<scene::SceneFile>& file) {
  Wanted wanted{{}, {}, file ? &*file : nullptr};
  TRY(wanted.size, size_option(arguments, "size"));
  TRY(wanted.rate, rate_option(arguments, "fps"));
  return wanted;
}

// The size and rate, if the options and the scene say both.
std::optional<Geometry> known_geometry(const Wanted& wanted) {
  const scene::Canvas* canvas = wanted.scene != nullptr ? &wanted.scene->scene.canvas : nullptr;
  if (canvas == nullptr && (!wanted.size || !wanted.rate)) return std::nullopt;
  return Geometry{wanted.size ? *wanted.size : canvas->size,
                  wanted.rate ? *wanted.rate : canvas->fps};
}

Error missing_geometry(const std::string& what) {
  return base::invalid_input(
      what + " of the frames is not known, expected --scene SCENE, or --size WxH and --fps N");
}

// The size of the frames: that of the input, which must not contradict the options or the scene.
base::Result<base::SizeI> size_of_frames(const FrameInput& input, const Wanted& wanted) {
  const std::optional<base::SizeI> own = input.size();
  std::optional<base::SizeI> other = wanted.size;
  if (!other && wanted.scene != nullptr) other = wanted.scene->scene.canvas.size;
  if (!own && !other) return missing_geometry("the size");
  if (own && other && *own != *other) {
    const std::string whose = wanted.size ? "--size says " : "the canvas of the scene is ";
    return base::invalid_input("the frames are " + size_text(*own) + ", " + whose +
                                   size_text(*other) +
                                   "; expected frames of that size, or --size " + size_text(*own),
                               input.name());
  }
  const base::SizeI size = own ? *own : *other;
  constexpr auto kSide = scene::limits::kCanvasSide;
  if (std::min(size.width, size.height) >= kSide.min &&
      std::max(size.width, size.height) <= kSide.max) {
    return size;
  }
  return base::invalid_input(
      "the frames are " + size_text(size) + ", expected each side from 16 to 7680", input.name());
}

// The rate of the frames: --fps, else that of the input, which must be that of the scene.
base::Result<base::FrameRate> rate_of_frames(const FrameInput& input, const Wanted& wanted) {
  if (wanted.rate) return *wanted.rate;
  std::optional<base::FrameRate> of_scene;
  if (wanted.scene != nullptr) of_scene = wanted.scene->scene.canvas.fps;
  const std::optional<base::FrameRate> own = input.rate();
  if (!own && !of_scene) return missing_geometry("the rate");
  if (own && of_scene && *own != *of_scene) {
    return base::invalid_input("the frames have a rate of " + own->to_string() +
                                   ", the canvas of the scene of " + of_scene->to_string() +
                                   "; expected frames of that rate, or --fps N",
                               input.name());
  }
  const base::FrameRate rate = own ? *own : *of_scene;
  if (is_rate_in_range(rate)) return rate;
  return base::invalid_input("the frames have a rate of " + rate.to_string() +
                                 ", expected --fps with 1 to 240 frames per second",
                             input.name());
}

base::Result<Geometry> geometry(FrameInput& input, const Wanted& wanted) {
  TRY(const base::SizeI size, size_of_frames(input, wanted));
  TRY(const base::FrameRate rate, rate_of_frames(input, wanted));
  const bool follows_scene = wanted.scene != nullptr && !wanted.size;
  if (follows_scene && wanted.scene->scene.duration) {
    TRY_DO(input.expect(size, rate.frames_in(*wanted.scene->scene.duration)));
  }
  return Geometry{size, rate};
}

// Without the size and rate of the video, which the input may state.
base::Result<media::EncodingRequest> encoding_request(const Arguments& arguments) {
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
  TRY(request.audio, audio_settings(arguments));
  return request;
}

/// How many frames were read, and the error that ended reading, if any.
struct ReadOutcome {
  int64_t frames = 0;
  std::optional<Error> error;
};

ReadOutcome read_all(FrameInput& input, FrameWriter& writer, Progress& progress) {
  ReadOutcome outcome;
  while (true) {
    auto next = input.next();
    if (!next) {
      outcome.error = std::move(next).error();
      return outcome;
    }
    if (next.value() == nullptr) return outcome;
    if (!writer.push({outcome.frames, std::move(next).value()})) return outcome;
    progress.update(++outcome.frames);
  }
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

// Reports what a run has written, unless that is only standard output.
void close_run(const media::Encoding& encoding, const Geometry& geometry, int64_t frames,
               std::chrono::steady_clock::time_point began, const Log& log) {
  FinishedRun run{{}, frames, geometry.rate, 0, std::chrono::steady_clock::now() - began};
  for (const auto& report : encoding.reports()) {
    run.outputs.push_back(report.name);
    *run.bytes += report.bytes;
  }
  const auto is_stdout = [](const std::string& name) { return name == "/dev/stdout"; };
  if (std::ranges::all_of(run.outputs, is_stdout)) return;
  log.write(LogLevel::kInfo, closing_line(run));
}

base::Result<void> encode_all(FrameInput& input, const Geometry& geometry,
                              media::Encoding& encoding, const Log& log) {
  const auto began = std::chrono::steady_clock::now();
  Progress progress(log.is_text() ? Progress::Show::kOnTerminal : Progress::Show::kNever,
                    input.count(geometry.size));
  FrameWriter writer([&](const NumberedFrame& next) { return encoding.write(next.frame); });
  const ReadOutcome outcome = read_all(input, writer, progress);
  const auto written = writer.join();
  progress.clear();
  if (!written) return failure_of(encoding, written.error(), log);
  if (outcome.frames == 0) {
    if (outcome.error) return *outcome.error;
    return Error{ErrorCode::kTruncated, "the input contains no frame", input.name(), nullptr};
  }
  if (!outcome.error || outcome.error->code == ErrorCode::kTruncated) TRY_DO(input.check_end());
  // Frames before an error or interruption are kept.
  const auto finished = encoding.finish();
  if (!finished) {
    if (outcome.error) log.fail(*outcome.error);
    return failure_of(encoding, finished.error(), log);
  }
  if (!outcome.error) {
    close_run(encoding, geometry, outcome.frames, began, log);
    return {};
  }
  return kept(*outcome.error, outcome.frames);
}

using EncodingPtr = std::unique_ptr<media::Encoding>;

base::Result<EncodingPtr> open_encoding(media::EncodingRequest request, const Geometry& frames) {
  request.video.size = frames.size;
  request.video.rate = frames.rate;
  return media::Encoding::open(std::move(request));
}

base::Result<void> encode(const Arguments& arguments, const std::optional<scene::SceneFile>& file,
                          const Log& log) {
  TRY_DO(apply_network_options(arguments));
  TRY(const DecodingSettings decoding, decoding_settings(arguments));
  TRY_DO(apply_decoding(decoding, log));
  TRY(const Wanted wanted, wanted_frames(arguments, file));
  TRY(const auto threads, integer_option(arguments, "threads", {1, 256}));
  TRY(media::EncodingRequest request, encoding_request(arguments));
  const std::string path = arguments.one("input").value_or("-");
  EncodingPtr encoding;
  // A pipe may be silent for long: what is wrong with the outputs is reported before that. The
  // input must then agree with the options and the scene.
  const auto known = known_geometry(wanted);
  if (known && is_pipe(path)) {
    TRY(encoding, open_encoding(request, *known));
  }
  TRY(const auto input, open_frame_input(path));
  TRY(const Geometry frames, geometry(*input, wanted));
  if (encoding == nullptr) {
    TRY(encoding, open_encoding(std::move(request), frames));
  }
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  input->start(
      {frames.size, encoding->input_format(), threads ? static_cast<int>(*threads) : cores});
  return encode_all(*input, frames, *encoding, log);
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
