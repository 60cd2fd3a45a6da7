#include "layers/permission.h"

#include "base/ascii.h"
#include "base/client_limits.h"
#include "base/file_pattern.h"
#include "base/redaction.h"
#include "scene/live/command_codec.h"
#include "scene/model/find_by_id.h"
#include "scene/model/limits.h"
#include "scene/model/scene_settings.h"
#include "scene/wire/codec.h"
#include "scene/wire/scene_tables.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::layers {
namespace {

using scene::Value;

using scene::FileRole;

using Names = std::vector<FileName>;

constexpr std::array<std::string_view, 4> kOutputSchemes = {"rtmp", "rtmps", "srt", "udp"};
constexpr std::array<std::string_view, 2> kPictureSchemes = {"http", "https"};
// Only network protocols: none of them reads a file, concatenates other URLs or opens a device.
constexpr std::array<std::string_view, 9> kSourceSchemes = {
    "http", "https", "rtmp", "rtmps", "rtsp", "rtsps", "srt", "udp", "rtp"};

std::string_view scheme_of(std::string_view url) {
  const size_t colon = url.find(':');
  if (colon == std::string_view::npos) return {};
  const auto is_plain = [](char c) {
    return base::is_letter(c) || base::is_digit(c) || c == '+' || c == '-' || c == '.' || c == '_';
  };
  return std::ranges::all_of(url.substr(0, colon), is_plain) ? url.substr(0, colon) : "?";
}

template <class T>
void add_names(const scene::Codec<T>& codec, const T& item, Names& names) {
  scene::Reader reader;
  Value document = codec.write(item);
  scene::visit_files(codec.shape, document, reader,
                     [&](FileRole role, const Value& name, scene::Reader&) {
                       names.push_back({role, name.text});
                     });
}

// Adds the names in `items` that the items with the same ids in `before` do not have.
template <class T, class Items>
void add_new_names(const scene::Codec<T>& codec, const Items& before, const Items& items,
                   Names& names) {
  // Most items of a list are where they were, and the same.
  size_t place = 0;
  for (const auto& item : items) {
    const T& typed = base::unshared(item);
    const auto* old = place < before.size() && base::unshared(before[place]).id == typed.id
                          ? &before[place]
                          : scene::find_by_id(before, typed.id);
    ++place;
    if (old != nullptr && *old == item) continue;
    Names own;
    add_names(codec, typed, own);
    Names known;
    if (old != nullptr) add_names(codec, base::unshared(*old), known);
    for (FileName& name : own) {
      if (std::ranges::find(known, name) == known.end()) names.push_back(std::move(name));
    }
  }
}

// Whether no file that the pattern matches is outside of the folder.
bool matches_only_in(const std::string& pattern, const std::string& folder) {
  const auto files =
      base::files_of_pattern(pattern, static_cast<size_t>(scene::limits::kAnimatedPicturesMax));
  // Without files, or with too many, the content fails.
  return !files || std::ranges::all_of(files.value(), [&](const std::string& file) {
    return base::is_inside(file, folder);
  });
}

bool is_asset(const std::string& file, const Folders& folders) {
  if (folders.assets.empty()) return false;
  const std::string path = scene::resolved_path(file, folders.scene);
  if (!base::is_inside(path, folders.assets)) return false;
  return !base::is_pattern(path) || matches_only_in(path, folders.assets);
}

bool is_of_scheme(std::string_view url, std::span<const std::string_view> schemes) {
  const std::string_view scheme = scheme_of(url);
  return std::ranges::find(schemes, base::lower_case(scheme)) != schemes.end() &&
         url.substr(scheme.size()).starts_with("://");
}

bool is_allowed_output(const std::string& url, const Folders& folders) {
  if (scheme_of(url).empty()) return is_asset(url, folders);
  return is_of_scheme(url, kOutputSchemes) && !folders.hosts.objection_to_output(url);
}

bool is_allowed_url(const std::string& url, std::span<const std::string_view> schemes,
                    const Folders& folders) {
  return is_of_scheme(url, schemes) && !folders.hosts.objection_to(url);
}

bool is_allowed_picture(const std::string& source, const Folders& folders) {
  return base::is_url(source) ? is_allowed_url(source, kPictureSchemes, folders)
                              : is_asset(source, folders);
}

bool is_allowed_source(const std::string& source, const Folders& folders) {
  return base::is_url(source) ? is_allowed_url(source, kSourceSchemes, folders)
                              : is_asset(source, folders);
}

// Scheme, login, host and port.
std::string_view server_of(std::string_view url) {
  const size_t host = url.find("://");
  return host == std::string_view::npos ? url : url.substr(0, url.find('/', host + 3));
}

const char* expectation_of(FileRole role) {
  switch (role) {
    case FileRole::kPicture:
      return "an image that is set over the network must be a file in the assets folder, or a URL: "
             "http or https";
    case FileRole::kSource:
      return "a source that is set over the network must be a file in the assets folder, or a URL: "
             "http, https, rtmp, rtmps, rtsp, rtsps, srt, udp or rtp";
    case FileRole::kOutput:
      return "an output that is set over the network must be a URL (rtmp, rtmps, srt or udp), or a "
             "file in the assets folder";
    case FileRole::kNone:
    case FileRole::kAsset:
      break;
  }
  return "a file that is set over the network must be in the assets folder";
}

// Why a name is not allowed, without the exceptions that the user of the daemon makes.
std::string expectation_for(const FileName& name) {
  const base::SourceHosts public_hosts;
  std::optional<std::string> objection;
  if (name.role == FileRole::kPicture && is_of_scheme(name.text, kPictureSchemes)) {
    objection = public_hosts.objection_to(name.text);
  } else if (name.role == FileRole::kSource && is_of_scheme(name.text, kSourceSchemes)) {
    objection = public_hosts.objection_to(name.text);
  } else if (name.role == FileRole::kOutput && is_of_scheme(name.text, kOutputSchemes)) {
    objection = public_hosts.objection_to_output(name.text);
  } else if (!base::is_url(name.text) && base::is_pattern(name.text)) {
    return "each file that matches a pattern which is set over the network must be in the assets "
           "folder after links are resolved";
  }
  return objection ? *std::move(objection) : expectation_of(name.role);
}

}  // namespace

