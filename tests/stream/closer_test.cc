#include "stream/closer.h"

#include <chrono>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <thread>
#include <utility>

namespace layercast::stream {
namespace {

// Tells the thread that destroys it, after it was allowed to end.
class Slow {
 public:
  explicit Slow(std::shared_future<void> may_end) : may_end_(std::move(may_end)) {}
  ~Slow() {
    may_end_.wait();
    ended_.set_value(std::this_thread::get_id());
  }
  Slow(const Slow&) = delete;
  Slow& operator=(const Slow&) = delete;

  std::future<std::thread::id> ended() { return ended_.get_future(); }

 private:
  std::shared_future<void> may_end_;
  std::promise<std::thread::id> ended_;
};

TEST(Closer, DestroysObjectsOnItsOwnThread) {
  std::promise<void> permission;
  Closer closer("test-closer");
  auto first = closer.owned(std::make_shared<Slow>(permission.get_future().share()));
  auto second = first;
  auto ended = first->ended();
  first.reset();
  second.reset();  // returns although the destructor waits
  permission.set_value();
  EXPECT_NE(ended.get(), std::this_thread::get_id());
}

TEST(Closer, DestroysWhatIsLeftAtItsEnd) {
  std::promise<void> permission;
  std::future<std::thread::id> ended;
  {
    Closer closer("test-closer");
    auto object = closer.owned(std::make_shared<Slow>(permission.get_future().share()));
    ended = object->ended();
    object.reset();
    permission.set_value();
  }
  EXPECT_EQ(ended.wait_for(std::chrono::seconds(0)), std::future_status::ready);
}

TEST(Closer, ObjectsMayOutliveIt) {
  std::promise<void> permission;
  permission.set_value();
  std::shared_ptr<Slow> object;
  {
    Closer closer("test-closer");
    object = closer.owned(std::make_shared<Slow>(permission.get_future().share()));
  }
  auto ended = object->ended();
  object.reset();
  EXPECT_EQ(ended.get(), std::this_thread::get_id());
}

TEST(Closer, LeavesNullAsItIs) {
  Closer closer("test-closer");
  EXPECT_EQ(closer.owned(std::shared_ptr<int>()), nullptr);
}

}  // namespace
}  // namespace layercast::stream
