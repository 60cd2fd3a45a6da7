#include "tools/render-frames/sink.h"

#include "content/encode/animation_encoder.h"
#include "content/image/still.h"
#include "frame/raw_pipe.h"
#include "media/out/encoding.h"
#include "media/out/partial_file.h"
#include "tools/common/interruption.h"
#include "tools/common/video_options.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace layercast::tools {
namespace {

class StageTimer {
 public:
  explicit StageTimer(int64_t& total) : total_(total), start_(std::chrono::steady_clock::now()) {}
  ~StageTimer() {
    total_ += std::chrono::nanoseconds(std::chrono::steady_clock::now() - start_).count();
  }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  int64_t& total_;
  std::chrono::steady_clock::time_point start_;
};

// Reopens the pipe `descriptor` as non-blocking, so that waiting for its reader can be interrupted;
// `descriptor` is shared and stays blocking. Returns `descriptor` if it is not a pipe.
int unblocked(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISFIFO(status.st_mode)) return descriptor;
  const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
  const int own = ::open(path.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
  if (own < 0) return descriptor;
  if (descriptor > STDERR_FILENO) ::close(descriptor);
  return own;
}

/// Output bytes: stdout, or a file that gets its name in finish().
class ByteTarget {
 public:
  static base::Result<ByteTarget> open(const std::string& output) {
    ByteTarget target;
    if (output == "-") {
      target.name_ = "standard output";
      target.descriptor_ = STDOUT_FILENO;
      if (::isatty(STDOUT_FILENO) == 1) {
        return base::invalid_input(
            "raw frames would fill the terminal, expected a pipe, a redirection or -o OUT",
            target.name_);
      }
      frame::enlarge_pipe(STDOUT_FILENO);
      target.descriptor_ = unblocked(STDOUT_FILENO);
      return target;
    }
    target.name_ = output;
    std::string path = output;
    if (!media::is_special_file(output)) {
      TRY(auto file, media::PartialFile::create(output, media::PartialFile::Kind::kFile));
      path = file.path();
      target.file_.emplace(std::move(file));
    }
    target.descriptor_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (target.descriptor_ < 0) return base::io_error(errno, "cannot write", output);
    frame::enlarge_pipe(target.descriptor_);
    target.descriptor_ = unblocked(target.descriptor_);
    return target;
  }
  ByteTarget(ByteTarget&& other) noexcept
      : name_(std::move(other.name_)),
        descriptor_(std::exchange(other.descriptor_, -1)),
        file_(std::move(other.file_)) {}
  ByteTarget& operator=(ByteTarget&&) = delete;
  ~ByteTarget() {
    if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
  }

  base::Result<void> write(std::string_view bytes) const {
    return frame::write_all(descriptor_, bytes, name_, interrupted);
  }
  base::Result<void> write(const frame::Frame& frame) const {
    return frame::write_frame(descriptor_, frame, name_, interrupted);
  }
  base::Result<void> finish() {
    if (descriptor_ > STDERR_FILENO && ::close(std::exchange(descriptor_, -1)) != 0) {
      return base::io_error(errno, "cannot write", name_);
    }
    if (file_) return file_->commit();
    return {};
  }

 private:
  ByteTarget() = default;

  std::string name_;
  int descriptor_ = -1;
  std::optional<media::PartialFile> file_;
};

/// Writes raw RGBA or Y4M.
class RawSink : public FrameSink {
 public:
  RawSink(ByteTarget target, frame::PixelFormat format)
      : target_(std::move(target)), format_(format) {}

  static base::Result<std::unique_ptr<FrameSink>> open(const RenderSettings& settings,
                                                       const FrameSeries& series) {
    TRY(auto target, ByteTarget::open(settings.output));
    if (settings.format == "y4m") {
      TRY_DO(target.write(frame::y4m_header(settings.raw_format, series.size, series.rate)));
    }
    return std::unique_ptr<FrameSink>(new RawSink(std::move(target), settings.raw_format));
  }

  frame::PixelFormat format() const override { return format_; }
  base::Result<void> write(const frame::FramePtr& frame, int64_t) override {
    const StageTimer timer(write_nanos_);
    if (format_ != frame::PixelFormat::kRgba) TRY_DO(target_.write(frame::kY4mFrameHeader));
    return target_.write(*frame);
  }
  base::Result<void> finish() override { return target_.finish(); }
  void report(Stats& stats) const override { stats.add_stage("write", write_nanos_); }

