#pragma once

#include "base/error.h"
#include "base/geometry.h"

#include <cstdint>
#include <string_view>

namespace layercast::content {

/// The formats of images that consist of pixels.
enum class ImageFormat : uint8_t { kPng, kJpeg, kWebp, kHeif, kTiff, kGif };

/// Such as `PNG`.
std::string_view name_of(ImageFormat format);

/// Detects the format from the first bytes, so that only its own decoder reads the file.
/// Errors: kInvalidInput, without `where`.
base::Result<ImageFormat> image_format(std::string_view bytes);

/// Succeeds when an image of `size` pixels may be decoded. Errors: kLimit, without `where`.
base::Result<void> check_image_size(base::SizeI size);

/// The error for a file that its decoder rejects. `reason`: the text of the decoder, of one or more
/// lines. It determines the code: kUnsupported when the file is a kind of this format that the
/// decoder does not implement, kLimit when the image is too large for the decoder, otherwise
/// kInvalidInput: the file is damaged or truncated.
base::Error decoder_error(ImageFormat format, std::string_view reason);

/// The error for a file that is damaged or truncated.
base::Error damaged_image(ImageFormat format, std::string_view reason);

/// The error for a file that is larger than its decoder allows.
base::Error too_large_image(ImageFormat format, std::string_view reason);

/// The error for a valid file whose kind is not supported.
base::Error unsupported_image(ImageFormat format, std::string_view reason);

}  // namespace layercast::content
