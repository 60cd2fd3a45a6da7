#include "tools/docs/scene_manual.h"

#include "scene/model/limits.h"
#include "scene/wire/scene_file.h"
#include "tools/docs/mdoc.h"
#include "tools/docs/option_text.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace layercast::tools {
namespace {

namespace limits = scene::limits;

constexpr std::string_view kMapping = "a mapping (";

// The title of the table that a field's kind names; empty when it names none.
std::string table_named_by(const std::string& kind) {
  if (!kind.starts_with(kMapping) || !kind.ends_with(')')) return {};
  return kind.substr(kMapping.size(), kind.size() - kMapping.size() - 1);
}

std::string kind_lines(const std::string& kind) {
  const std::string table = table_named_by(kind);
  if (table.empty()) return mdoc_lines("Value: " + kind + ".");
  return "Value: a mapping, see\n.Sx " + table + " .\n";
}

// The default as written in a scene file; empty when it is an empty value.
std::string default_lines(const std::string& fallback) {
  if (fallback.empty() || fallback == "[]" || fallback == "{}") return {};
  // An unquoted # begins a comment.
  const bool needs_quotes = fallback.starts_with('#');
  return mdoc_lines("Default: " + (needs_quotes ? "\"" + fallback + "\"" : fallback) + ".");
}

std::string key_item(const scene::FieldDoc& field) {
  std::string item = ".It Ic " + mdoc_argument(field.key);
  if (field.required) item += " Pq required";
  return item + "\n" + mdoc_lines(field.doc) + kind_lines(field.kind) +
         default_lines(field.fallback);
}

// `10,000`
std::string grouped(int64_t number) {
  std::string digits = std::to_string(number);
  for (size_t place = digits.size(); place > 3;) {
    place -= 3;
    digits.insert(place, ",");
  }
  return digits;
}

// `4 MiB` for whole MiB, else `10,000 bytes`.
std::string bytes_text(int64_t bytes) {
  constexpr int64_t kMebibyte = 1 << 20;
  if (bytes % kMebibyte == 0) return grouped(bytes / kMebibyte) + " MiB";
  return grouped(bytes) + " bytes";
}

struct Limit {
  std::string_view what;
  std::string most;
};

std::vector<Limit> told_limits() {
  constexpr int64_t kMillion = 1'000'000;
  return {{"Scene file", bytes_text(limits::kSceneBytesMax)},
          {"Values in a scene file, aliases expanded", grouped(limits::kSceneNodesMax)},
          {"Nesting in a scene file", grouped(limits::kSceneDepthMax) + " levels"},
          {"Faults reported of a scene file", grouped(limits::kFaultsMax)},
          {"Text, or a caption's value", bytes_text(limits::kTextLengthMax)},
          {"Inline SVG or path data", bytes_text(limits::kInlineSvgMax)},
          {"SVG file", bytes_text(limits::kSvgFileBytesMax)},
          {"Path or URL", bytes_text(limits::kPathLengthMax)},
          {"Stops of a gradient", grouped(limits::kGradientStopsMax)},
          {"Image file", bytes_text(limits::kImageFileBytesMax)},
          {"Decoded image", grouped(limits::kImagePixelsMax) + " pixels"},
          {"Pictures of an animation", grouped(limits::kAnimatedPicturesMax)},
          {"All pictures of an animated file", grouped(limits::kAnimatedPixelsMax) + " pixels"},
          {"Decoded animation kept in memory", bytes_text(limits::kAnimatedBytesMax)},
          {"Side of a decoded image", grouped(limits::kImageSideMax) + " px"},
          {"Side of a layer's picture", grouped(limits::kPictureSideMax) + " px"},
          {"Layer's picture", grouped(limits::kPicturePixelsMax) + " pixels"},
          {"All of the scene as JSON", grouped(limits::kDocumentBytesMax) + " bytes"},
          {"All work of a frame, see below",
           grouped(limits::kFrameWorkMax / kMillion) + " megapixel passes"},
          {"All animations", grouped(limits::kSceneAnimationsMax)},
          {"All keyframes", grouped(limits::kSceneKeyframesMax)},
          {"All videos that may play at once", grouped(limits::kVideosMax)},
          {"Large animations that play at once", grouped(limits::kStreamedAnimationsMax)},
          {"Memory of all of them",
           bytes_text(limits::kStreamedBytesMax) + ", an eighth of the memory at most"},
          {"All URLs of videos and sounds", grouped(limits::kLiveSourcesMax)},
          {"Those at one host", grouped(limits::kLiveSourcesOfHostMax)},
          {"All threads, see below", grouped(limits::kThreadsMax)},
          {"Those of an output", grouped(limits::kThreadsOfOutput)},
          {"All pictures of a live scene",
           bytes_text(limits::kContentBytesMax) + ", a quarter of the memory at most"}};
}

}  // namespace

std::string mdoc_scene_tables() {
  std::string sections;
  for (const scene::TableDoc& table : scene::scene_documentation()) {
    sections += ".Ss " + table.title + "\n" + mdoc_lines(table.doc) + ".Bl -tag -width Ds\n";
    for (const scene::FieldDoc& field : table.fields) sections += key_item(field);
    sections += ".El\n";
  }
  return sections;
}

std::string mdoc_content_rules() {
  const auto schema = nlohmann::ordered_json::parse(scene::scene_schema());
  std::string list =
      ".Bl -column -offset indent \"visual_feed\" \"content\"\n.It Sy layer Ta Sy content\n";
  for (const auto& rule : schema["$defs"]["layer"]["allOf"]) {
    if (!rule["if"]["properties"].contains("type")) continue;  // a rule of a content
    const std::string layer = rule["if"]["properties"]["type"]["const"];
    std::vector<std::string> contents;
    for (const auto& content :
         rule["then"]["properties"]["content"]["properties"]["type"]["enum"]) {
      contents.push_back(content);
    }
    list += ".It " + layer + " Ta ";
    list += (contents.empty() ? "none yet" : joined(contents, ", ")) + "\n";
  }
  return list + ".El\n";
}

std::string mdoc_scene_limits() {
  const std::vector<Limit> told = told_limits();
  const auto longest =
      std::ranges::max_element(told, {}, [](const Limit& limit) { return limit.what.size(); });
  std::string list = ".Bl -column -offset indent \"" + std::string(longest->what) + "\" \"most\"\n";
  for (const Limit& limit : told) {
    // As arguments, so that a comma after a word is not a delimiter.
    list += ".It " + mdoc_argument(limit.what) + " Ta " + mdoc_argument(limit.most) + "\n";
  }
  return list + ".El\n";
}

}  // namespace layercast::tools
