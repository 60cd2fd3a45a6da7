#include "layers/permission.h"

#include "base/redaction.h"
#include "scene/scene_tables.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <set>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace layercast::layers {
namespace {

using scene::Value;

enum class NameKind : uint8_t { kFile, kSource, kOutput };

// A file or a URL that stands somewhere in a document.
struct Name {
  std::string pointer;
  std::string text;
  NameKind kind = NameKind::kFile;
};

std::string_view scheme_of(std::string_view url) {
  const size_t colon = url.find(':');
  if (colon == std::string_view::npos) return {};
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '-' || c == '.' || c == '_';
  };
  return std::ranges::all_of(url.substr(0, colon), is_plain) ? url.substr(0, colon) : "?";
}

std::string escaped(std::string_view key) {
  std::string text;
  for (const char c : key) text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return text;
}

constexpr std::array<std::string_view, 3> kFileKeys = {"texture", "font_file", "fallback"};

// What a key that a scene's tables know for a file or a URL names.
std::optional<NameKind> kind_of(std::string_view key) {
  if (key == "source") return NameKind::kSource;
  if (key == "url") return NameKind::kOutput;
  const bool is_file = std::ranges::find(kFileKeys, key) != kFileKeys.end();
  return is_file ? std::optional(NameKind::kFile) : std::nullopt;
}

// Every such key, wherever it stands: a merge patch may hold any part of a scene.
void collect(const Value& value, const std::string& pointer, std::vector<Name>& names) {
  for (size_t i = 0; i < value.items.size(); ++i) {
    collect(value.items[i], pointer + "/" + std::to_string(i), names);
  }
  for (const auto& [key, key_mark, member] : value.members) {
    const std::string at = pointer + "/" + escaped(key);
    // Texts that are shown, under any names.
    if (key == "metadata") continue;
    const auto kind = member.is(Value::Kind::kString) ? kind_of(key) : std::nullopt;
    if (kind) {
      names.push_back({at, member.text, *kind});
    } else if (key == "fonts") {
      for (size_t i = 0; i < member.items.size(); ++i) {
        names.push_back({at + "/" + std::to_string(i), member.items[i].text});
      }
    } else {
      collect(member, at, names);
    }
  }
}

bool is_inside(const std::filesystem::path& path, const std::filesystem::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

bool is_asset(const std::string& file, const Folders& folders) {
  if (folders.assets.empty()) return false;
  std::error_code error;
  const auto assets = std::filesystem::canonical(folders.assets, error);
  if (error) return false;
  const auto path =
      std::filesystem::weakly_canonical(std::filesystem::path(folders.scene) / file, error);
  return !error && is_inside(path, assets);
}

bool is_of_scheme(std::string_view url, std::span<const std::string_view> schemes) {
  const std::string_view scheme = scheme_of(url);
  return std::ranges::find(schemes, scheme) != schemes.end() &&
         url.substr(scheme.size()).starts_with("://");
}

bool is_allowed_output(const std::string& url, const Folders& folders) {
  constexpr std::array<std::string_view, 4> kSchemes = {"rtmp", "rtmps", "srt", "udp"};
  return scheme_of(url).empty() ? is_asset(url, folders) : is_of_scheme(url, kSchemes);
}

// Network protocols alone: none of them reads a file, joins others or opens a device.
bool is_allowed_source(const std::string& source, const Folders& folders) {
  constexpr std::array<std::string_view, 9> kSchemes = {"http",  "https", "rtmp", "rtmps", "rtsp",
                                                        "rtsps", "srt",   "udp",  "rtp"};
  return base::is_url(source) ? is_of_scheme(source, kSchemes) : is_asset(source, folders);
}

bool is_allowed(const Name& name, const Folders& folders) {
  switch (name.kind) {
    case NameKind::kSource:
      return is_allowed_source(name.text, folders);
    case NameKind::kOutput:
      return is_allowed_output(name.text, folders);
    case NameKind::kFile:
      break;
  }
  return !base::is_url(name.text) && is_asset(name.text, folders);
}

const char* expectation_of(NameKind kind) {
  switch (kind) {
    case NameKind::kSource:
      return "a source set over the network is a file of the assets folder, or a URL: http, https, "
             "rtmp, rtmps, rtsp, rtsps, srt, udp or rtp";
    case NameKind::kOutput:
      return "an output set over the network is rtmp, rtmps, srt, udp, or a file of the assets "
             "folder";
    case NameKind::kFile:
      break;
  }
  return "a file set over the network lies in the assets folder";
}

// The files and URLs that `state` names, the latter also as clients see them.
std::set<std::string> known_names(const scene::LiveState& state) {
  std::vector<Name> names;
  collect(scene::scene_codec().write(state.scene), "", names);
  std::set<std::string> known;
  for (const Name& each : names) {
    known.insert(each.text);
    if (each.kind != NameKind::kFile) known.insert(base::redacted_url(each.text));
  }
  return known;
}

}  // namespace

std::optional<scene::Refusal> refusal_of_names(const scene::Command& command,
                                               const scene::LiveState& state,
                                               const Folders& folders) {
  std::vector<Name> names;
  collect(command.params, "", names);
  std::erase_if(names, [&](const Name& name) { return is_allowed(name, folders); });
  if (names.empty()) return std::nullopt;
  const std::set<std::string> known = known_names(state);
  std::erase_if(names, [&](const Name& name) { return known.contains(name.text); });
  if (names.empty()) return std::nullopt;
  scene::Refusal refusal;
  for (const Name& name : names) {
    refusal.faults.push_back({name.pointer, expectation_of(name.kind)});
  }
  const scene::FieldFault& first = refusal.faults.front();
  refusal.error = {base::ErrorCode::kForbidden, first.pointer + ": " + first.detail, {}, nullptr};
  return refusal;
}

}  // namespace layercast::layers
