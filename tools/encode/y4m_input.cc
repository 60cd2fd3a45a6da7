#include "media/in/y4m_reader.h"
#include "tools/common/interruption.h"
#include "tools/encode/input_kinds.h"
#include "tools/encode/pixel_converter.h"

#include <utility>

namespace layercast::tools {
namespace {

class Y4mInput final : public FrameInput {
 public:
  Y4mInput(const OpenedInput& input, media::Y4mReader reader)
      : name_(input.name), bytes_(input.bytes), reader_(std::move(reader)) {}

  const std::string& name() const override { return name_; }
  std::optional<base::SizeI> size() const override { return reader_.size(); }
  std::optional<base::FrameRate> rate() const override { return reader_.rate(); }
  std::optional<int64_t> count(base::SizeI) const override {
    if (!bytes_) return std::nullopt;
    return (*bytes_ - reader_.header_bytes()) / reader_.frame_bytes();
  }

  void start(const FrameTarget& target) override {
    is_copied_ = reader_.is_same(target.format);
    converter_.emplace(target.size, target.format, target.threads);
  }

  base::Result<frame::FramePtr> next() override {
    const std::shared_ptr<frame::Frame> copied = is_copied_ ? converter_->take() : nullptr;
    TRY(const auto read, reader_.read(copied ? *copied : converter_->raw()));
    if (read == frame::ReadFrame::kEnd) return frame::FramePtr();
    return copied ? frame::FramePtr(copied) : converter_->convert_raw();
  }

 private:
  std::string name_;
  std::optional<int64_t> bytes_;
  media::Y4mReader reader_;
  bool is_copied_ = false;
  std::optional<PixelConverter> converter_;
};

}  // namespace

base::Result<std::unique_ptr<FrameInput>> y4m_input(const OpenedInput& input) {
  TRY(media::Y4mReader reader,
      media::Y4mReader::open(input.descriptor, input.head, input.name, interrupted));
  return std::unique_ptr<FrameInput>(std::make_unique<Y4mInput>(input, std::move(reader)));
}

}  // namespace layercast::tools
