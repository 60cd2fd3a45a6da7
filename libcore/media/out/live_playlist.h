#pragma once

#include "base/error.h"
#include "media/out/live_report.h"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::media {

/// The output that writes a playlist.
struct PlaylistOwner {
  /// What happens to files of the playlist's name that another output has written.
  enum class Others : uint8_t {
    kTakenOver,  ///< the playlist is continued or replaced
    kKept,       ///< the playlist has another name, see LivePlaylist::may_write()
  };
  std::string id;  ///< the name of the output for users
  Others others = Others::kTakenOver;
};

/// The playlist of a live HLS output across its sessions. A session is one run of the muxer, from a
/// start or reconnection of the output to the next. The playlist lists the newest segments of all
/// sessions, with numbers that only grow, a discontinuity between two sessions and the number of
/// discontinuities that have left the list. Segments are `NAME-00000.ts` … in the folder of the
/// playlist, where `_` replaces characters that a URL cannot contain.
/// Source: RFC 8216, sections 4.3.3 and 6.2.2. Thread: one at a time.
class LivePlaylist {
 public:
  /// Creates the folder of the playlist `path`, reads the playlist that an earlier session has left
  /// and removes the segments that it does not list. Without such a playlist, keeps all complete
  /// segments, because they may belong to others, and numbers the new ones after them. Errors: kIo.
  static base::Result<LivePlaylist> open(const std::string& path, const PlaylistOwner& owner = {});
  /// Whether an output with this id can write the playlist without a change to files of others: it
  /// has written the playlist of this name before, or there is neither a playlist nor a segment of
  /// the name. A comment in the playlist names its output and the playlist.
  static bool may_write(const std::string& path, const std::string& id);

  /// The name of the playlist `path` without its extension and without characters that have a
  /// meaning in a URL or in a pattern, such as `%`: the beginning of the names of its segments.
  static std::string segment_stem(const std::string& path);
  /// The pattern of the segments' paths, for the muxer.
  std::string segment_pattern() const;
  /// The number of the first segment of this session.
  int64_t first_number() const { return first_number_; }

  /// With kForGood, the playlist that the muxer writes at its end tells players that it has ended.
  void set_end(StreamEnd end) { end_ = end; }
  /// The text of the playlist after the muxer has written the text `written`, which lists only
  /// segments of this session. Removes segments that left the list three segments ago.
  std::string published(std::string_view written);
  /// Whether another one has created the playlist since open(), and others are kept.
  bool is_taken() const;
  /// If others are kept and no playlist is published yet: removes the segments, so that the next
  /// attempt finds the name free.
  void remove_unpublished() const;
  /// Removes all segments that the playlist does not list.
  void remove_unlisted() const;

 private:
  struct Segment {
    std::string name;
    std::string duration;  ///< As in the playlist, with a title perhaps: `2.000000,`.
    bool begins_session = false;
  };
  struct Text {
    int64_t first_number = 0;
    int64_t discontinuities = 0;
    int64_t target_seconds = 0;
    bool has_ended = false;
    std::string mark;  ///< The comment about the output.
    std::deque<Segment> segments;
  };

  LivePlaylist(const std::string& path, PlaylistOwner owner);
  static std::string mark_of(const std::string& path, const std::string& id);
  static bool parse(std::string_view text, Text& parsed);
  void take_over(const Text& earlier);
  void drop_first();
  bool is_segment(std::string_view name) const;
  std::vector<std::string> segments_on_disk() const;
  int64_t highest_number_on_disk() const;
  void remove(const std::string& name) const;
  std::string text(bool has_ended) const;

  std::string path_;
  std::string folder_;
  std::string stem_;
  PlaylistOwner owner_;
  bool is_new_ = false;  ///< There was no playlist, and none is published yet.
  StreamEnd end_ = StreamEnd::kToBeContinued;
  int64_t first_number_ = 0;
  int64_t listed_from_ = 0;      ///< The number of the first segment of the list.
  int64_t discontinuities_ = 0;  ///< Of those that left the list.
  int64_t target_seconds_ = 0;
  std::deque<Segment> segments_;
  std::deque<std::string> retired_;  ///< Left the list, but may still be read by players.
};

}  // namespace layercast::media
