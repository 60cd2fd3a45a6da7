#include "stream/ready_contents.h"

#include "content/picture/fit.h"
#include "scene/model/content_comparison.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

namespace layercast::stream {
namespace {

constexpr base::Duration kFirstRetry = std::chrono::milliseconds(250);
constexpr base::Duration kLongestRetry = std::chrono::seconds(30);

// The delay after so many failures.
base::Duration delay_after(int failures) {
  constexpr int kDoublingsMax = 10;
  const int doublings = std::clamp(failures - 1, 0, kDoublingsMax);
  return std::min(kFirstRetry * (int64_t{1} << doublings), kLongestRetry);
}

// Whether the layer may be loaded another time: its files are missing or could not be read, other
// contents may leave it more memory, or a web server may answer otherwise, whatever was wrong with
// its answer.
bool may_recover(const base::Error& error, const scene::Layer& layer) {
  return error.code == base::ErrorCode::kNotFound || error.code == base::ErrorCode::kIo ||
         content::is_of_memory(error) || reads_pictures_from_web(layer);
}

// Whether one of the files in both lists differs.
bool has_changed(const AssetFiles& files, const AssetFiles& present) {
  return std::ranges::any_of(files, [&](const auto& file) {
    const auto found = present.find(file.first);
    return found != present.end() && found->second != file.second;
  });
}

// The content of `before` if the one that replaces it cross-fades, else null.
std::shared_ptr<const render::FormerContent> former_content(const ReadyContents::Entry& before,
                                                            const SharedLayer& after, bool is_same,
                                                            base::Duration stream_time) {
  if (is_same) return before.former;
  const auto& transition = after.run->transition;
  const bool fades = transition && transition->content_start && !before.has_failed &&
                     scene::cross_fades(before.shared.layer->content, after.layer->content);
  if (!fades) return nullptr;
  return std::make_shared<const render::FormerContent>(
      render::FormerContent{before.shared.layer, before.shared.run, before.content, stream_time});
}

}  // namespace

void ReadyContents::land(const std::string& name, const SharedLayer& shared, MadeContent made,
                         const ContentContextPtr& context, TimePoint now,
                         base::Duration stream_time) {
  const auto known = entries.find(name);
  const bool reloads = known != entries.end() && same_content(known->second.shared, shared);
  Entry entry;
  entry.shared = shared;
  entry.content = std::move(made.content);
  entry.context = context;
  entry.files = std::move(made.files);
  entry.tried = now;
  if (known != entries.end() && !made.failure) {
    entry.former = former_content(known->second, shared, reloads, stream_time);
  }
  if (made.failure) {
    entry.failures = reloads ? known->second.failures + 1 : 1;
    entry.failure = made.failure->to_string();
    entry.may_recover = may_recover(*made.failure, *shared.layer);
    const bool is_of_memory = content::is_of_memory(*made.failure);
    if (made.has_sources || is_of_memory) entry.retry_at = now + delay_after(entry.failures);
    const bool is_shown =
        reloads && !known->second.has_failed && has_filters_of(*known->second.content, shared);
    entry.error = std::move(made.failure);
    entry.has_failed = !is_shown;
    if (is_shown) {
      entry.content = known->second.content;
    } else if (known != entries.end()) {
      Entry& before = known->second;
      entry.kept = before.has_failed ? std::move(before.kept)
                                     : std::optional(Entry::Kept{before.shared, before.content});
    }
  }
  if (made.is_outdated) entry.retry_at = now + kFirstRetry;
  entries[name] = std::move(entry);
}

std::vector<std::string> ReadyContents::due_files(TimePoint now) const {
  std::vector<std::string> files;
  for (const auto& [name, entry] : entries) {
    if (!entry.retry_at || *entry.retry_at > now) continue;
    for (const auto& [path, identity] : entry.files) files.push_back(path);
  }
  return files;
}

void ReadyContents::mark_changed(const AssetFiles& present) {
  for (auto& [name, entry] : entries) {
    if (has_changed(entry.files, present)) entry.is_stale = true;
  }
}

void ReadyContents::mark_due(TimePoint now, const AssetFiles& present) {
  for (auto& [name, entry] : entries) {
    if (!entry.retry_at || *entry.retry_at > now) continue;
    const bool helps =
        entry.may_recover || entry.failures == 0 || has_changed(entry.files, present);
    if (helps) {
      entry.retry_at.reset();
      entry.is_stale = true;
    } else {
      ++entry.failures;
      entry.retry_at = now + delay_after(entry.failures);
    }
  }
}

void ReadyContents::hurry() {
  for (auto& [name, entry] : entries) {
    if (!entry.retry_at) continue;
    entry.retry_at = std::min(*entry.retry_at, entry.tried + kFirstRetry);
    // A removed layer may hold its memory for another moment.
    const bool is_of_memory = entry.error && content::is_of_memory(*entry.error);
    if (is_of_memory) entry.failures = std::min(entry.failures, 1);
  }
}

bool ReadyContents::has_stale() const {
  return std::ranges::any_of(entries, [](const auto& each) { return each.second.is_stale; });
}

std::optional<ReadyContents::TimePoint> ReadyContents::next_retry() const {
  std::optional<TimePoint> next;
  for (const auto& [name, entry] : entries) {
    if (entry.retry_at && (!next || *entry.retry_at < *next)) next = entry.retry_at;
  }
  return next;
}

std::string ReadyContents::failure_of(const std::string& name) const {
  const auto entry = entries.find(name);
  return entry == entries.end() ? std::string() : entry->second.failure;
}

ReadyContents::Bytes ReadyContents::bytes() const {
  Bytes bytes;
  std::set<const frame::Picture*> counted;  // equal contents share a picture
  const auto add = [&](const frame::PicturePtr& picture, int64_t& sum) {
    if (picture == nullptr || !counted.insert(picture.get()).second) return;
    sum += static_cast<int64_t>(picture->bytes());
  };
  for (const auto& [name, entry] : entries) {
    const render::LayerContent& content = *entry.content;
    int64_t& sum = content.parts.empty() ? bytes.images : bytes.texts;
    for (const auto* raster : {&content.raster, &content.caption, &content.plain}) {
      if (!*raster) continue;
      add((*raster)->picture, sum);
      add((*raster)->finer, sum);
    }
  }
  return bytes;
}

AssetFiles ReadyContents::files() const {
  AssetFiles files;
  for (const auto& [name, entry] : entries) files.insert(entry.files.begin(), entry.files.end());
  return files;
}

}  // namespace layercast::stream
