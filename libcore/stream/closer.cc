#include "stream/closer.h"

#include "base/thread_name.h"
#include "base/thread_urgency.h"

namespace layercast::stream {

Closer::Closer(const char* thread_name)
    : thread_(base::named_thread(thread_name, [this] { run(); })) {}

Closer::~Closer() {
  {
    const std::lock_guard lock(queue_->mutex);
    queue_->stops = true;
  }
  queue_->changed.notify_all();
  thread_.join();
}

void Closer::Queue::take(Objects one) {
  {
    const std::lock_guard lock(mutex);
    if (stops) return;
    objects.splice(objects.end(), one);
  }
  changed.notify_all();
}

void Closer::run() {
  base::set_urgency(base::Urgency::kRest);
  std::unique_lock lock(queue_->mutex);
  for (;;) {
    queue_->changed.wait(lock, [this] { return queue_->stops || !queue_->objects.empty(); });
    if (queue_->objects.empty()) return;
    Objects one;
    one.splice(one.end(), queue_->objects, queue_->objects.begin());
    lock.unlock();
    one.clear();
    lock.lock();
  }
}

}  // namespace layercast::stream
