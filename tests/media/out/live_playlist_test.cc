#include "media/out/live_playlist.h"

#include "tests/media/read_back.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <string>
#include <vector>

namespace layercast::media::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A folder with a playlist, whose segments a muxer would write.
class LivePlaylists : public ::testing::Test {
 protected:
  std::string path() const { return folder_ / "out/x.m3u8"; }
  std::string name(int64_t number) const {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "x-%05d.ts", static_cast<int>(number));
    return text.data();
  }
  void put(const std::string& file, const std::string& text = "x") const {
    std::filesystem::create_directories(folder_ / "out");
    std::ofstream(folder_ / "out/" + file) << text;
  }
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "out")) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }
  LivePlaylist open() const {
    auto opened = LivePlaylist::open(path());
    EXPECT_TRUE(opened.ok()) << opened.error().to_string();
    return std::move(opened).value();
  }

  /// What the muxer writes after segment `newest` of the session from `first` on.
  static constexpr int64_t kWindow = 6;
  std::string written(int64_t first, int64_t newest) const {
    const int64_t from = std::max(first, newest + 1 - kWindow);
    std::string text = "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n";
    text += "#EXT-X-MEDIA-SEQUENCE:" + std::to_string(from) + "\n#EXT-X-INDEPENDENT-SEGMENTS\n";
    for (int64_t number = from; number <= newest; ++number) {
      text += "#EXTINF:2.000000,\n" + name(number) + "\n";
    }
    return text;
  }
  /// A session that writes `count` segments and publishes each.
  std::string run(int64_t count, StreamEnd end = StreamEnd::kToBeContinued) const {
    LivePlaylist playlist = open();
    playlist.set_end(end);
    std::string text;
    const int64_t first = playlist.first_number();
    for (int64_t number = first; number < first + count; ++number) {
      put(name(number));
      const bool is_last = number + 1 == first + count;
      text = playlist.published(written(first, number) + (is_last ? "#EXT-X-ENDLIST\n" : ""));
      put("x.m3u8", text);
    }
    return text;
  }

  TemporaryFolder folder_;
};

TEST_F(LivePlaylists, CreateTheirFolder) {
  EXPECT_EQ(open().first_number(), 0);
  EXPECT_THAT(files(), IsEmpty());
}

TEST_F(LivePlaylists, SayWhyTheyCannotCreateTheirFolder) {
  std::ofstream(folder_ / "out") << "a file";
  const auto opened = LivePlaylist::open(path());
  ASSERT_FALSE(opened.ok());
  EXPECT_THAT(opened.error().to_string(), HasSubstr("cannot create the folder"));
}

TEST_F(LivePlaylists, ListTheNewestSixSegmentsAndKeepThreeOlderOnes) {
  EXPECT_EQ(run(11),
            "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n"
            "#EXT-X-MEDIA-SEQUENCE:5\n#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXTINF:2.000000,\nx-00005.ts\n#EXTINF:2.000000,\nx-00006.ts\n"
            "#EXTINF:2.000000,\nx-00007.ts\n#EXTINF:2.000000,\nx-00008.ts\n"
            "#EXTINF:2.000000,\nx-00009.ts\n#EXTINF:2.000000,\nx-00010.ts\n");
  EXPECT_THAT(files(),
              ElementsAre("x-00002.ts", "x-00003.ts", "x-00004.ts", "x-00005.ts", "x-00006.ts",
                          "x-00007.ts", "x-00008.ts", "x-00009.ts", "x-00010.ts", "x.m3u8"));
  open().remove_unlisted();
  EXPECT_THAT(files(), ElementsAre("x-00005.ts", "x-00006.ts", "x-00007.ts", "x-00008.ts",
                                   "x-00009.ts", "x-00010.ts", "x.m3u8"));
}

TEST_F(LivePlaylists, GoOnAtADiscontinuityAndCountThoseThatLeft) {
  run(3);
  EXPECT_EQ(run(2),
            "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:2\n"
            "#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-INDEPENDENT-SEGMENTS\n"
            "#EXTINF:2.000000,\nx-00000.ts\n#EXTINF:2.000000,\nx-00001.ts\n"
            "#EXTINF:2.000000,\nx-00002.ts\n#EXT-X-DISCONTINUITY\n"
            "#EXTINF:2.000000,\nx-00003.ts\n#EXTINF:2.000000,\nx-00004.ts\n");
  // The first discontinuity is still the tag of a listed segment.
  const std::string third = run(4);
  EXPECT_THAT(third, HasSubstr("#EXT-X-MEDIA-SEQUENCE:3\n"));
  EXPECT_THAT(third, Not(HasSubstr("DISCONTINUITY-SEQUENCE")));
  EXPECT_THAT(third, HasSubstr("#EXT-X-DISCONTINUITY\n#EXTINF:2.000000,\nx-00003.ts"));
  EXPECT_THAT(third, HasSubstr("#EXT-X-DISCONTINUITY\n#EXTINF:2.000000,\nx-00005.ts"));
  const std::string fourth = run(1);
  EXPECT_THAT(fourth, HasSubstr("#EXT-X-MEDIA-SEQUENCE:4\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n"));
  const std::string fifth = run(12);
  EXPECT_THAT(fifth, HasSubstr("#EXT-X-MEDIA-SEQUENCE:16\n#EXT-X-DISCONTINUITY-SEQUENCE:4\n"));
  EXPECT_THAT(fifth, Not(HasSubstr("#EXT-X-DISCONTINUITY\n")));
}