 private:
  ByteTarget target_;
  frame::PixelFormat format_;
  int64_t write_nanos_ = 0;
};

/// The position of the frame number in a name such as `f-%05d.png`.
struct NumberPlace {
  size_t start;
  size_t end;
  int width;
  bool zeros;
};

std::optional<NumberPlace> number_place(const std::string& name) {
  const size_t start = name.find('%');
  if (start == std::string::npos) return std::nullopt;
  size_t at = start + 1;
  const bool zeros = at < name.size() && name[at] == '0';
  int width = 0;
  while (at < name.size() && name[at] >= '0' && name[at] <= '9' && width < 100) {
    width = width * 10 + (name[at++] - '0');
  }
  if (at == name.size() || name[at] != 'd' || width > 20) return std::nullopt;
  if (name.find('%', at) != std::string::npos) return std::nullopt;
  return NumberPlace{start, at + 1, width, zeros};
}

std::string numbered(const std::string& name, const NumberPlace& place, int64_t index) {
  std::string digits = std::to_string(index);
  const auto width = static_cast<size_t>(place.width);
  if (digits.size() < width) digits.insert(0, width - digits.size(), place.zeros ? '0' : ' ');
  return name.substr(0, place.start) + digits + name.substr(place.end);
}

/// Writes one image file per frame, complete when it gets its name.
class StillSink : public FrameSink {
 public:
  static base::Result<std::unique_ptr<FrameSink>> open(const RenderSettings& settings,
                                                       const FrameSeries& series) {
    auto sink = std::make_unique<StillSink>();
    sink->output_ = settings.output;
    sink->still_format_ = settings.still_format;
    sink->place_ = number_place(settings.output);
    const bool has_percent = settings.output.find('%') != std::string::npos;
    if (!sink->place_ && (series.count > 1 || has_percent)) {
      return base::invalid_input(
          has_percent ? "the name has no single frame number such as %05d in it"
                      : std::to_string(series.count) +
                            " frames do not fit one file, expected a name with a frame "
                            "number such as %05d.png, or --at TIME",
          settings.output);
    }
    return std::unique_ptr<FrameSink>(std::move(sink));
  }

  frame::PixelFormat format() const override { return frame::PixelFormat::kRgba; }
  base::Result<void> write(const frame::FramePtr& frame, int64_t index) override {
    const StageTimer timer(encode_nanos_);
    TRY(const std::string bytes, content::encode_still(frame->rgba(), still_format_));
    const std::string name = place_ ? numbered(output_, *place_, index) : output_;
    TRY(ByteTarget target, ByteTarget::open(name));
    TRY_DO(target.write(bytes));
    return target.finish();
  }
  base::Result<void> finish() override { return {}; }
  void report(Stats& stats) const override { stats.add_stage("encode", encode_nanos_); }

 private:
  std::string output_;
  content::StillFormat still_format_{};
  std::optional<NumberPlace> place_;
  int64_t encode_nanos_ = 0;
};

std::optional<content::AnimationFormat> animation_format(content::StillFormat format) {
  switch (format) {
    case content::StillFormat::kGif:
      return content::AnimationFormat::kGif;
    case content::StillFormat::kWebp:
      return content::AnimationFormat::kWebp;
    case content::StillFormat::kAvif:
      return content::AnimationFormat::kAvif;
    case content::StillFormat::kPng:
    case content::StillFormat::kJpeg:
      return std::nullopt;
  }
  return std::nullopt;
}

/// Writes one animated picture.
class AnimationSink : public FrameSink {
 public:
  AnimationSink(ByteTarget target, content::AnimationRequest request)
      : target_(std::move(target)), request_(request) {}

