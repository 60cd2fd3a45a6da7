#include "media/out/file_syncer.h"

#include "tests/base/manual_clock.h"
#include "tests/media/read_back.h"

#include <cerrno>
#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <mutex>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

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

  // Notes which file is synced, and whether fsync() then fails.
  int sync(int descriptor) {
    struct stat status {};
    EXPECT_EQ(::fstat(descriptor, &status), 0);
    const std::lock_guard lock(mutex_);
    ++syncs_[status.st_ino];
    const int error_number = std::exchange(error_number_, 0);
    if (error_number == 0) return ::fsync(descriptor);
    errno = error_number;
    return -1;
  }
  int syncs_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    const std::lock_guard lock(mutex_);
    return syncs_[status.st_ino];
  }
  void fail_once(int error_number) {
    const std::lock_guard lock(mutex_);
    error_number_ = error_number;
  }

  TemporaryFolder folder_;
  ManualClock clock_;
  std::mutex mutex_;
  std::map<ino_t, int> syncs_;  ///< with the lock
  int error_number_ = 0;        ///< with the lock
  FileSyncer syncer_{&clock_, [this](int descriptor) { return sync(descriptor); }};
};

TEST_F(FileSyncers, SyncAFileInEachPeriod) {
  syncer_.begin(file("a.mkv"));
  for (int period = 0; period < 3; ++period) {
    ASSERT_TRUE(awaits_the_next_period());
    clock_.advance(FileSyncer::kPeriod);
  }
  ASSERT_TRUE(awaits_the_next_period());
  EXPECT_EQ(syncs_of(folder_ / "a.mkv"), 4);
  EXPECT_EQ(syncs_of(folder_ / "."), 1);
  syncer_.stop();
  EXPECT_EQ(syncs_of(folder_ / "a.mkv"), 5);
  EXPECT_FALSE(syncer_.take_error());
}

TEST_F(FileSyncers, ReportAnErrorOfTheDiskOnce) {
  fail_once(EIO);
  syncer_.begin(file("a.mkv"));
  ASSERT_TRUE(awaits_the_next_period());
  const auto error = syncer_.take_error();
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, base::ErrorCode::kIo);
  EXPECT_EQ(error->where, std::string(folder_ / "a.mkv"));
  EXPECT_FALSE(syncer_.take_error());
}

TEST_F(FileSyncers, TryAgainAfterASignal) {
  fail_once(EINTR);
  syncer_.begin(file("a.mkv"));
  ASSERT_TRUE(awaits_the_next_period());
  EXPECT_FALSE(syncer_.take_error());
  EXPECT_EQ(syncs_of(folder_ / "."), 2);
}

TEST_F(FileSyncers, SyncANewFileAtOnce) {
  syncer_.begin(file("a.mkv"));
  ASSERT_TRUE(awaits_the_next_period());
  const auto former = clock_.now() + FileSyncer::kPeriod;
  clock_.advance(FileSyncer::kPeriod / 2);
  syncer_.begin(file("b.mkv"));
  ASSERT_TRUE(clock_.await_no_waiter(former));
  ASSERT_TRUE(awaits_the_next_period());
  EXPECT_EQ(syncs_of(folder_ / "a.mkv"), 2);
  EXPECT_EQ(syncs_of(folder_ / "b.mkv"), 1);
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
