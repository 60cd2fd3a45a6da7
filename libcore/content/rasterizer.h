#pragma once

#include "base/error.h"
#include "content/picture/detail.h"
#include "content/picture/moving.h"
#include "content/picture/raster.h"
#include "content/text/chat_message.h"
#include "content/text/fonts.h"
#include "scene/model/scene.h"
#include "scene/model/scene_settings.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace layercast::content {

/// Turns the contents of layers into pictures. Equal contents in boxes of equal size share one
/// picture, so that fifty layers with the same logo decode it once.
/// Thread: one at a time.
class Rasterizer {
 public:
  explicit Rasterizer(scene::SceneSettings settings);

  /// Draws the layer's content as one picture; that of a layer that scrolls as described in
  /// strip.h. `text`: the expanded text of a text content; ignored for others.
  /// Errors: those of the content's own function: missing files, fonts, bad data, limits; kInternal
  /// for a moving content.
  base::Result<Raster> rasterise(const scene::Layer& layer, const std::string& text);

  /// Makes a chat with make_chat(); messages are drawn once for all versions of the chat.
  /// Errors: those of make_chat().
  base::Result<std::unique_ptr<MovingContent>> open_chat(const scene::ChatContent& content,
                                                         std::optional<base::SizeF> box,
                                                         base::Duration start);

  /// Draws the caption of a visual feed in a box of this size; nullopt if there is no caption.
  /// Errors: those of rasterise_caption().
  base::Result<std::optional<Raster>> caption(const scene::Layer& layer, base::SizeF box);

  /// Releases the pictures that only this rasterizer still refers to.
  void forget_unused();

  /// Why no text can be drawn: a font of the scene or a default font is missing.
  std::optional<base::Error> font_error() const;

  /// Draws the error picture of a content that failed: a translucent red box with the reason.
  Raster error_raster(const scene::Layer& layer, const base::Error& error);

 private:
  base::Result<Raster> rasterise_once(const scene::Layer& layer, const std::string& text);
  base::Result<Raster> rasterise_strip(const scene::Layer& layer, const std::string& text,
                                       const scene::ScrollEffect& scroll);
  base::Result<Raster> rasterise_text_strip(const scene::TextContent& content,
                                            const std::string& text,
                                            const scene::ScrollEffect& scroll,
                                            std::optional<base::SizeF> box);

  // Everything that the look of an image depends on: a kind, its files and their identities, its
  // fit, its box, its detail.
  struct SharedKey {
    std::string kind;
    std::string source;
    std::string other;
    std::string identity;
    int fit;
    base::SizeF box;
    Detail detail;
    bool operator==(const SharedKey&) const = default;
  };

  base::Result<Raster> rasterise_content(const scene::CharacterContent& content,
                                         const scene::Layer& layer);
  base::Result<Raster> rasterise_content(const scene::ImageContent& content,
                                         const scene::Layer& layer);
  base::Result<Raster> rasterise_content(const scene::SvgContent& content,
                                         const scene::Layer& layer);
  base::Result<Raster> rasterise_content(const scene::ColorContent& content,
                                         const scene::Layer& layer);
  base::Result<FontLibrary*> fonts();
  // The picture of that key; made by `make` if there is none yet.
  template <typename Make>
  base::Result<Raster> shared(const SharedKey& key, const Make& make);

  const scene::SceneSettings settings_;
  base::Result<std::unique_ptr<FontLibrary>> fonts_;
  std::vector<std::pair<SharedKey, Raster>> shared_;  ///< few
  ChatPictures chat_pictures_;
};

}  // namespace layercast::content
