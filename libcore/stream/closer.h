#pragma once

#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>

namespace layercast::stream {

/// Destroys objects on a thread of its own. The destructor of a video waits for the video's thread,
/// which may wait for a helper process that hangs. The thread that renders often releases the last
/// reference and must not wait. Thread: any (locked).
class Closer {
 public:
  explicit Closer(const char* thread_name);
  /// Destroys what is left. Objects that are released later are destroyed where they are released.
  ~Closer();
  Closer(const Closer&) = delete;
  Closer& operator=(const Closer&) = delete;

  /// A reference to `object`, which must have no other one. When it and its copies are gone, the
  /// thread destroys the object. Null stays null.
  template <class T>
  std::shared_ptr<T> owned(std::shared_ptr<T> object) {
    if (object == nullptr) return object;
    T* const raw = object.get();
    Objects one;
    one.push_back(std::move(object));
    return std::shared_ptr<T>(
        raw, [queue = queue_, one = std::move(one)](T*) mutable { queue->take(std::move(one)); });
  }

 private:
  using Objects = std::list<std::shared_ptr<const void>>;

  struct Queue {
    /// Allocates nothing: an object may be released because memory is exhausted.
    void take(Objects one);

    std::mutex mutex;
    std::condition_variable changed;
    Objects objects;     ///< with the lock
    bool stops = false;  ///< with the lock
  };

  void run();

  const std::shared_ptr<Queue> queue_ = std::make_shared<Queue>();
  std::thread thread_;
};

}  // namespace layercast::stream
