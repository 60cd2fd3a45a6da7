#pragma once

#include "base/error.h"
#include "content/chat_message.h"
#include "content/detail.h"
#include "content/fonts.h"
#include "content/moving.h"
#include "content/raster.h"
#include "scene/scene.h"
#include "scene/scene_file.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace layercast::content {

/// Turns the content of a scene's layers into pictures. Equal contents in boxes of one size share
/// one picture, so that fifty layers with one logo decode it once.
/// Thread: one at a time.
class Rasterizer {
 public:
  /// Ownership: keeps a reference to `file`, which must outlive it.
  explicit Rasterizer(const scene::SceneFile& file);

  /// The layer's content, all of it in one picture; kInternal for one that moves. `text`: a text
  /// content with its placeholders filled in; of no meaning for others. Errors: what the content's
  /// own function says: missing files, fonts, bad data, limits. A layer that scrolls: as strip.h
  /// makes it.
  base::Result<Raster> rasterise(const scene::Layer& layer, const std::string& text);

  /// A chat as make_chat() makes it; its messages are drawn once for all its versions.
  /// Errors: make_chat()'s.
  base::Result<std::unique_ptr<MovingContent>> open_chat(const scene::ChatContent& content,
                                                         std::optional<base::SizeF> box,
                                                         base::Duration start);

  /// The caption of a visual feed in a box of this size; none where there is nothing to say.
  /// Errors: rasterise_caption()'s.
  base::Result<std::optional<Raster>> caption(const scene::Layer& layer, base::SizeF box);

  /// Lets go of the pictures that only it still holds.
  void forget_unused();

  /// Why no text can be drawn: a font of the scene, or a default one, is not there.
  std::optional<base::Error> font_error() const;

  /// What stands in place of a content that failed: a translucent red box with the reason.
  Raster error_raster(const scene::Layer& layer, const base::Error& error);

 private:
  base::Result<Raster> rasterise_once(const scene::Layer& layer, const std::string& text);
  base::Result<Raster> rasterise_strip(const scene::Layer& layer, const std::string& text,
                                       const scene::ScrollEffect& scroll);
  base::Result<Raster> rasterise_text_strip(const scene::TextContent& content,
                                            const std::string& text,
                                            const scene::ScrollEffect& scroll,
                                            std::optional<base::SizeF> box);

  // What an image looks like depends on these: a kind, its files, its fit, its box, its detail.
  struct SharedKey {
    std::string kind;
    std::string source;
    std::string other;
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
  // The picture of that key, made by `make` if there is none.
  template <typename Make>
  base::Result<Raster> shared(const SharedKey& key, const Make& make);

  const scene::SceneFile& file_;
  base::Result<std::unique_ptr<FontLibrary>> fonts_;
  std::vector<std::pair<SharedKey, Raster>> shared_;  ///< few
  ChatPictures chat_pictures_;
};

}  // namespace layercast::content
