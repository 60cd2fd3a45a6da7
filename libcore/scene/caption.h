#pragma once

#include "scene/scene.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::scene {

/// A piece of a caption's template: text as it stands, or the name of a value in the metadata.
struct CaptionPiece {
  std::string text;
  bool is_name = false;
  bool operator==(const CaptionPiece&) const = default;
};

/// The pieces of `name: {name}`. Two braces stand for themselves, and so does one that nothing
/// closes: a caption has no {{placeholders}}.
std::vector<CaptionPiece> caption_pieces(std::string_view text);

/// The template with the metadata's values in it; nothing for a name that it does not have.
std::string caption_text(std::string_view text, const Metadata& metadata);

}  // namespace layercast::scene
