#include "stream/loading_marks.h"

#include "base/parse_number.h"
#include "base/stable_hash.h"
#include "render/mask_layer.h"
#include "scene/wire/json_codec.h"
#include "scene/wire/scene_tables.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <unistd.h>
#include <utility>
#include <variant>

namespace layercast::stream {
namespace {

// A slot is one line: the fingerprint, the time in nanoseconds, and the layer, filled with spaces.
// Its bytes lie in one page, so that a process that is killed has written the whole line or
// nothing.
constexpr size_t kSlotBytes = 128;
constexpr size_t kSlotsMax = 1024;
constexpr mode_t kFileMode = 0600;

std::string line_of(const MarkedContent& content, base::WallTime time) {
  return base::hex_of(content.fingerprint) + " " + std::to_string(time.time_since_epoch().count()) +
         " " + content.layer;
}

// Removes the first word of `line`, and the space after it, and returns it.
std::string_view take_word(std::string_view& line) {
  const size_t space = std::min(line.find(' '), line.size());
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(std::min(space + 1, line.size()));
  return word;
}

struct Read {
  MarkedContent content;
  base::WallTime since;
};

// nullopt: the slot is free, or nothing that this program wrote.
std::optional<Read> read_line(std::string_view line) {
  constexpr int kHexadecimal = 16;
  const auto fingerprint = base::parse_number<uint64_t>(take_word(line), kHexadecimal);
  const auto time = base::parse_number<int64_t>(take_word(line));
  const std::string_view layer = take_word(line);
  if (!fingerprint || !time || layer.empty()) return std::nullopt;
  return Read{{std::string(layer), *fingerprint}, base::WallTime(base::Duration(*time))};
}

}  // namespace

MarkedContent marked_content(const scene::Layer& layer, const AssetFiles& files) {
  scene::Layer part;
  part.id = "content";
  part.type = layer.type;
  part.size = layer.size;
  part.clip = layer.clip;
  part.filters = layer.filters;
  part.content = layer.content;
  part.animations = layer.animations;
  part.transform.scale = layer.transform.scale;  // texts and shapes are drawn for it
  std::string text = scene::write_json(scene::layer_codec().write(part), 0);
  // Neither device nor inode: a container that starts again has others.
  for (const auto& [path, identity] : files) {
    text += "\n" + path + " " + std::to_string(identity.bytes) + " " +
            std::to_string(identity.modified_nanoseconds);
  }
  return {layer.id, base::stable_hash(text)};
}

bool is_marked(const scene::Layer& layer) {
  return !std::holds_alternative<scene::ColorContent>(layer.content) || !layer.filters.empty();
}

base::Result<std::unique_ptr<LoadingMarks>> LoadingMarks::open(const std::string& path,
                                                               Former former) {
  const int emptied = former == Former::kForgotten ? O_TRUNC : 0;
  sandbox::Descriptor file(
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | emptied, kFileMode));
  if (!file.is_open()) return base::io_error(errno, "cannot open", path);
  std::unique_ptr<LoadingMarks> marks(new LoadingMarks(std::move(file)));
  marks->read();
  return marks;
}

LoadingMarks::~LoadingMarks() {
  // The lines that are left are spaces.
  if (std::ranges::find(used_, true) == used_.end() && ::ftruncate(file_.number(), 0) != 0) return;
}

void LoadingMarks::read() {
  std::array<char, kSlotBytes> line{};
  for (size_t slot = 0; slot < kSlotsMax; ++slot) {
    const auto at = static_cast<off_t>(slot * kSlotBytes);
    const ssize_t count = ::pread(file_.number(), line.data(), line.size(), at);
    if (count < static_cast<ssize_t>(kSlotBytes)) return;
    auto mark = read_line({line.data(), kSlotBytes - 1});
    used_.push_back(mark.has_value());
    if (mark) holds_.push_back({std::move(mark->content), mark->since, slot});
  }
}

bool LoadingMarks::write(size_t slot, std::string text) {
  if (text.size() >= kSlotBytes) return false;
  text.resize(kSlotBytes - 1, ' ');
  text += '\n';
  const auto at = static_cast<off_t>(slot * kSlotBytes);
  return ::pwrite(file_.number(), text.data(), text.size(), at) ==
         static_cast<ssize_t>(text.size());
}

std::optional<size_t> LoadingMarks::begin(const MarkedContent& content) {
  const std::string line = line_of(content, std::chrono::system_clock::now());
  const std::lock_guard lock(mutex_);
  const auto free = std::ranges::find(used_, false);
  const auto slot = static_cast<size_t>(free - used_.begin());
  if (slot == kSlotsMax || !write(slot, line)) return std::nullopt;
  if (free == used_.end()) used_.push_back(false);
  used_[slot] = true;
  return slot;
}

void LoadingMarks::end(size_t slot) {
  const std::lock_guard lock(mutex_);
  write(slot, {});
  used_[slot] = false;
}

// Requires mutex_.
template <class Ends>
bool LoadingMarks::end_holds(const Ends& ends) {
  return std::erase_if(holds_, [&](const Hold& hold) {
           if (!ends(hold)) return false;
           write(hold.slot, {});
           used_[hold.slot] = false;
           return true;
         }) > 0;
}

std::optional<base::WallTime> LoadingMarks::held_since(const MarkedContent& content) {
  const std::lock_guard lock(mutex_);
  end_holds([&](const Hold& hold) {
    return hold.was_wanted && hold.content.layer == content.layer && hold.content != content;
  });
  // Two threads may have loaded the same content.
  std::optional<base::WallTime> since;
  for (Hold& hold : holds_) {
    if (hold.content != content) continue;
    hold.was_wanted = true;
    since = hold.since;
  }
  return since;
}

bool LoadingMarks::release(std::string_view layer) {
  const std::lock_guard lock(mutex_);
  return end_holds([&](const Hold& hold) { return render::owner_of(hold.content.layer) == layer; });
}

bool LoadingMarks::has_holds() {
  const std::lock_guard lock(mutex_);
  return !holds_.empty();
}

void LoadingMarks::forget_removed(const std::set<std::string_view>& layers) {
  const std::lock_guard lock(mutex_);
  end_holds(
      [&](const Hold& hold) { return hold.was_wanted && !layers.contains(hold.content.layer); });
}

}  // namespace layercast::stream
