#include "media/out/file_syncer.h"

#include "tests/base/manual_clock.h"
#include "tests/media/read_back.h"

#include <fstream>
#include <gtest/gtest.h>

namespace layercast::media::test {
namespace {

using base::ManualClock;

class FileSyncers : public ::testing::Test {
 protected:
  std::string file(const std::string& name) const {
    std::ofstream(folder_ / name) << "abc";
    return folder_ / name;
  }
  [[nodiscard]] bool awaits_the_next_period() {
    return clock_.await_waiter(clock_.now() + FileSyncer::kPeriod);
  }

  TemporaryFolder folder_;
  ManualClock clock_;
  FileSyncer syncer_{&clock_};
};

TEST_F(FileSyncers, SyncAFileInEachPeriod) {
  syncer_.begin(file("a.mkv"));
  for (int period = 0; period < 3; ++period) {
    ASSERT_TRUE(awaits_the_next_period());
    clock_.advance(FileSyncer::kPeriod);
  }
  syncer_.stop();
  EXPECT_FALSE(syncer_.take_error());
}

TEST_F(FileSyncers, SyncANewFileAtOnce) {
  syncer_.begin(file("a.mkv"));
  ASSERT_TRUE(awaits_the_next_period());
  const auto former = clock_.now() + FileSyncer::kPeriod;
  clock_.advance(FileSyncer::kPeriod / 2);
  syncer_.begin(file("b.mkv"));
  ASSERT_TRUE(clock_.await_no_waiter(former));
  ASSERT_TRUE(awaits_the_next_period());
}

TEST_F(FileSyncers, WaitForNothingBetweenTwoFiles) {
  syncer_.begin(file("a.mkv"));
  ASSERT_TRUE(awaits_the_next_period());
  const auto former = clock_.now() + FileSyncer::kPeriod;
  syncer_.end();
  EXPECT_TRUE(clock_.await_no_waiter(former));
  syncer_.begin(file("b.mkv"));
  EXPECT_TRUE(awaits_the_next_period());
}

TEST_F(FileSyncers, IgnoreAFileThatIsMissingOrCannotBeSynced) {
  syncer_.begin(folder_ / "missing/a.mkv");
  syncer_.begin("/dev/full");
  syncer_.stop();
  EXPECT_FALSE(syncer_.take_error());
}

TEST_F(FileSyncers, CanBeginAgainAfterAStop) {
  syncer_.stop();
  syncer_.begin(file("a.mkv"));
  syncer_.stop();
  syncer_.begin(file("a.mkv"));
  EXPECT_TRUE(awaits_the_next_period());
}

}  // namespace
}  // namespace layercast::media::test
