#include "frame/raw_pipe.h"
#include "tools/common/interruption.h"
#include "tools/encode/input_kinds.h"
#include "tools/encode/pixel_converter.h"
#include "tools/encode/size_check.h"

#include <algorithm>
#include <unistd.h>
#include <utility>

namespace layercast::tools {
namespace {

using frame::StraightRgba8;

std::string size_text(base::SizeI size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

class RawInput final : public FrameInput {
 public:
  explicit RawInput(OpenedInput input) : input_(std::move(input)), head_(input_.head) {}

  const std::string& name() const override { return input_.name; }
  std::optional<int64_t> count(base::SizeI size) const override {
    if (!input_.bytes) return std::nullopt;
    return *input_.bytes / (size.area() * int64_t{sizeof(StraightRgba8)});
  }

  base::Result<void> expect(base::SizeI size, int64_t frames) override {
    scene_ = {size, frames};
    return input_.bytes ? check_file(size) : base::Result<void>();
  }

  void start(const FrameTarget& target) override {
    converter_.emplace(target.size, target.format, target.threads);
  }

  base::Result<frame::FramePtr> next() override {
    frame::Frame& raw = converter_->raw();
    TRY(const size_t count, frame::read_planes(input_.descriptor, raw, input_.name, interrupted,
                                               std::exchange(head_, {})));
    bytes_read_ += static_cast<int64_t>(count);
    TRY(const auto read, frame::read_outcome(count, raw, input_.name));
    if (read == frame::ReadFrame::kEnd) return frame::FramePtr();
    if (frames_++ == 0 && scene_ && !input_.bytes) {
      start_ = frame::Image<StraightRgba8>(raw.size());
      for (int y = 0; y < raw.size().height; ++y) {
        std::copy_n(std::as_const(raw).rgba().row(y), raw.size().width, start_.view().row(y));
      }
    }
    return converter_->convert_raw();
  }

  base::Result<void> check_end() override {
    if (!scene_ || input_.bytes || frames_ == 0) return {};
    return check(bytes_read_);
  }

 private:
  // Reads the beginning of a regular file without moving in it.
  base::Result<void> check_file(base::SizeI size) {
    start_ = frame::Image<StraightRgba8>(size);
    int64_t place = input_.start;
    for (int y = 0; y < size.height; ++y) {
      const size_t bytes = static_cast<size_t>(size.width) * sizeof(StraightRgba8);
      const ssize_t read = ::pread(input_.descriptor, start_.view().row(y), bytes, place);
      if (read != static_cast<ssize_t>(bytes)) return {};  // not even one frame
      place += read;
    }
    return check(*input_.bytes);
  }

  base::Result<void> check(int64_t bytes) const {
    const auto likely = likely_other_size(*scene_, bytes, start_.view());
    if (!likely) return {};
    return base::invalid_input("the frames are probably " + size_text(*likely) +
                                   ", the canvas of the scene is " + size_text(scene_->size) +
                                   "; expected --size WxH with the size of the frames",
                               input_.name);
  }

  OpenedInput input_;
  std::string head_;  // the beginning of the next frame, which has been read already
  std::optional<SceneFrames> scene_;
  frame::Image<StraightRgba8> start_;
  std::optional<PixelConverter> converter_;
  int64_t frames_ = 0;
  int64_t bytes_read_ = 0;
};

}  // namespace

std::unique_ptr<FrameInput> raw_input(OpenedInput input) {
  return std::make_unique<RawInput>(std::move(input));
}

}  // namespace layercast::tools