TEST_F(LivePlaylists, EndOnlyForGoodAndGoOnAfterwardsAllTheSame) {
  EXPECT_THAT(run(3), Not(HasSubstr("ENDLIST")));
  EXPECT_THAT(run(3, StreamEnd::kForGood), HasSubstr("x-00005.ts\n#EXT-X-ENDLIST\n"));
  const std::string later = run(1);
  EXPECT_THAT(later, Not(HasSubstr("ENDLIST")));
  EXPECT_THAT(later, HasSubstr("#EXT-X-DISCONTINUITY\n#EXTINF:2.000000,\nx-00006.ts\n"));
}

TEST_F(LivePlaylists, RemoveWhatAKilledProcessLeft) {
  run(12);
  put("x-00012.ts.tmp");
  put("x-00012.ts");
  for (const char* other : {"x.mp4", "x-1-00000.ts", "x-0000.ts", "y-00000.ts", "x-00000.ts.bak"}) {
    put(other);
  }
  EXPECT_EQ(open().first_number(), 12);
  EXPECT_THAT(files(), ElementsAre("x-0000.ts", "x-00000.ts.bak", "x-00006.ts", "x-00007.ts",
                                   "x-00008.ts", "x-00009.ts", "x-00010.ts", "x-00011.ts",
                                   "x-1-00000.ts", "x.m3u8", "x.mp4", "y-00000.ts"));
}

TEST_F(LivePlaylists, WithoutAnEarlierListKeepCompleteSegmentsAndNumberTheirsAfterThem) {
  put("x-00007.ts");
  put("x-00008.ts.tmp");
  EXPECT_EQ(open().first_number(), 8);
  EXPECT_THAT(files(), ElementsAre("x-00007.ts"));
}

TEST_F(LivePlaylists, ThatAreDamagedAreReplaced) {
  put("x-00007.ts");
  put("x.m3u8", std::string(64, '\0'));
  EXPECT_THAT(run(1), HasSubstr("#EXT-X-MEDIA-SEQUENCE:8\n"));
  EXPECT_THAT(files(), ElementsAre("x-00008.ts", "x.m3u8"));
}

TEST_F(LivePlaylists, ListNoSegmentBeforeAMissingOne) {
  run(3);
  run(3);
  std::filesystem::remove(folder_ / "out/x-00003.ts");
  const std::string text = run(1);
  EXPECT_THAT(text, HasSubstr("#EXT-X-MEDIA-SEQUENCE:4\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n"));
  EXPECT_THAT(text, Not(HasSubstr("x-00002.ts")));
}

TEST_F(LivePlaylists, AreWrittenByTheirOwnOutputOnlyIfOthersAreKept) {
  const PlaylistOwner owner{"main", PlaylistOwner::Others::kKept};
  EXPECT_TRUE(LivePlaylist::may_write(path(), "main"));
  put("x-00003.ts");
  EXPECT_FALSE(LivePlaylist::may_write(path(), "main")) << "a segment of others";
  std::filesystem::remove(folder_ / "out/x-00003.ts");
  auto playlist = LivePlaylist::open(path(), owner);
  ASSERT_TRUE(playlist.ok());
  put(name(0));
  const std::string text = playlist.value().published(written(0, 0));
  EXPECT_THAT(text, HasSubstr("## layercast output main, playlist x\n"));
  put("x.m3u8", text);
  EXPECT_TRUE(LivePlaylist::may_write(path(), "main"));
  EXPECT_FALSE(LivePlaylist::may_write(path(), "other"));
  put("y.m3u8", text);
  EXPECT_FALSE(LivePlaylist::may_write(folder_ / "out/y.m3u8", "main")) << "a copy";
  for (const char* foreign : {"", "#EXTM3U\n", "#EXTM3U\n## layercast output maint, playlist x\n",
                              "notes\n## layercast output main, playlist x\n"}) {
    put("x.m3u8", foreign);
    EXPECT_FALSE(LivePlaylist::may_write(path(), "main")) << foreign;
  }
  put("z.m3u8", text);
  std::filesystem::remove(path());
  std::filesystem::create_symlink(folder_ / "out/z.m3u8", path());
  EXPECT_FALSE(LivePlaylist::may_write(path(), "main")) << "a link";
}

TEST_F(LivePlaylists, NoticeOthersThatCameBeforeTheFirstSegment) {
  auto opened = LivePlaylist::open(path(), {"main", PlaylistOwner::Others::kKept});
  ASSERT_TRUE(opened.ok());
  LivePlaylist& playlist = opened.value();
  put(name(0) + ".tmp");
  EXPECT_FALSE(playlist.is_taken());
  playlist.remove_unpublished();
  EXPECT_THAT(files(), IsEmpty());
  put("x.m3u8", "of others");
  put(name(0));
  EXPECT_TRUE(playlist.is_taken());
  playlist.remove_unpublished();
  EXPECT_THAT(files(), ElementsAre("x-00000.ts", "x.m3u8"));
}

TEST_F(LivePlaylists, NameTheirSegmentsWithoutLettersThatAUrlCannotHold) {
  const auto opened = LivePlaylist::open(folder_ / "a b%d.m3u8");
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened.value().segment_pattern(), folder_ / "a_b_d-%05d.ts");
}

}  // namespace
}  // namespace layercast::media::test
