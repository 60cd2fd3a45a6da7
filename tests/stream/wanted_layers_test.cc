#include "stream/wanted_layers.h"

#include <gtest/gtest.h>
#include <string>

namespace layercast::stream {
namespace {

template <class Content>
scene::Layer layer_of(const std::string& source) {
  Content content;
  content.source = source;
  scene::Layer layer;
  layer.content = content;
  return layer;
}

TEST(WantedLayers, ImagesAtUrlsAreReadFromTheWeb) {
  for (const char* url : {"http://h/a.png", "https://me:pass@h/a.png?v=2"}) {
    EXPECT_TRUE(reads_pictures_from_web(layer_of<scene::ImageContent>(url)));
    EXPECT_TRUE(reads_pictures_from_web(layer_of<scene::SvgContent>(url)));
    EXPECT_TRUE(reads_pictures_from_web(layer_of<scene::GifContent>(url)));
    // A video has a thread of its own.
    EXPECT_FALSE(reads_pictures_from_web(layer_of<scene::VideoContent>(url)));
  }
  EXPECT_FALSE(reads_pictures_from_web(layer_of<scene::ImageContent>("a.png")));
  EXPECT_FALSE(reads_pictures_from_web(layer_of<scene::ImageContent>("/a/http:/b.png")));
  scene::Layer drawing;
  drawing.content = scene::SvgContent{};
  EXPECT_FALSE(reads_pictures_from_web(drawing));
}

TEST(WantedLayers, AnimationsOfACharacterMayBeAtUrls) {
  scene::GifContent gif;
  gif.source = "https://h/a.gif";
  scene::CharacterContent character;
  character.source = std::string("a.png");
  scene::Layer layer;
  layer.content = character;
  EXPECT_FALSE(reads_pictures_from_web(layer));
  character.source = scene::AnimatedContent(gif);
  layer.content = character;
  EXPECT_TRUE(reads_pictures_from_web(layer));
}

}  // namespace
}  // namespace layercast::stream
