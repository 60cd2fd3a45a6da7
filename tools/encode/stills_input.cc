#include "base/ascii.h"
#include "content/animation/frame_files.h"
#include "content/image/image_content.h"
#include "tools/common/interruption.h"
#include "tools/encode/input_kinds.h"
#include "tools/encode/pixel_converter.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace layercast::tools {
namespace {

constexpr size_t kStillsMax = 10'000'000;
constexpr std::array<std::string_view, 11> kStillNames = {
    ".png", ".jpg", ".jpeg", ".webp", ".avif", ".heic", ".heif", ".tif", ".tiff", ".gif", ".svg"};

std::string size_text(base::SizeI size) {
  return std::to_string(size.width) + "x" + std::to_string(size.height);
}

base::Result<frame::PicturePtr> decoded(const std::string& file) {
  content::ImageRequest request;
  request.path = file;
  TRY(const content::Raster raster, content::rasterise_image(request));
  return raster.picture;
}

class StillsInput final : public FrameInput {
 public:
  StillsInput(std::string name, std::vector<std::string> files, frame::PicturePtr first)
      : name_(std::move(name)),
        files_(std::move(files)),
        size_(first->size()),
        first_(std::move(first)) {}

  const std::string& name() const override { return name_; }
  std::optional<base::SizeI> size() const override { return size_; }
  std::optional<int64_t> count(base::SizeI) const override {
    return static_cast<int64_t>(files_.size());
  }

  void start(const FrameTarget& target) override {
    converter_.emplace(target.size, target.format, target.threads);
  }

  base::Result<frame::FramePtr> next() override {
    if (next_ == files_.size()) return frame::FramePtr();
    if (interrupted()) {
      return base::Error{base::ErrorCode::kInterrupted, "interrupted", name_, nullptr};
    }
    const std::string& file = files_[next_++];
    frame::PicturePtr picture = std::exchange(first_, nullptr);
    if (!picture) {
      TRY(picture, decoded(file));
    }
    if (picture->size() != size_) {
      return base::invalid_input("the picture is " + size_text(picture->size()) +
                                     ", the frames before it are " + size_text(size_) +
                                     "; expected pictures of one size",
                                 file);
    }
    return converter_->convert(picture->view());
  }

 private:
  std::string name_;
  std::vector<std::string> files_;
  base::SizeI size_;
  frame::PicturePtr first_;  ///< decoded in advance
  size_t next_ = 0;
  std::optional<PixelConverter> converter_;
};

base::Result<std::vector<std::string>> files_of(const std::string& name) {
  std::error_code error;
  const bool is_pattern =
      std::filesystem::path(name).filename().string().find_first_of("%*?[") != std::string::npos;
  if (!is_pattern || std::filesystem::exists(name, error)) return std::vector<std::string>{name};
  TRY(auto files, content::files_of_pattern(name, kStillsMax));
  const auto gap = content::first_gap(name, files);
  if (!gap) return files;
  return base::invalid_input("the numbers jump from " + std::to_string(gap->before) + " to " +
                                 std::to_string(gap->after) + "; expected every number in between",
                             name);
}

}  // namespace

bool is_still_name(const std::string& path) {
  const std::string extension = base::lower_case(std::filesystem::path(path).extension().string());
  return std::ranges::find(kStillNames, extension) != kStillNames.end();
}

base::Result<std::unique_ptr<FrameInput>> stills_input(const std::string& pattern) {
  TRY(auto files, files_of(pattern));
  TRY(auto first, decoded(files.front()));
  return std::unique_ptr<FrameInput>(
      std::make_unique<StillsInput>(pattern, std::move(files), std::move(first)));
}

}  // namespace layercast::tools
