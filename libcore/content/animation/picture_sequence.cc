#include "content/animation/picture_sequence.h"

#include "base/client_limits.h"
#include "content/animation/frame_files.h"
#include "content/image/decoder.h"
#include "content/image/file_bytes.h"
#include "frame/image.h"
#include "scene/model/limits.h"

#include <cmath>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

namespace limits = scene::limits;
using Pixels = frame::Image<frame::PremulRgba8>;

base::SizeF real_size(base::SizeI size) {
  return {static_cast<double>(size.width), static_cast<double>(size.height)};
}

/// A file with several pictures.
class FileSequence final : public PictureSequence {
 public:
  FileSequence(std::unique_ptr<PictureReader> reader, std::string path, int64_t file_bytes)
      : reader_(std::move(reader)), path_(std::move(path)), file_bytes_(file_bytes) {}

  int count() const override { return reader_->count(); }
  base::SizeF size() const override { return real_size(reader_->size()); }
  FilePlayback playback() const override { return {reader_->delays(), reader_->plays()}; }
  Access access() const override { return Access::kForwards; }
  // A decoder has the picture, the one before it and the part that is drawn onto them.
  int64_t held_bytes() const override {
    constexpr int64_t kPictures = 3;
    return file_bytes_ + kPictures * reader_->size().area() * int64_t{sizeof(frame::PremulRgba8)};
  }

  base::Result<Raster> picture(int number, const Fitting& fitting) override {
    auto pixels = reader_->picture(number);
    if (!pixels) return at_path(std::move(pixels).error(), path_);
    auto raster = fitted_pixels(std::as_const(pixels.value()).view(), fitting);
    if (!raster) return at_path(std::move(raster).error(), path_);
    return raster;
  }

 private:
  std::unique_ptr<PictureReader> reader_;
  std::string path_;
  int64_t file_bytes_;
};

base::Result<std::unique_ptr<PictureSequence>> open(const scene::GifContent& content) {
  TRY(std::string read, read_file(content.source, limits::kImageFileBytesMax));
  const auto file_bytes = static_cast<int64_t>(read.size());
  auto reader = decoder().pictures(std::make_shared<const std::string>(std::move(read)));
  if (!reader) return at_path(std::move(reader).error(), content.source);
  return std::unique_ptr<PictureSequence>(
      std::make_unique<FileSequence>(std::move(reader).value(), content.source, file_bytes));
}

/// The cells of a sprite sheet. Remaining pixels belong to no cell.
class SpriteSequence final : public PictureSequence {
 public:
  static base::Result<std::unique_ptr<PictureSequence>> open(const scene::SpriteContent& content) {
    const int64_t count =
        content.sprite.count.value_or(content.sprite.columns * content.sprite.rows);
    if (count > limits::kAnimatedPicturesMax) {
      return base::over_limit("the sheet has " + std::to_string(count) +
                                  " pictures, above the limit of " +
                                  std::to_string(limits::kAnimatedPicturesMax),
                              content.source);
    }
    TRY(Raster sheet, rasterise_image({content.source, scene::Fit::kNone, std::nullopt}));
    auto sprites = std::make_unique<SpriteSequence>(content, std::move(sheet));
    if (!sprites->cell_.empty()) return std::unique_ptr<PictureSequence>(std::move(sprites));
    const base::SizeI size = sprites->sheet_.picture->size();
    return base::invalid_input("the sheet has " + std::to_string(size.width) + " x " +
                                   std::to_string(size.height) + " pixels, no room for " +
                                   std::to_string(content.sprite.columns) + " x " +
                                   std::to_string(content.sprite.rows) + " cells",
                               content.source);
  }

  SpriteSequence(const scene::SpriteContent& content, Raster sheet)
      : path_(content.source),
        columns_(content.sprite.columns),
        count_(content.sprite.count.value_or(columns_ * content.sprite.rows)),
        margin_(whole(content.sprite.margin)),
        spacing_(whole(content.sprite.spacing)),
        sheet_(std::move(sheet)),
        cell_(cell_of(content.sprite.rows)) {}

