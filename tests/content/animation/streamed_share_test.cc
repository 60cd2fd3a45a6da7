#include "content/animation/streamed_share.h"

#include "content/picture/fit.h"
#include "scene/model/limits.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

namespace limits = scene::limits;

constexpr int64_t kMebibyte = int64_t{1} << 20;
constexpr int64_t kMax = limits::kStreamedBytesMax;

TEST(StreamedShare, HasPicturesOf64MiBAheadButFourToThirtyTwo) {
  EXPECT_EQ(StreamedShare::take({0, 8 * kMebibyte}, kMax).value()->ahead(), 8);
  EXPECT_EQ(StreamedShare::take({0, 1}, kMax).value()->ahead(), 32);
  EXPECT_EQ(StreamedShare::take({0, 0}, kMax).value()->ahead(), 32);
  EXPECT_EQ(StreamedShare::take({0, 100 * kMebibyte}, kMax).value()->ahead(), 4);
}

TEST(StreamedShare, HasFewerPicturesAheadWhenAQuarterOfTheMemoryIsTaken) {
  const auto first = StreamedShare::take({kMax / 4 - 32, 1}, kMax);
  ASSERT_TRUE(first);
  // An equal part of what is left: 768 MiB for 63 animations.
  EXPECT_EQ(StreamedShare::take({2 * kMebibyte, 2 * kMebibyte}, kMax).value()->ahead(), 5);
  EXPECT_EQ(StreamedShare::take({2 * kMebibyte, 16 * kMebibyte}, kMax).value()->ahead(), 2);
  EXPECT_EQ(StreamedShare::take({2 * kMebibyte, 1}, kMax).value()->ahead(), 32);
}

TEST(StreamedShare, IsRefusedOneByteBeyondTheLimit) {
  constexpr int64_t kPicture = 100 * kMebibyte;
  const auto first = StreamedShare::take({kMax - 3 * kPicture - 4, 1}, kMax);  // 32 bytes ahead
  ASSERT_TRUE(first);
  {
    const auto over = StreamedShare::take({kPicture - 27, kPicture}, kMax);
    ASSERT_FALSE(over);
    EXPECT_EQ(over.error().code, base::ErrorCode::kLimit);
    EXPECT_TRUE(is_of_memory(over.error()));
    EXPECT_EQ(over.error().message,
              "the animation needs 299 MiB of the 1024 MiB that all large animations may use; "
              "these have 724 MiB");
  }
  EXPECT_TRUE(StreamedShare::take({kPicture - 28, kPicture}, kMax));
}

TEST(StreamedShare, OfTheOnlyAnimationMayBeOfAnySize) {
  const auto only = StreamedShare::take({2 * kMax, kMax}, kMax);
  ASSERT_TRUE(only);
  EXPECT_EQ(only.value()->ahead(), 2);
  EXPECT_FALSE(StreamedShare::take({0, 1}, kMax));
}

TEST(StreamedShare, IsGivenBackAndThereAreNoMoreThanTheirThreads) {
  for (int turn = 0; turn < 2; ++turn) {
    std::vector<std::unique_ptr<StreamedShare>> shares;
    for (int i = 0; i < limits::kStreamedAnimationsMax; ++i) {
      // All of them would have 4 GiB if each had what it wants.
      auto share = StreamedShare::take({4 * kMebibyte, 4 * kMebibyte}, kMax);
      ASSERT_TRUE(share) << i;
      shares.push_back(std::move(share).value());
    }
    const auto more = StreamedShare::take({0, 1}, kMax);
    ASSERT_FALSE(more);
    EXPECT_EQ(more.error().message, "more than 64 animations of this size cannot play at once");
  }
}

}  // namespace
}  // namespace layercast::content
