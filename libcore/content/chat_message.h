#pragma once

#include "base/color.h"
#include "base/error.h"
#include "base/geometry.h"
#include "content/fonts.h"
#include "content/raster.h"
#include "scene/scene.h"

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

/// What an author without a colour is written in: the same for the same name, as light or as dark
/// as `text` is, so that it can be read on what `text` can be read on.
base::Color color_of_author(std::string_view author, base::Color text);

/// How far the strip behind a highlighted message reaches beyond the message, in px.
base::SizeF highlight_reach(const scene::ChatStyle& style);

/// One message: its author in bold, then what is said, wrapped at `width` px and cut with an
/// ellipsis after the style's lines; a highlighted one lies on a rounded strip as wide as `width`.
/// Line breaks are spaces; there is no markup, and there are no placeholders. The box is the text,
/// in whole pixels; strip and ink reach out of it.
/// Errors: those of rasterise_text(). Thread: any; waits for other users of `fonts`.
base::Result<Raster> rasterise_message(const scene::ChatMessage& message,
                                       const scene::ChatStyle& style, double width,
                                       FontLibrary& fonts);

/// The pictures of chats, each made once however many versions of a chat show it, and kept while a
/// chat shows it.
/// Thread: one at a time.
class ChatPictures {
 public:
  /// rasterise_message(), remembered.
  base::Result<Raster> message(const scene::ChatMessage& message, const scene::ChatStyle& style,
                               double width, FontLibrary& fonts);
  /// The panel behind the messages. Errors: kLimit for one that is too large.
  base::Result<Raster> panel(const scene::ChatStyle& style, base::SizeF box);

  /// Lets go of the pictures that only it still holds.
  void forget_unused();
  /// How many there are.
  size_t size() const;

 private:
  // Which message: its author, its text, whether it is highlighted, its author's colour.
  using Message = std::tuple<std::string, std::string, bool, std::string>;
  // All messages of one style and width.
  struct Look {
    scene::ChatStyle style;
    double width;
    std::map<Message, Raster, std::less<>> messages;
  };
  struct Panel {
    base::SizeF box;
    base::Color color;
    double radius;
    Raster raster;
  };

  Look& look_of(const scene::ChatStyle& style, double width);
  void note_made(const Raster& raster);

  std::list<Look> looks_;
  std::list<Panel> panels_;
  size_t bytes_made_ = 0;  ///< since the last tidying
};

}  // namespace layercast::content
