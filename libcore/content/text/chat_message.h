#pragma once

#include "base/color.h"
#include "base/error.h"
#include "base/geometry.h"
#include "content/picture/raster.h"
#include "content/text/fonts.h"
#include "scene/model/scene.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace layercast::content {

/// The colour of an author without one of its own: depends only on the name, and is as light or as
/// dark as `text`, so that both are readable on the same background.
base::Color color_of_author(std::string_view author, base::Color text);

/// How far the highlight strip extends beyond a message, in px.
base::SizeF highlight_reach(const scene::ChatStyle& style);

/// Draws one message: the author in bold, then the text, wrapped at `width` px and cut with an
/// ellipsis after the style's number of lines. A highlighted message lies on a rounded strip of
/// that width. Line breaks become spaces; markup and placeholders are not interpreted. The box is
/// the text in whole pixels; strip and glyphs may extend beyond it.
/// Errors: those of rasterise_text(). Thread: any; waits for other users of `fonts`.
base::Result<Raster> rasterise_message(const scene::ChatMessage& message,
                                       const scene::ChatStyle& style, double width,
                                       FontLibrary& fonts);

/// A cache of chat pictures: all versions of a chat share the picture of a message, as long as one
/// of them shows it.
/// Thread: one at a time.
class ChatPictures {
 public:
  /// A cached rasterise_message().
  base::Result<Raster> message(const scene::ChatMessage& message, const scene::ChatStyle& style,
                               double width, FontLibrary& fonts);
  /// A cached panel, the background of a chat. Errors: kLimit when it is too large.
  base::Result<Raster> panel(const scene::ChatStyle& style, base::SizeF box);

  /// Releases the pictures that nothing else uses.
  void forget_unused();
  /// The number of cached pictures.
  size_t size() const;

 private:
  // Author, text, whether it is highlighted, and the author's colour.
  using Message = std::tuple<std::string, std::string, bool, std::string>;
  // All messages of one style and width.
  struct Look {
    scene::ChatStyle style;
    double width;
    std::map<Message, Raster, std::less<>> messages;
  };
  struct Panel {
    base::SizeF box;
    scene::Paint color;
    double radius;
    Raster raster;
  };

  Look& look_of(const scene::ChatStyle& style, double width);
  void note_made(const Raster& raster);

  std::list<Look> looks_;
  std::list<Panel> panels_;
  size_t bytes_made_ = 0;  ///< since the last forget_unused()
};

}  // namespace layercast::content
