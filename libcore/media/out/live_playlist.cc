#include "media/out/live_playlist.h"

#include "base/parse_number.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

namespace layercast::media {
namespace {

namespace fs = std::filesystem;

constexpr size_t kSegmentsListed = 6;
// Players may still read a segment that has just left the list.
constexpr size_t kSegmentsRetired = 3;
constexpr size_t kDigitsMin = 5;
constexpr std::string_view kExtension = ".ts";
constexpr std::string_view kUnfinished = ".tmp";
constexpr std::string_view kMark = "## layercast output ";

// Takes `text` apart at the ends of its lines; returns the next line.
std::string_view next_line(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Whether `line` is `name` and a value, which is stored if it is a number that cannot be negative.
bool takes_number(std::string_view line, std::string_view name, int64_t& number) {
  if (!line.starts_with(name)) return false;
  const auto value = base::parse_number<int64_t>(line.substr(name.size()));
  if (value && *value >= 0) number = *value;
  return true;
}

}  // namespace

LivePlaylist::LivePlaylist(const std::string& path, PlaylistOwner owner)
    : path_(path),
      folder_(fs::absolute(path).parent_path().string()),
      stem_(segment_stem(path)),
      owner_(std::move(owner)) {}

std::string LivePlaylist::mark_of(const std::string& path, const std::string& id) {
  return std::string(kMark) + id + ", playlist " + segment_stem(path);
}

std::string LivePlaylist::segment_stem(const std::string& path) {
  std::string stem = fs::path(path).stem().string();
  for (char& letter : stem) {
    const bool is_ascii = static_cast<unsigned char>(letter) < 0x80;
    constexpr std::string_view kPlain =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    if (is_ascii && kPlain.find(letter) == std::string_view::npos) letter = '_';
  }
  return stem;
}

bool LivePlaylist::may_write(const std::string& path, const std::string& id) {
  std::error_code error;
  const auto status = fs::symlink_status(path, error);
  if (status.type() == fs::file_type::not_found) {
    return LivePlaylist(path, {}).segments_on_disk().empty();
  }
  if (status.type() != fs::file_type::regular) return false;
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Text earlier;
  return parse(text, earlier) && earlier.mark == mark_of(path, id);
}

bool LivePlaylist::is_taken() const {
  std::error_code error;
  return is_new_ && owner_.others == PlaylistOwner::Others::kKept &&
         fs::symlink_status(path_, error).type() != fs::file_type::not_found;
}

base::Result<LivePlaylist> LivePlaylist::open(const std::string& path, const PlaylistOwner& owner) {
  LivePlaylist playlist(path, owner);
  std::error_code error;
  fs::create_directories(playlist.folder_, error);
  if (error) return base::io_error(error.value(), "cannot create the folder", playlist.folder_);
  std::ifstream file(path, std::ios::binary);
  const bool exists = file.is_open();
  playlist.is_new_ = !exists;
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  Text earlier;
  if (parse(text, earlier)) {
    playlist.take_over(earlier);
  } else {
    playlist.first_number_ = playlist.listed_from_ = playlist.highest_number_on_disk() + 1;
  }
  for (const std::string& name : playlist.segments_on_disk()) {
    if (!exists && name.ends_with(kUnfinished)) playlist.remove(name);
  }
  if (exists) playlist.remove_unlisted();
  return playlist;
}

bool LivePlaylist::parse(std::string_view text, Text& parsed) {
  if (next_line(text) != "#EXTM3U") return false;
  Segment segment;
  while (!text.empty()) {
    const std::string_view line = next_line(text);
    constexpr std::string_view kDuration = "#EXTINF:";
    if (takes_number(line, "#EXT-X-MEDIA-SEQUENCE:", parsed.first_number) ||
        takes_number(line, "#EXT-X-DISCONTINUITY-SEQUENCE:", parsed.discontinuities) ||
        takes_number(line, "#EXT-X-TARGETDURATION:", parsed.target_seconds)) {
      continue;
    }
    if (line == "#EXT-X-DISCONTINUITY") segment.begins_session = true;
    if (line == "#EXT-X-ENDLIST") parsed.has_ended = true;
    if (line.starts_with(kMark)) parsed.mark = line;
    if (line.starts_with(kDuration)) segment.duration = line.substr(kDuration.size());
    if (line.empty() || line.front() == '#') continue;
    segment.name = line;
    parsed.segments.push_back(std::exchange(segment, {}));
  }
  return true;
}

void LivePlaylist::take_over(const Text& earlier) {
  segments_ = earlier.segments;
  listed_from_ = earlier.first_number;
  discontinuities_ = earlier.discontinuities;
  target_seconds_ = earlier.target_seconds;
  first_number_ = listed_from_ + static_cast<int64_t>(segments_.size());
  // A list with a gap would stop players.
  std::error_code error;
  const auto is_missing = [&](const Segment& segment) {
    return !fs::exists(fs::path(folder_) / segment.name, error);
  };
  const auto last_missing = std::find_if(segments_.rbegin(), segments_.rend(), is_missing);
  for (auto left = std::distance(last_missing, segments_.rend()); left > 0; --left) drop_first();
}

void LivePlaylist::drop_first() {
  if (segments_.front().begins_session) ++discontinuities_;
  retired_.push_back(std::move(segments_.front().name));
  segments_.pop_front();
  ++listed_from_;
}

std::string LivePlaylist::segment_pattern() const {
  return (fs::path(folder_) / stem_).string() + "-%05d" + std::string(kExtension);
}

std::string LivePlaylist::published(std::string_view written) {
  is_new_ = false;
  Text own;
  if (!parse(written, own)) return std::string(written);
  target_seconds_ = std::max(target_seconds_, own.target_seconds);
  const int64_t known = listed_from_ + static_cast<int64_t>(segments_.size());
  for (size_t i = 0; i < own.segments.size(); ++i) {
    const int64_t number = own.first_number + static_cast<int64_t>(i);
    if (number < known) continue;
    Segment segment = own.segments[i];
    // Also when no earlier segment is listed any more: players may have them.
    segment.begins_session = number == first_number_ && number > 0;
    segments_.push_back(std::move(segment));
  }
  while (segments_.size() > kSegmentsListed) drop_first();
  while (retired_.size() > kSegmentsRetired) {
    remove(retired_.front());
    retired_.pop_front();
  }
  return text(own.has_ended && end_ == StreamEnd::kForGood);
}

std::string LivePlaylist::text(bool has_ended) const {
  std::string text = "#EXTM3U\n#EXT-X-VERSION:6\n";
  text += "#EXT-X-TARGETDURATION:" + std::to_string(target_seconds_) + "\n";
  text += "#EXT-X-MEDIA-SEQUENCE:" + std::to_string(listed_from_) + "\n";
  if (discontinuities_ > 0) {
    text += "#EXT-X-DISCONTINUITY-SEQUENCE:" + std::to_string(discontinuities_) + "\n";
  }
  text += "#EXT-X-INDEPENDENT-SEGMENTS\n";
  if (!owner_.id.empty()) text += mark_of(path_, owner_.id) + "\n";
  for (const Segment& segment : segments_) {
    if (segment.begins_session) text += "#EXT-X-DISCONTINUITY\n";
    text += "#EXTINF:" + segment.duration + "\n" + segment.name + "\n";
  }
  if (has_ended) text += "#EXT-X-ENDLIST\n";
  return text;
}

// ---- Files --------------------------------------------------------------------------------------

// Whether a file of the folder is a segment of this output, unfinished ones included.
bool LivePlaylist::is_segment(std::string_view name) const {
  if (name.ends_with(kUnfinished)) name.remove_suffix(kUnfinished.size());
  if (!name.starts_with(stem_ + "-") || !name.ends_with(kExtension)) return false;
  name.remove_prefix(stem_.size() + 1);
  name.remove_suffix(std::min(name.size(), kExtension.size()));
  return name.size() >= kDigitsMin &&
         name.find_first_not_of("0123456789") == std::string_view::npos;
}

std::vector<std::string> LivePlaylist::segments_on_disk() const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error), end; !error && entry != end;
       entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (is_segment(name)) names.push_back(std::move(name));
  }
  return names;
}

int64_t LivePlaylist::highest_number_on_disk() const {
  int64_t highest = -1;
  for (const std::string& name : segments_on_disk()) {
    if (name.ends_with(kUnfinished)) continue;
    const auto digits = std::string_view(name).substr(stem_.size() + 1);
    const auto number = base::parse_number<int64_t>(digits.substr(0, digits.find('.')));
    if (number) highest = std::max(highest, *number);
  }
  return highest;
}

void LivePlaylist::remove(const std::string& name) const {
  std::error_code error;
  if (is_segment(name)) fs::remove(fs::path(folder_) / name, error);
}

void LivePlaylist::remove_unpublished() const {
  const bool is_own = is_new_ && owner_.others == PlaylistOwner::Others::kKept && !is_taken();
  if (is_own) remove_unlisted();
}

void LivePlaylist::remove_unlisted() const {
  for (const std::string& name : segments_on_disk()) {
    if (std::ranges::find(segments_, name, &Segment::name) == segments_.end()) remove(name);
  }
}

}  // namespace layercast::media
