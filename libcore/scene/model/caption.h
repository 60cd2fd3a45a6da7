#pragma once

#include "scene/model/scene.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::scene {

/// A piece of a caption's template: literal text, or the name of a value in the metadata.
struct CaptionPiece {
  std::string text;
  bool is_name = false;
  bool operator==(const CaptionPiece&) const = default;
};

/// Splits a template such as `name: {name}`. Double braces and an unclosed brace are literal text:
/// a caption has no {{placeholders}}.
std::vector<CaptionPiece> caption_pieces(std::string_view text);

/// The template with its names replaced by the values of the metadata; unknown names are empty.
std::string caption_text(std::string_view text, const Metadata& metadata);

}  // namespace layercast::scene
