#include "base/time_zone.h"

#include "base/nearest.h"

#include <date/tz.h>
#include <exception>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <mutex>
#include <utility>
#include <vector>

// ptz.h 3.0.1 names hh_mm_ss without a namespace, which C++20 has in std::chrono, too.
namespace Posix {  // NOLINT(readability-identifier-naming): its name
using date::hh_mm_ss;
}
#include <date/ptz.h>

namespace layercast::base {
namespace {

// Where date's library looks, too.
constexpr std::string_view kDatabaseFolder = "/usr/share/zoneinfo/";

// Null if the system has no database.
const date::tzdb* database() {
  static const date::tzdb* const kDatabase = []() -> const date::tzdb* {
    try {
      return &date::get_tzdb();
    } catch (const std::exception&) {
      return nullptr;
    }
  }();
  return kDatabase;
}

// The rule for the years after the last listed change. Source: RFC 8536, section 3.3.
std::optional<Posix::time_zone> lasting_rule(const std::string& name) {
  std::ifstream file(std::string(kDatabaseFolder) + name, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (!bytes.ends_with('\n')) return std::nullopt;
  const size_t before = bytes.rfind('\n', bytes.size() - 2);
  if (before == std::string::npos) return std::nullopt;
  try {
    return Posix::time_zone(std::string_view(bytes).substr(before + 1, bytes.size() - before - 2));
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

// Whether no change is listed after these times.
bool is_last(const date::sys_info& info) {
  return info.end >= date::sys_days{date::year::max() / date::December / 31};
}

}  // namespace

struct TimeZone::Rules {
  const date::time_zone* listed;            ///< the changes up to some year
  std::optional<Posix::time_zone> lasting;  ///< those of the years after it
};

Result<TimeZone> TimeZone::find(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, TimeZone, std::less<>> known;
  {
    const std::lock_guard lock(mutex);
    if (const auto found = known.find(name); found != known.end()) return found->second;
  }
  if (database() == nullptr) {
    return unsupported("the system has no time zone database; install the package tzdata");
  }
  try {
    // Without the lock, because it reads files.
    const date::time_zone* listed = date::locate_zone(name);
    listed->get_info(date::sys_seconds{});  // reads the list of changes
    TimeZone zone(std::make_shared<const Rules>(Rules{listed, lasting_rule(listed->name())}));
    const std::lock_guard lock(mutex);
    return known.emplace(name, std::move(zone)).first->second;
  } catch (const std::exception&) {
    return not_found("there is no time zone \"" + std::string(name) + "\"");
  }
}

Duration TimeZone::offset_at(std::chrono::sys_seconds instant) const {
  if (rules_ == nullptr) return Duration{0};
  const date::sys_info info = rules_->listed->get_info(instant);
  if (!is_last(info) || !rules_->lasting) return info.offset;
  return rules_->lasting->get_info(instant).offset;
}

WallTime TimeZone::instant_of(LocalTime local) const {
  const Duration since_epoch = local.time_since_epoch();
  if (rules_ == nullptr) return WallTime{since_epoch};
  const date::local_seconds second{std::chrono::floor<std::chrono::seconds>(since_epoch)};
  date::local_info info = rules_->listed->get_info(second);
  if (is_last(info.first) && rules_->lasting) info = rules_->lasting->get_info(second);
  return WallTime{since_epoch - info.first.offset};
}

std::optional<std::string> nearest_time_zone(std::string_view wrong) {
  constexpr size_t kNameBytesMax = 64;  // comparing longer words with all names would take long
  if (database() == nullptr || wrong.size() > kNameBytesMax) return std::nullopt;
  std::vector<std::string_view> names;
  std::vector<std::string_view> places;
  for (const date::time_zone& zone : database()->zones) {
    names.emplace_back(zone.name());
    places.push_back(names.back().substr(names.back().rfind('/') + 1));
  }
  if (const auto name = nearest_name(wrong, names)) return std::string(*name);
  const auto place = nearest_name(wrong.substr(wrong.rfind('/') + 1), places);
  if (!place) return std::nullopt;
  // Both lists have the same order; a place is the end of its name.
  for (size_t i = 0; i < places.size(); ++i) {
    if (places[i].data() == place->data()) return std::string(names[i]);
  }
  return std::nullopt;
}

}  // namespace layercast::base
