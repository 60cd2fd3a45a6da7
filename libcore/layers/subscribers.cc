#include "layers/subscribers.h"

#include <algorithm>
#include <utility>

namespace layercast::layers {

// Unsubscribes on destruction: its listener is not called afterwards.
class Subscribers::Membership : public Subscription {
 public:
  Membership(std::shared_ptr<Subscribers> subscribers, std::shared_ptr<Listener> listener)
      : subscribers_(std::move(subscribers)), listener_(std::move(listener)) {}
  ~Membership() override { subscribers_->remove(*listener_); }

 private:
  std::shared_ptr<Subscribers> subscribers_;
  std::shared_ptr<Listener> listener_;
};

std::unique_ptr<Subscription> Subscribers::add(std::function<void(const Change&)> listener) {
  auto added = std::make_shared<Listener>(Listener{std::move(listener)});
  const std::lock_guard lock(mutex_);
  listeners_.push_back(added);
  added->notify({notified_, {}});
  return std::make_unique<Membership>(shared_from_this(), std::move(added));
}

void Subscribers::notify(const Change& change) {
  const std::lock_guard lock(mutex_);
  notified_ = change.state;
  const auto listeners = listeners_;
  for (const auto& each : listeners) {
    if (!each->is_gone) each->notify(change);
  }
}

void Subscribers::remove(Listener& listener) {
  const std::lock_guard lock(mutex_);
  listener.is_gone = true;
  std::erase_if(listeners_, [&](const auto& each) { return each.get() == &listener; });
}

}  // namespace layercast::layers
