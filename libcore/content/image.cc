#include "content/image.h"

#include "base/check.h"
#include "content/decode.h"
#include "content/fit.h"
#include "content/resample.h"
#include "content/svg.h"
#include "scene/limits.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>
#include <system_error>
#include <utility>

// vector.h does not include what it needs.
// clang-format off
#include <vips/vips.h>
#include <vips/vector.h>
// clang-format on

namespace layercast::content {
namespace {

namespace limits = scene::limits;
using Pixels = frame::Image<frame::PremulRgba8>;
using PixelView = frame::ImageView<const frame::PremulRgba8>;

// ---- Files --------------------------------------------------------------------------------------

base::Error fault(base::ErrorCode code, std::string what, const std::string& path) {
  return {code, std::move(what), path, nullptr};
}

base::Error at_path(base::Error error, const std::string& path) {
  error.where = path;
  return error;
}

// Before it is opened: opening a FIFO waits for its other end.
base::Result<void> check_is_file(const std::string& path) {
  std::error_code error;
  switch (std::filesystem::status(path, error).type()) {
    case std::filesystem::file_type::regular:
      return {};
    case std::filesystem::file_type::not_found:
      return fault(base::ErrorCode::kNotFound, "no such file", path);
    case std::filesystem::file_type::directory:
      return fault(base::ErrorCode::kInvalidInput, "is a folder, not an image file", path);
    case std::filesystem::file_type::none:
      return base::io_error(error.value(), "cannot open", path);
    default:
      return fault(base::ErrorCode::kInvalidInput, "is not a regular file", path);
  }
}

struct FileClose {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

base::Error too_large(int64_t bytes_max, const std::string& path) {
  return fault(base::ErrorCode::kLimit,
               "the file is larger than " + std::to_string(bytes_max >> 20) + " MiB", path);
}

base::Result<std::string> read_file(const std::string& path, int64_t bytes_max) {
  TRY_DO(check_is_file(path));
  std::error_code no_size;
  const auto expected = static_cast<int64_t>(std::filesystem::file_size(path, no_size));
  if (!no_size && expected > bytes_max) return too_large(bytes_max, path);
  const std::unique_ptr<std::FILE, FileClose> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return base::io_error(errno, "cannot open", path);
  std::string bytes;
  if (!no_size) bytes.reserve(static_cast<size_t>(expected));
  constexpr size_t kChunk = 1 << 20;
  for (size_t read = kChunk; read == kChunk;) {
    const size_t old_size = bytes.size();
    bytes.resize(old_size + kChunk);
    read = std::fread(bytes.data() + old_size, 1, kChunk, file.get());
    bytes.resize(old_size + read);
    if (static_cast<int64_t>(bytes.size()) > bytes_max) return too_large(bytes_max, path);
  }
  if (std::ferror(file.get()) != 0) return base::io_error(errno, "cannot read", path);
  if (bytes.empty()) return fault(base::ErrorCode::kInvalidInput, "the file is empty", path);
  return bytes;
}

// No image format but SVG begins with a tag.
bool looks_like_svg(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  const size_t first = bytes.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && bytes[first] == '<';
}

// ---- Fitting ------------------------------------------------------------------------------------

struct Fitting {
  scene::Fit fit;
  std::optional<base::SizeF> box;
};

Raster raster_of(Pixels pixels, const Placement& placement) {
  return {std::make_shared<const frame::Picture>(std::move(pixels), placement.origin),
          placement.box};
}

base::Result<Raster> fitted_svg(std::string text, const Fitting& fitting) {
  if (static_cast<int64_t>(text.size()) > limits::kSvgFileBytesMax) {
    return too_large(limits::kSvgFileBytesMax, {});
  }
  TRY(const SvgDocument document, SvgDocument::parse(std::move(text)));
  TRY(const Placement placement, place(document.size(), fitting.fit, fitting.box));
  TRY(Pixels pixels, document.draw(placement.scaled, placement.visible));
  return raster_of(std::move(pixels), placement);
}

base::Result<Raster> fitted_raster(std::string_view bytes, const Fitting& fitting) {
  TRY(const Pixels pixels, decode_image(bytes));
  const base::SizeF natural{static_cast<double>(pixels.size().width),
                            static_cast<double>(pixels.size().height)};
  TRY(const Placement placement, place(natural, fitting.fit, fitting.box));
  return raster_of(resampled(pixels.view(), placement.scaled, placement.visible), placement);
}

base::Result<Raster> fitted(std::string bytes, const Fitting& fitting) {
  if (looks_like_svg(bytes)) return fitted_svg(std::move(bytes), fitting);
  if (bytes.starts_with("\x1f\x8b")) {
    return fault(base::ErrorCode::kUnsupported, "is compressed: unpack it with gunzip", {});
  }
  return fitted_raster(bytes, fitting);
}

// ---- Texture ------------------------------------------------------------------------------------

frame::PremulRgba8 textured(frame::PremulRgba8 source, frame::PremulRgba8 texture) {
  const uint32_t uncovered = 255U - texture.alpha;
  const auto multiplied = [uncovered](uint32_t color, uint32_t by) {
    return static_cast<uint8_t>(frame::divided_by_255(color * (uncovered + by)));
  };
  return {multiplied(source.red, texture.red), multiplied(source.green, texture.green),
          multiplied(source.blue, texture.blue), source.alpha};
}

Raster textured_raster(const Raster& source, PixelView texture) {
  const PixelView pixels = source.picture->view();
  LAYERCAST_CHECK(pixels.size() == texture.size());
  Pixels result(pixels.size());
  for (int y = 0; y < pixels.height(); ++y) {
    for (int x = 0; x < pixels.width(); ++x) {
      result.view().at(x, y) = textured(pixels.at(x, y), texture.at(x, y));
    }
  }
  return {std::make_shared<const frame::Picture>(std::move(result), source.picture->origin()),
          source.box};
}

}  // namespace

void initialise_images() {
  static std::once_flag once;
  std::call_once(once, [] {
    g_log_set_handler(
        "VIPS", static_cast<GLogLevelFlags>(G_LOG_LEVEL_MASK),
        [](const gchar*, GLogLevelFlags, const gchar*, gpointer) {}, nullptr);
    LAYERCAST_CHECK(VIPS_INIT("layercast") == 0);
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoadSvgBuffer", FALSE);
    vips_cache_set_max(0);
    vips_concurrency_set(1);
    vips_vector_set_enabled(FALSE);
  });
}

base::Result<Raster> rasterise_image(const ImageRequest& request) {
  initialise_images();
  TRY(std::string bytes, read_file(request.path, limits::kImageFileBytesMax));
  base::Result<Raster> raster = fitted(std::move(bytes), {request.fit, request.box});
  if (!raster.ok()) return at_path(std::move(raster).error(), request.path);
  return raster;
}

base::Result<Raster> rasterise_character(const std::string& source,
                                         const std::optional<std::string>& texture,
                                         std::optional<base::SizeF> box) {
  TRY(Raster raster, rasterise_image({source, scene::Fit::kContain, box}));
  if (!texture.has_value()) return raster;
  const base::SizeI size = raster.picture->size();
  const base::SizeF picture_box{static_cast<double>(size.width), static_cast<double>(size.height)};
  TRY(const Raster covering, rasterise_image({*texture, scene::Fit::kCover, picture_box}));
  return textured_raster(raster, covering.picture->view());
}

base::Result<Raster> rasterise_svg(const scene::SvgContent& content, const std::string& path,
                                   std::optional<base::SizeF> box) {
  initialise_images();
  const Fitting fitting{scene::Fit::kContain, box};
  if (content.svg.has_value()) return fitted_svg(*content.svg, fitting);
  TRY(std::string bytes, read_file(path, limits::kSvgFileBytesMax));
  base::Result<Raster> raster =
      looks_like_svg(bytes) ? fitted_svg(std::move(bytes), fitting)
                            : fault(base::ErrorCode::kInvalidInput, "not an SVG image", path);
  if (!raster.ok()) return at_path(std::move(raster).error(), path);
  return raster;
}

}  // namespace layercast::content
