#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "content/image/picture_reader.h"
#include "frame/image.h"
#include "sandbox/channel.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The requests of a HelperDecoder to a decoding job, and its answers. The job may be hostile: the
/// functions that read its answers check every field.
namespace layercast::content {

/// Decode the first picture of an image. Descriptors: the file.
struct ImageRequestMessage {};
/// Open a file with one or more pictures. Descriptors: the file.
struct OpenPicturesMessage {};
/// Decode a picture of the opened file.
struct PictureMessage {
  int number = 0;
};
/// Check an SVG. Descriptors: the document, then the font files.
struct OpenSvgMessage {
  bool wants_remarks = false;
};
/// Draw the checked SVG, as Svg::draw().
struct DrawMessage {
  base::SizeI scaled;
  base::RectI part;
};
/// Draw the checked SVG, as Svg::draw_at().
struct DrawAtMessage {
  base::RectF place;
  base::Affine map;
  base::SizeI canvas;
};
/// Read a font file, as read_whole_font(). Descriptors: the file.
struct CheckFontMessage {};
using DecodeRequest = std::variant<ImageRequestMessage, OpenPicturesMessage, PictureMessage,
                                   OpenSvgMessage, DrawMessage, DrawAtMessage, CheckFontMessage>;

std::string request_message(const DecodeRequest& request);
/// nullopt: it is no request.
std::optional<DecodeRequest> request_of(std::string_view bytes);

/// An answer as it is sent: a message and at most one descriptor.
struct DecodeAnswer {
  std::string bytes;
  sandbox::Descriptor file;
};

DecodeAnswer error_answer(const base::Error& error);
/// An answer with the pixels in a file in memory, in rows without padding.
DecodeAnswer picture_answer(const base::Result<frame::Image<frame::PremulRgba8>>& picture);
/// The delays are in a file in memory.
DecodeAnswer pictures_answer(const PictureReader& reader);
DecodeAnswer svg_answer(base::SizeF size, const std::vector<std::string>& remarks);
DecodeAnswer font_answer(const base::Result<void>& checked);

/// The picture of an answer. No colour is above alpha, whatever the job sent. `size`: the size that
/// it must have; absent: any within the limits.
/// Errors: that of the answer; kInternal for one that breaks the rules.
base::Result<frame::Image<frame::PremulRgba8>> picture_in(
    const sandbox::Message& answer, const std::optional<base::SizeI>& size = std::nullopt);

/// What an opened file says of itself.
struct PicturesHeader {
  base::SizeI size;
  int count = 1;
  int plays = 0;
  std::vector<base::Duration> delays;
};
/// Errors: as picture_in().
base::Result<PicturesHeader> pictures_in(const sandbox::Message& answer);

struct SvgHeader {
  base::SizeF size;
  std::vector<std::string> remarks;
};
/// Errors: as picture_in().
base::Result<SvgHeader> svg_in(const sandbox::Message& answer);

/// Errors: as picture_in().
base::Result<void> font_in(const sandbox::Message& answer);

}  // namespace layercast::content
