#pragma once

#include "base/error.h"
#include "base/time.h"
#include "media/container.h"
#include "media/libav.h"
#include "media/partial_file.h"
#include "media/settings.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct AVIOContext;

namespace layercast::media {

/// One file or URL that packets are muxed into.
/// Unless it is live, a file gets its name when it is finished; pipes, devices and URLs are written
/// to at once. An HLS playlist and its segments (`NAME-00000.ts` …, with `_` for what does not go
/// into a URL) appear together, the playlist last. After a failure it is closed, what was written
/// of it is removed, and later calls do nothing. Thread: one at a time.
class Output {
 public:
  enum class Track {
    kVideo,
    kAudio,
  };
  /// What it will be fed. `audio` may be absent.
  struct Feed {
    const AVCodecContext* video = nullptr;
    const AVCodecContext* audio = nullptr;
    base::FrameRate rate;
  };

  /// For a stream without an end. A file is written under its name at once, in pieces that can be
  /// read when the process is killed; what has that name is replaced. A playlist is one of the last
  /// few segments, and goes on where the one that is there ended. What was written stays.
  struct LiveTerms {
    base::Duration open_patience;       ///< With a URL: for its connection and header.
    base::Duration write_patience;      ///< With a URL: for one packet.
    std::function<bool()> is_given_up;  ///< With a URL: asked while it waits, ten times a second.
  };

  /// Opened, with its header written.
  /// Errors: kInvalidInput, kIo, kBrokenPipe, kUnsupported when the muxer refuses the feed.
  static base::Result<std::unique_ptr<Output>> open(const std::string& name,
                                                    const Container& container, const Feed& feed);
  static base::Result<std::unique_ptr<Output>> open_live(const std::string& name,
                                                         const Container& container,
                                                         const Feed& feed, LiveTerms terms);
  ~Output();

  /// Writes `packet`, whose times count the feed's. A failure is in report().error afterwards.
  void write(const AVPacket& packet, Track track);
  /// Completes the file and gives it its name. A failure is in report().error afterwards.
  void finish();
  /// Closes it and removes what was written, for a reason that lies elsewhere.
  void fail(base::Error error);

  bool failed() const { return report_.error.has_value(); }
  /// What became of it so far.
  OutputReport report() const;

 private:
  friend struct OutputCallbacks;

  Output(const std::string& name, const Container& container);
  base::Result<void> start(const Feed& feed);
  base::Result<void> choose_target();
  void choose_live_target();
  base::Result<void> allocate_muxer();
  /// Where the muxer's own file `url` really is. An HLS muxer writes names without folders into its
  /// playlist, and takes `%` in a folder's name for a pattern: it does not get to see any.
  std::string place_of(const std::string& url) const;
  void add_stream(const AVCodecContext& encoder, base::FrameRate rate);
  base::Result<void> open_and_write_header();
  void set_muxer_options();
  void set_live_muxer_options();
  void set_playlist_options(const std::string& segment_pattern);
  void set_option(const char* name, const std::string& value);
  bool is_before_beginning(const AVPacket& packet) const;
  int64_t audio_shift() const;
  void note_io_error(int result);
  base::Error failure_of(int result, std::string_view action) const;
  void keep_deadline(base::Duration patience);
  base::Duration write_patience() const;
  int64_t bytes_written() const;
  /// Closes the file that this class opened; 0, or the first failure of what was still buffered.
  int close_file();
  /// Closes files and muxer, which need not be finished; the result is close_file()'s.
  int close();

  const Container& container_;
  Delivery delivery_;
  std::optional<LiveTerms> terms_;
  OutputReport report_;
  std::optional<PartialFile> partial_;
  bool is_seekable_file_ = false;
  std::string url_;
  AVFormatContext* muxer_ = nullptr;
  AVIOContext* io_ = nullptr;              ///< None for a muxer that opens its files by itself.
  std::vector<AVIOContext*> muxer_files_;  ///< Open ones of the muxer's own.
  bool is_trailer_due_ = false;            ///< HLS frees some of its buffers nowhere else.
  int64_t closed_bytes_ = 0;               ///< Of those that are closed.
  int io_result_ = 0;                      ///< The first failure that those had.
  PacketPtr packet_;
  const AVCodecContext* video_ = nullptr;
  const AVCodecContext* audio_ = nullptr;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace layercast::media