  static base::Result<std::unique_ptr<FrameSink>> open(const RenderSettings& settings,
                                                       const content::AnimationRequest& request,
                                                       int64_t frames) {
    const auto checked = content::check_animation(request, frames);
    if (!checked) return base::over_limit(checked.error().message, settings.output);
    TRY(auto target, ByteTarget::open(settings.output));
    auto sink = std::make_unique<AnimationSink>(std::move(target), request);
    const auto write = [&output = *sink](std::string_view bytes) {
      const StageTimer timer(output.write_nanos_);
      return output.target_.write(bytes);
    };
    TRY(sink->encoder_, content::AnimationEncoder::open(request, write));
    return std::unique_ptr<FrameSink>(std::move(sink));
  }

  frame::PixelFormat format() const override { return frame::PixelFormat::kRgba; }
  base::Result<void> write(const frame::FramePtr& frame, int64_t) override {
    const StageTimer timer(total_nanos_);
    return encoder_->add(frame);
  }
  base::Result<void> finish() override {
    {
      const StageTimer timer(total_nanos_);
      TRY_DO(encoder_->finish());
    }
    return target_.finish();
  }
  std::string remark() const override {
    const int step = content::frames_per_picture(request_.format, request_.rate);
    if (step == 1) return {};
    return "GIF shows at most 50 pictures a second; at " + request_.rate.to_string() +
           " frames a second, the file has one of every " + std::to_string(step) + " frames";
  }
  void report(Stats& stats) const override {
    stats.add_stage("encode", total_nanos_ - write_nanos_);
    stats.add_stage("write", write_nanos_);
  }

 private:
  ByteTarget target_;
  content::AnimationRequest request_;
  std::unique_ptr<content::AnimationEncoder> encoder_;
  int64_t total_nanos_ = 0;
  int64_t write_nanos_ = 0;
};

// One file for each frame, or one that shows them all.
base::Result<std::unique_ptr<FrameSink>> open_pictures(const RenderSettings& settings,
                                                       const FrameSeries& series) {
  const auto format = animation_format(settings.still_format);
  const bool is_numbered = settings.output.find('%') != std::string::npos;
  if (!format || is_numbered || series.count == 1) return StillSink::open(settings, series);
  return AnimationSink::open(settings, {*format, series.size, series.rate, series.opaque},
                             series.count);
}

class VideoSink : public FrameSink {
 public:
  explicit VideoSink(std::unique_ptr<media::Encoding> encoding) : encoding_(std::move(encoding)) {}

  static base::Result<std::unique_ptr<FrameSink>> open(const RenderSettings& settings,
                                                       const FrameSeries& series) {
    media::EncodingRequest request;
    TRY(const std::string output, encoding_output(settings.output));
    request.outputs = {output};
    if (!settings.format.empty()) request.container = settings.format;
    request.video = settings.video;
    request.video.size = series.size;
    request.video.rate = series.rate;
    request.audio = settings.audio;
    TRY(auto encoding, media::Encoding::open(std::move(request)));
    return std::unique_ptr<FrameSink>(new VideoSink(std::move(encoding)));
  }

  frame::PixelFormat format() const override { return encoding_->input_format(); }
  base::Result<void> write(const frame::FramePtr& frame, int64_t) override {
    return encoding_->write(frame);
  }
  base::Result<void> finish() override { return encoding_->finish(); }
  void report(Stats& stats) const override {
    stats.add_stage("encode", encoding_->encode_nanoseconds());
    stats.add_stage("write", encoding_->write_nanoseconds());
  }

 private:
  std::unique_ptr<media::Encoding> encoding_;
};

class NullSink : public FrameSink {
 public:
  frame::PixelFormat format() const override { return frame::PixelFormat::kYuv420p; }
  base::Result<void> write(const frame::FramePtr&, int64_t) override { return {}; }
  base::Result<void> finish() override { return {}; }
  bool takes_time() const override { return false; }
  void report(Stats&) const override {}
};

}  // namespace

base::Result<std::unique_ptr<FrameSink>> open_sink(const RenderSettings& settings,
                                                   const FrameSeries& series) {
  switch (settings.kind) {
    case OutputKind::kRaw:
      return RawSink::open(settings, series);
    case OutputKind::kStills:
      return open_pictures(settings, series);
    case OutputKind::kVideo:
      return VideoSink::open(settings, series);
    case OutputKind::kNothing:
      return std::unique_ptr<FrameSink>(new NullSink);
  }
  return base::internal_error("no such output", settings.output);
}

}  // namespace layercast::tools