std::vector<FileName> new_names(const scene::Scene& before, const scene::Scene& after) {
  Names names;
  if (before.fonts != after.fonts) add_names(scene::scene_codec(), head_of(after), names);
  add_new_names(scene::layer_codec(), before.layers, after.layers, names);
  add_new_names(scene::audio_codec(), before.audio, after.audio, names);
  add_new_names(scene::output_codec(), before.outputs, after.outputs, names);
  return names;
}

std::vector<FileName> without_known_names(std::vector<FileName> names, const scene::Scene& scene) {
  if (names.empty()) return names;
  Names known;
  add_names(scene::scene_codec(), scene, known);
  std::erase_if(names, [&](const FileName& name) {
    return std::ranges::any_of(known, [&](const FileName& other) {
      const bool same_use = (name.role == FileRole::kOutput) == (other.role == FileRole::kOutput);
      return same_use && name.text == other.text;
    });
  });
  return names;
}

std::vector<std::string> new_insecure_outputs(const scene::Scene& before,
                                              const scene::Scene& after) {
  std::vector<std::string> found;
  for (const scene::Output& output : after.outputs) {
    const auto* old = scene::find_by_id(before.outputs, output.id);
    const bool is_known =
        old != nullptr && old->insecure_tls && server_of(old->url) == server_of(output.url);
    if (output.insecure_tls && !is_known) found.push_back(output.id);
  }
  return found;
}

scene::Refusal refusal_of_insecure(const std::vector<std::string>& outputs) {
  scene::Refusal refusal;
  for (const std::string& output : outputs) {
    refusal.faults.push_back(
        {{},
         "output \"" + output +
             "\": a client of the API cannot let an output accept any certificate (insecure_tls), "
             "nor send such an output to another server; the scene file can, and streamd reads it "
             "again on SIGHUP"});
  }
  refusal.error = {base::ErrorCode::kForbidden, refusal.faults.front().detail, {}, nullptr};
  return refusal;
}

bool is_allowed(const FileName& name, const Folders& folders) {
  switch (name.role) {
    case FileRole::kNone:
      return true;
    case FileRole::kAsset:
      return !base::is_url(name.text) && is_asset(name.text, folders);
    case FileRole::kPicture:
      return is_allowed_picture(name.text, folders);
    case FileRole::kSource:
      return is_allowed_source(name.text, folders);
    case FileRole::kOutput:
      return is_allowed_output(name.text, folders);
  }
  return false;
}

scene::Refusal refusal_of_names(const scene::Command& command,
                                const std::vector<FileName>& forbidden) {
  const std::vector<scene::NamedFile> named = scene::files_of(command);
  scene::Refusal refusal;
  std::set<std::string> told;
  for (const FileName& name : forbidden) {
    if (!told.insert(name.text).second) continue;
    const size_t faults_before = refusal.faults.size();
    for (const scene::NamedFile& file : named) {
      if (file.text != name.text || file.role != name.role) continue;
      refusal.faults.push_back({file.pointer, expectation_for(name)});
    }
    if (refusal.faults.size() == faults_before) {
      refusal.faults.push_back({{}, expectation_for(name)});
    }
  }
  const scene::FieldFault& first = refusal.faults.front();
  refusal.error = {base::ErrorCode::kForbidden, first.pointer + ": " + first.detail, {}, nullptr};
  return refusal;
}

}  // namespace layercast::layers
