#include "store/redis_follower.h"

#include "base/thread_name.h"
#include "store/backoff.h"

#include <array>
#include <poll.h>
#include <utility>

namespace layercast::store {
namespace {

using base::Result;
using std::chrono::milliseconds;

constexpr milliseconds kAskEvery{1000};

enum class Heard { kSomething, kNothing };

/// Waits until the connection is readable, `wake` is signalled, or `patience` has passed.
Heard listen_for(int descriptor, const Wake& wake, milliseconds patience) {
  std::array polled = {pollfd{descriptor, POLLIN, 0}, pollfd{wake.descriptor(), POLLIN, 0}};
  ::poll(polled.data(), polled.size(), static_cast<int>(patience.count()));
  return polled[0].revents != 0 ? Heard::kSomething : Heard::kNothing;
}

}  // namespace

RedisFollower::RedisFollower(const StoreRequest& request, StoreUri uri, base::Metrics& metrics)
    : uri_(std::move(uri)),
      name_(redacted_uri(request.uri)),
      scene_(request.scene),
      connecting_(metrics, "connect"),
      gauges_(metrics) {
  thread_ = base::named_thread("redis-follower", [this] { watch(); });
}

RedisFollower::~RedisFollower() {
  is_stopping_ = true;
  wake_.signal();
  thread_.join();
}

/// Calls work(scene). After an error on the kept connection, which may have died since its last
/// use, it tries once more with a new one.
template <class Work>
auto RedisFollower::with_scene(const Work& work) {
  using Answer = decltype(work(std::declval<RedisScene&>()));
  const bool is_kept = reading_.has_value();
  if (!is_kept) {
    auto connection = RedisConnection::connect(uri_);
    if (!connection.ok()) return Answer(std::move(connection).error());
    reading_.emplace(std::move(connection).value());
  }
  RedisScene scene(*reading_, scene_);
  Answer answer = work(scene);
  if (answer.ok()) return answer;
  reading_.reset();
  return is_kept ? with_scene(work) : answer;
}

Result<std::optional<StoredState>> RedisFollower::load() {
  return with_scene([](RedisScene& scene) { return scene.read(); });
}

Result<void> RedisFollower::commit(const Commit& /*commit*/) {
  return base::conflict("a follower cannot change the scene", name_);
}

Result<std::vector<JournalEntry>> RedisFollower::journal(int64_t after, int count_max) {
  return with_scene([&](RedisScene& scene) { return scene.journal(after, count_max); });
}

Result<bool> RedisFollower::wait_for_newer(int64_t known, milliseconds patience) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [&] { return is_stopped_ || newest_ > known; });
  is_stopped_ = false;
  return newest_ > known;
}

void RedisFollower::stop_waiting() {
  const std::lock_guard lock(mutex_);
  is_stopped_ = true;
  changed_.notify_all();
}

StoreHealth RedisFollower::health() const {
  const std::lock_guard lock(mutex_);
  return StoreHealth{fault_.empty(), fault_.empty() ? fault_ : name_ + ": " + fault_, 0,
                     has_owner_};
}

void RedisFollower::note(int64_t revision, bool has_owner) {
  const std::lock_guard lock(mutex_);
  newest_ = revision;
  has_owner_ = has_owner;
  fault_.clear();
  gauges_.reachable->set(1);
  changed_.notify_all();
}

void RedisFollower::watch() {
  Backoff backoff;
  while (true) {
    const auto result = listen();
    if (is_stopping_) return;
    {
      const std::lock_guard lock(mutex_);
      if (fault_.empty()) backoff.reset();
      fault_ = result.ok() ? std::string("not connected") : result.error().to_string();
      gauges_.reachable->set(0);
    }
    listen_for(-1, wake_, backoff.next());
    if (is_stopping_) return;
    gauges_.reconnects->add();
  }
}

Result<void> RedisFollower::listen() {
  TRY(auto asking, connecting_.measured([&] { return RedisConnection::connect(uri_); }));
  TRY(auto hearing, RedisConnection::connect(uri_));
  RedisScene scene(asking, scene_);
  TRY_DO(hearing.send({"SUBSCRIBE", scene.channel()}));
  while (!is_stopping_) {
    TRY(const int64_t revision, scene.revision());
    TRY(const bool has_owner, scene.has_owner());
    note(revision, has_owner);
    if (listen_for(hearing.descriptor(), wake_, kAskEvery) == Heard::kNothing) continue;
    TRY(const int count, hearing.read_arrived());
    static_cast<void>(count);
  }
  return {};
}

}  // namespace layercast::store
