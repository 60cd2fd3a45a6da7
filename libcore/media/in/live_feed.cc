#include "media/in/live_feed.h"

#include "media/in/live_input.h"
#include "media/in/live_source.h"

#include <chrono>
#include <utility>

namespace layercast::media {
namespace {

using Clock = LiveSource::Clock;

constexpr std::chrono::seconds kFirstPatience{10};

class Feed final : public frame::VideoFeed {
 public:
  Feed(std::shared_ptr<LiveSource> source, const LiveFeedRequest& request)
      : source_(std::move(source)), first_picture_(request.first_picture) {
    source_->begin(LiveSource::Use::kPictures);
    if (request.loop) source_->set_ending(LiveSource::Ending::kBeginsAnew);
  }
  ~Feed() override { source_->end(LiveSource::Use::kPictures); }

  base::SizeF display_size() const override { return display_size_; }

  base::Result<frame::AnyPicture> picture_at(const base::SceneTime& time) override {
    if (first_picture_ == FirstPicture::kIsWaitedFor && !was_waited_for_) {
      was_waited_for_ = true;
      source_->wait_for_picture(Clock::now() + kFirstPatience);
    }
    return newest_at(time);
  }

  base::Result<frame::AnyPicture> newest_at(const base::SceneTime& /*time*/) override {
    LiveSource::Shown shown = source_->shown(Clock::now());
    if (shown.display_size) display_size_ = *shown.display_size;
    absence_ = std::move(shown.absence);
    return std::move(shown.picture);
  }

  std::optional<base::Error> absence() const override { return absence_; }
  int64_t decode_nanoseconds() const override { return source_->decode_nanoseconds(); }

 private:
  std::shared_ptr<LiveSource> source_;
  FirstPicture first_picture_;
  bool was_waited_for_ = false;
  base::SizeF display_size_;
  std::optional<base::Error> absence_;
};

class Listener final : public LiveListener {
 public:
  explicit Listener(std::shared_ptr<LiveSource> source) : source_(std::move(source)) {
    source_->begin(LiveSource::Use::kSound);
  }
  ~Listener() override { source_->end(LiveSource::Use::kSound); }

  LiveSound::Taken take(std::span<float> samples) override {
    return source_->sound().take(position_, samples);
  }
  int64_t waiting() const override { return source_->sound().waiting(position_); }

 private:
  std::shared_ptr<LiveSource> source_;
  LiveSound::Position position_;
};

}  // namespace

bool is_live_source(const std::string& source) { return live_kind_of(source).has_value(); }

base::Result<std::unique_ptr<frame::VideoFeed>> open_live_feed(const LiveFeedRequest& request) {
  TRY(auto source, LiveSource::open(request.source));
  return std::unique_ptr<frame::VideoFeed>(std::make_unique<Feed>(std::move(source), request));
}

base::Result<std::unique_ptr<LiveListener>> LiveListener::open(const std::string& source) {
  TRY(auto shared, LiveSource::open(source));
  return std::unique_ptr<LiveListener>(std::make_unique<Listener>(std::move(shared)));
}

}  // namespace layercast::media
