#include "scene/live/command_codec.h"
#include "scene/live/run_tables.h"
#include "scene/live/stream_config.h"
#include "scene/wire/codec.h"
#include "scene/wire/content_tables.h"
#include "scene/wire/scene_tables.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace layercast::scene {
namespace {

// A field of a table that takes any string.
struct TextField {
  std::string name;  ///< `table.key`
  FileRole role;
};

// Every such field below `shape`.
void collect(const Shape& shape, const std::string& name, std::set<const Table*>& seen,
             std::vector<TextField>& fields) {
  if (shape.is_free_text) fields.push_back({name, shape.role});
  if (shape.elements != nullptr) collect(*shape.elements, name, seen, fields);
  for (const Shape& each : shape.alternatives) collect(each, name, seen, fields);
  if (shape.table == nullptr || !seen.insert(shape.table.get()).second) return;
  const Table& table = *shape.table;
  const auto collect_table = [&](const Table& part) {
    for (const TableField& field : part.fields) {
      collect(field.shape, part.title + "." + field.doc.key, seen, fields);
    }
  };
  collect_table(table);
  for (const TableChoice& choice : table.choices) {
    collect({FileRole::kNone, false, choice.table, nullptr, {}}, name, seen, fields);
  }
}

std::vector<TextField> all_text_fields() {
  std::set<const Table*> seen;
  std::vector<TextField> fields;
  collect(scene_codec().shape, "", seen, fields);
  collect(chat_message_codec().shape, "", seen, fields);
  collect(output_codec().shape, "", seen, fields);
  collect(audio_codec().shape, "", seen, fields);
  collect(stream_config_codec().shape, "", seen, fields);
  for (const Method& method : methods()) collect(method.params, "", seen, fields);
  collect(layer_run_codec().shape, "", seen, fields);
  collect(track_run_codec().shape, "", seen, fields);
  return fields;
}

// A new field that takes any string fails this test: state its FileRole, or add it here if it names
// nothing outside of the scene.
TEST(FileRoles, EveryTextFieldHasOneOrIsKnownToNameNothing) {
  const std::set<std::string> plain = {"style.font_family",      "content: image.metadata",
                                       "content: image.caption", "content: video.metadata",
                                       "content: video.caption", "content: text.text",
                                       "shape: path.d",          "content: svg.svg",
                                       "chat style.font",        "message.id",
                                       "message.author",         "message.text",
                                       "output.codec",           "output.preset",
                                       "stream.codec",           "stream.preset",
                                       "message run.id"};
  std::set<std::string> met;
  for (const TextField& field : all_text_fields()) {
    if (field.role != FileRole::kNone) continue;
    EXPECT_TRUE(plain.contains(field.name))
        << field.name << " takes any string and has no FileRole";
    met.insert(field.name);
  }
  EXPECT_EQ(met, plain);
}

TEST(FileRoles, AreThoseOfWhatIsReadAndWritten) {
  std::map<std::string, FileRole> roles;
  for (const TextField& field : all_text_fields()) {
    if (field.role != FileRole::kNone) roles[field.name] = field.role;
  }
  const std::map<std::string, FileRole> expected = {
      {"style.font_file", FileRole::kAsset},
      {"scene.fonts", FileRole::kAsset},
      {"content: character.source", FileRole::kAsset},
      {"animated source: image.source", FileRole::kAsset},
      {"mask.source", FileRole::kAsset},
      {"content: character.texture", FileRole::kAsset},
      {"content: image.source", FileRole::kPicture},
      {"content: svg.source", FileRole::kPicture},
      {"content: gif.source", FileRole::kPicture},
      {"content: sprite.source", FileRole::kAsset},
      {"content: frames.source", FileRole::kAsset},
      {"content: video.source", FileRole::kSource},
      {"content: video.fallback", FileRole::kAsset},
      {"audio.source", FileRole::kSource},
      {"output.url", FileRole::kOutput}};
  EXPECT_EQ(roles, expected);
}

// What visit_files() finds in a document, with its places.
std::map<std::string, std::string> files_in(const Shape& shape, Value document) {
  std::map<std::string, std::string> files;
  Reader reader;
  visit_files(shape, document, reader, [&](FileRole role, const Value& name, Reader&) {
    files[reader.pointer()] = std::string(name_of(role)) + " " + name.text;
  });
  return files;
}

TEST(VisitFiles, FindsNamesInWholeAndPartialDocuments) {
  const auto text = [](const char* value) { return Value::of(value); };
  const Value video = Value::object()
                          .add("type", text("video"))
                          .add("source", text("a.mp4"))
                          .add("fallback", text("b.png"));
  const Value layer = Value::object().add("content", video);
  EXPECT_EQ(files_in(layer_codec().shape, layer),
            (std::map<std::string, std::string>{{"/content/source", "source a.mp4"},
                                                {"/content/fallback", "asset b.png"}}));
  // A merge patch names no type: whatever may be a file counts.
  const Value patch = Value::object().add(
      "content", Value::object().add("texture", text("t.png")).add("text", text("words")));
  EXPECT_EQ(files_in(layer_codec().shape, patch),
            (std::map<std::string, std::string>{{"/content/texture", "asset t.png"}}));
  const Value states =
      Value::object().add("content", Value::object()
                                         .add("type", text("character"))
                                         .add("source", text("h.png"))
                                         .add("animations", Value::object().add("talk", video)));
  EXPECT_EQ(
      files_in(layer_codec().shape, states),
      (std::map<std::string, std::string>{{"/content/source", "asset h.png"},
                                          {"/content/animations/talk/source", "source a.mp4"},
                                          {"/content/animations/talk/fallback", "asset b.png"}}));
  // A caption's words are shown, under whatever name.
  const Value told = Value::object().add(
      "content", Value::object()
                     .add("type", text("image"))
                     .add("metadata", Value::object().add("source", text("rtmp://h/a/key"))));
  EXPECT_TRUE(files_in(layer_codec().shape, told).empty());
}

}  // namespace
}  // namespace layercast::scene