  int count() const override { return count_; }
  base::SizeF size() const override { return real_size(cell_); }

  base::Result<Raster> picture(int number, const Fitting& fitting) override {
    const int left = margin_.x + number % columns_ * (cell_.width + spacing_.x);
    const int top = margin_.y + number / columns_ * (cell_.height + spacing_.y);
    const base::RectI place{left, top, left + cell_.width, top + cell_.height};
    auto raster = fitted_pixels(sheet_.picture->view().part(place), fitting);
    if (!raster) return at_path(std::move(raster).error(), path_);
    return raster;
  }

 private:
  static base::PointI whole(base::PointF point) {
    return {static_cast<int>(std::lround(point.x)), static_cast<int>(std::lround(point.y))};
  }
  base::SizeI cell_of(int rows) const {
    const base::SizeI size = sheet_.picture->size();
    return {(size.width - 2 * margin_.x - (columns_ - 1) * spacing_.x) / columns_,
            (size.height - 2 * margin_.y - (rows - 1) * spacing_.y) / rows};
  }

  std::string path_;
  int columns_;
  int count_;
  base::PointI margin_;
  base::PointI spacing_;
  Raster sheet_;
  base::SizeI cell_;
};

base::Result<std::unique_ptr<PictureSequence>> open(const scene::SpriteContent& content) {
  return SpriteSequence::open(content);
}

/// One image file per picture.
class FilesSequence final : public PictureSequence {
 public:
  FilesSequence(std::vector<std::string> files, std::string pattern, base::SizeF size)
      : files_(std::move(files)), pattern_(std::move(pattern)), size_(size) {}

  int count() const override { return static_cast<int>(files_.size()); }
  base::SizeF size() const override { return size_; }
  base::Result<Raster> picture(int number, const Fitting& fitting) override {
    return rasterise_image(
        {files_[static_cast<size_t>(number)], fitting.fit, fitting.box, {}, pattern_});
  }

 private:
  std::vector<std::string> files_;
  std::string pattern_;
  base::SizeF size_;
};

// `pattern`: empty for a single file.
base::Result<std::unique_ptr<PictureSequence>> open_files(std::vector<std::string> files,
                                                          std::string pattern) {
  TRY(const Raster first,
      rasterise_image({files.front(), scene::Fit::kNone, std::nullopt, {}, pattern}));
  return std::unique_ptr<PictureSequence>(
      std::make_unique<FilesSequence>(std::move(files), std::move(pattern), first.box));
}

base::Result<std::unique_ptr<PictureSequence>> open(const scene::FramesContent& content) {
  TRY(std::vector<std::string> files, files_of_pattern(content.source));
  for (const std::string& file : files) {
    TRY_DO(check_is_file(file));
    TRY_DO(base::check_place(file, content.source));
  }
  return open_files(std::move(files), content.source);
}

base::Result<std::unique_ptr<PictureSequence>> open(const scene::ImageContent& content) {
  return open_files({content.source}, {});
}

bool has_more_than_one_picture(const std::string& path) {
  auto sequence = open(scene::GifContent{path, {}, {}});
  return sequence && sequence.value()->count() > 1;
}

}  // namespace

const std::string& path_of(const PictureSource& source) {
  return std::visit([](const auto& each) -> const std::string& { return each.source; }, source);
}

const scene::Playback& playback_of(const PictureSource& source) {
  static const scene::Playback kDefault;
  return std::visit(
      [](const auto& each) -> const scene::Playback& {
        if constexpr (requires { each.playback; }) {
          return each.playback;
        } else {
          return kDefault;
        }
      },
      source);
}

scene::Fit fit_of(const PictureSource& source) {
  return std::visit([](const auto& each) { return each.fit; }, source);
}

base::Result<std::unique_ptr<PictureSequence>> open_sequence(const PictureSource& source) {
  initialise_images();
  return std::visit([](const auto& content) { return open(content); }, source);
}

bool is_animated_file(const std::string& path) {
  initialise_images();
  return has_more_than_one_picture(path);
}

}  // namespace layercast::content
