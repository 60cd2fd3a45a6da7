// Any bytes as one of the short texts that users and clients write: a colour, a gradient, a time, a
// placeholder, a store URI, a host. The first byte chooses the parser. A text is refused, or its
// value is within its range, and where values are written, it is written and read back the same.
// What is shown of a URL with secrets, whatever else is in it, holds none of them.

#include "base/check.h"
#include "base/color.h"
#include "base/ip_address.h"
#include "base/printable.h"
#include "base/redaction.h"
#include "base/shortened.h"
#include "base/source_hosts.h"
#include "base/time.h"
#include "base/utf8.h"
#include "control/command_request.h"
#include "control/request_head.h"
#include "scene/model/caption.h"
#include "scene/model/easing.h"
#include "scene/model/limits.h"
#include "scene/model/placeholder.h"
#include "scene/model/wall_time.h"
#include "scene/wire/gradient_text.h"
#include "scene/wire/length_codecs.h"
#include "scene/wire/value_codecs.h"
#include "store/store_uri.h"

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace base = layercast::base;
namespace control = layercast::control;
namespace scene = layercast::scene;
namespace store = layercast::store;

namespace {

void color(std::string_view text) {
  const auto read = base::parse_color(text);
  if (read) LAYERCAST_CHECK(base::parse_color(base::color_text(*read)) == read);
}

void gradient(std::string_view text) {
  const auto read = scene::parse_gradient(text);
  if (!read) return;
  LAYERCAST_CHECK(std::isfinite(read->angle_degrees));
  LAYERCAST_CHECK(scene::parse_gradient(scene::gradient_text(*read)) == read);
}

void duration(std::string_view text) {
  const auto read = base::parse_duration(text);
  if (!read) return;
  LAYERCAST_CHECK(*read >= base::Duration{0});
  LAYERCAST_CHECK(base::parse_duration(base::duration_text(*read)) == read);
}

void frame_rate(std::string_view text) {
  const auto read = base::parse_frame_rate(text);
  if (!read) return;
  LAYERCAST_CHECK(read->numerator > 0 && read->denominator > 0);
  LAYERCAST_CHECK(base::parse_frame_rate(read->to_string()) == read);
}

void number_with_suffix(std::string_view text) {
  using scene::limits::kBitrate;
  using scene::limits::kFileSize;
  if (const auto bits = scene::parse_bitrate(text)) {
    LAYERCAST_CHECK(static_cast<double>(*bits) >= kBitrate.min);
    LAYERCAST_CHECK(static_cast<double>(*bits) <= kBitrate.max);
  }
  if (const auto bytes = scene::parse_file_size(text)) {
    LAYERCAST_CHECK(static_cast<double>(*bytes) >= kFileSize.min);
    LAYERCAST_CHECK(static_cast<double>(*bytes) <= kFileSize.max);
  }
}

void length(std::string_view text) {
  const auto read = scene::parse_relative_length(text);
  if (!read) return;
  LAYERCAST_CHECK(std::isfinite(read->px) && std::isfinite(read->percent));
  if (!read->is_relative()) return;
  LAYERCAST_CHECK(scene::parse_relative_length(scene::relative_length_text(*read)) == read);
}

void easing(std::string_view text) {
  const auto read = scene::parse_easing(text);
  if (!read) return;
  LAYERCAST_CHECK(scene::parse_easing(scene::easing_text(*read)) == read);
  for (const double progress : {-0.5, 0.0, 0.3, 1.0, 1.5}) {
    LAYERCAST_CHECK(!std::isnan(scene::eased(*read, progress)));
  }
}

void placeholders(std::string_view text) {
  const scene::ParsedText read = scene::parse_placeholders(text);
  for (const auto& fault : read.faults) {
    LAYERCAST_CHECK(fault.offset < text.size() && text.substr(fault.offset).starts_with("{{"));
    LAYERCAST_CHECK(!fault.problem.empty() && !fault.expected.empty());
  }
  // The longest values are those of counts, clocks with a format, and numbers of frames.
  constexpr size_t kGrowthMax = 16;
  for (const int64_t frame : {int64_t{0}, int64_t{1799}, int64_t{1} << 40}) {
    const scene::PlaceholderClock clock{frame, {30000, 1001}, {}, std::chrono::seconds{2}};
    const std::string shown = scene::expanded(read.parts, clock);
    LAYERCAST_CHECK(shown.size() <= kGrowthMax * (text.size() + 1));
    if (frame == 0 || scene::changes_with_time(read.parts)) continue;
    LAYERCAST_CHECK(shown == scene::expanded(read.parts, {}));
  }
}

void wall_time(std::string_view text) {
  const auto time = scene::parse_wall_time(text);
  LAYERCAST_CHECK(time.ok() || !time.error().message.empty());
  if (const auto instant = scene::parse_instant(text)) {
    // Written in whole milliseconds. With its offset, an instant may be in a year beyond the range.
    const auto again = scene::parse_instant(base::utc_text(*instant));
    LAYERCAST_CHECK(!again || std::chrono::abs(*again - *instant) < std::chrono::milliseconds{1});
  }
  if (const auto offset = scene::parse_offset(text)) {
    LAYERCAST_CHECK(std::chrono::abs(*offset) <= std::chrono::hours{24});
  }
  static_cast<void>(control::at_from(text));
  static_cast<void>(control::ack_level_from(text));
}

size_t count_of(std::string_view text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::string without(std::string_view text, std::string_view unwanted) {
  std::string kept(text);
  std::erase_if(kept, [&](char c) { return unwanted.find(c) != unwanted.npos; });
  return kept;
}

// Secrets with a word in common, which tells whether a text holds one by itself.
constexpr std::string_view kPassword = "pass-Zq8xWkLd";
constexpr std::string_view kKey = "key-Zq8xWkLd";
constexpr std::string_view kValue = "value-Zq8xWkLd";
constexpr std::string_view kSecretWord = "Zq8xWkLd";

void check_hidden(std::string_view shown, std::string_view secret) {
  LAYERCAST_CHECK(shown.find(secret) == shown.npos);
}

// The text is the user and what follows the password.
void password_of_store(std::string_view text) {
  const std::string user(text.substr(0, text.size() / 2));
  const std::string rest(text.substr(user.size()));
  for (const std::string_view scheme : {"redis://", "redis+sentinel://", "redis+unix://"}) {
    const std::string uri = std::string(scheme) + user + ":" + std::string(kPassword) + "@" + rest;
    if (count_of(uri, kSecretWord) != 1) continue;
    check_hidden(store::redacted_uri(uri), kSecretWord);
    const auto read = store::parse_store_uri(uri);
    if (!read) check_hidden(read.error().to_string(), kSecretWord);
  }
}

void store_uri(std::string_view text) {
  password_of_store(text);
  const auto read = store::parse_store_uri(text);
  if (!read) {
    LAYERCAST_CHECK(!read.error().message.empty());
    return;
  }
  const std::string& password = read.value().password;
  // A shorter one may be a part of the stars or of another word.
  constexpr size_t kBytesMin = 4;
  if (password.size() < kBytesMin || count_of(text, password) > 1) return;
  LAYERCAST_CHECK(count_of(store::redacted_uri(text), password) == 0);
}

void host(std::string_view text) {
  if (const auto address = base::ip_address(text)) {
    LAYERCAST_CHECK(base::ip_address(base::to_string(*address)) == address);
    const auto range = base::ip_range(base::to_string(*address));
    LAYERCAST_CHECK(range && range->contains(*address));
  }
  if (const auto range = base::ip_range(text)) LAYERCAST_CHECK(range->bits <= 128);
  const std::string name = base::host_of_url(text);
  LAYERCAST_CHECK(!name.ends_with('.') && name.size() <= text.size());
  const base::SourceHosts none;
  if (const auto objection = none.objection_to(text)) LAYERCAST_CHECK(!objection->empty());
  const auto hosts = base::SourceHosts::parse({std::string(text)});
  LAYERCAST_CHECK(hosts.ok() || !hosts.error().message.empty());
  if (hosts) static_cast<void>(hosts.value().objection_to("http://" + std::string(text) + "/a"));
}

// A URL that has secrets, whose other parts are made of a text.
struct SecretUrl {
  std::string_view scheme;
  std::string login;  ///< with the password
  std::string host;
  std::string name;  ///< of the query value

  std::string text() const {
    return std::string(scheme) + "://" + login + "@" + host + "/app/" + std::string(kKey) + "?" +
           name + "=" + std::string(kValue);
  }
};

void check_redaction(const SecretUrl& parts, base::UrlUse use) {
  const std::string url = parts.text();
  if (count_of(url, kSecretWord) != 3) return;
  const bool may_show_path = parts.scheme == "https" && use == base::UrlUse::kSource;
  const auto check = [&](std::string_view shown) {
    check_hidden(shown, kPassword);
    check_hidden(shown, kValue);
    if (!may_show_path) check_hidden(shown, kKey);
  };
  check(base::redacted_url(url, use));
  const std::string message = "cannot open " + url + ": " + std::string(kPassword) + ", " +
                              std::string(kKey) + " and x" + std::string(kValue) + "x refused";
  check(base::redacted_text(message, url, use));
  const bool is_one_word = url.find_first_of("\t\"'<>()") == url.npos;
  if (is_one_word && use == base::UrlUse::kSource) {
    check(base::redacted_urls("cannot open '" + url + "'"));
  }
}

// Leaves out what would end a part of the URL.
void secrets_of_url(std::string_view text) {
  const size_t third = text.size() / 3;
  const std::string user = without(text.substr(0, third), "/?# @:");
  const std::string host = without(text.substr(third, third), "/?# @");
  const std::string name = without(text.substr(2 * third), "?&;# =");
  const std::string password(kPassword);
  for (const std::string_view scheme : {"rtmp", "rtmps", "srt", "https", "rmtp", "x-y.z"}) {
    for (const std::string& login : {user + ":" + password, password}) {
      for (const auto use : {base::UrlUse::kSource, base::UrlUse::kOutput}) {
        check_redaction({scheme, login, host, name}, use);
      }
    }
  }
}

void url(std::string_view text) {
  secrets_of_url(text);
  for (const auto use : {base::UrlUse::kSource, base::UrlUse::kOutput}) {
    const std::string redacted = base::redacted_url(text, use);
    LAYERCAST_CHECK(redacted.size() <= 2 * text.size() + 64);
    // Nothing is left to hide.
    LAYERCAST_CHECK(base::redacted_url(redacted, use) == redacted);
  }
  static_cast<void>(base::redacted_urls(text));
  static_cast<void>(base::redacted_text("the server " + std::string(text) + " refuses", text));
  if (const auto decoded = control::percent_decoded(text)) {
    LAYERCAST_CHECK(decoded->size() <= text.size());
  }
  static_cast<void>(control::query_value(text, "at"));
}

void shown(std::string_view text) {
  const std::string printable = base::printable(text);
  LAYERCAST_CHECK(!base::invalid_utf8_offset(printable));
  for (const char c : printable) LAYERCAST_CHECK(static_cast<uint8_t>(c) >= 0x20 && c != 0x7f);
  LAYERCAST_CHECK(base::printable(printable) == printable);
  const std::string cut = base::shortened(printable);
  LAYERCAST_CHECK(cut.size() <= base::kShownBytesMax && !base::invalid_utf8_offset(cut));
}

void caption(std::string_view text) {
  const auto pieces = scene::caption_pieces(text);
  size_t bytes = 0;
  for (const auto& piece : pieces) bytes += piece.text.size();
  LAYERCAST_CHECK(bytes <= text.size());
  LAYERCAST_CHECK(scene::caption_text(text, {}).size() <= text.size());
}

using Parser = void (*)(std::string_view text);
constexpr std::array<Parser, 13> kParsers = {
    color,     gradient, duration, frame_rate,   length,   easing, caption, number_with_suffix,
    wall_time, host,     url,      placeholders, store_uri};
constexpr char kFirst = 'a';  // so that seeds are readable

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  // No text is longer where it is read from a scene or a command line.
  constexpr size_t kBytesMax = 1 << 14;
  if (size == 0 || size > kBytesMax) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes + 1), size - 1);
  shown(text);
  kParsers.at(static_cast<uint8_t>(bytes[0] - kFirst) % kParsers.size())(text);
  return 0;
}
