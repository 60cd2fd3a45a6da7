#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "base/time.h"
#include "media/av/libav.h"
#include "media/out/container.h"
#include "media/out/live_playlist.h"
#include "media/out/partial_file.h"
#include "media/out/settings.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct AVIOContext;

namespace layercast::media {

/// Muxes packets into one file or URL.
/// A file from open() gets its name when it is finished; pipes, devices and URLs are written to at
/// once. An HLS playlist and its segments (`NAME-00000.ts` …, with `_` for characters that a URL
/// cannot contain) appear together, the playlist last. After a failure the output is closed, its
/// incomplete file is removed, and later calls do nothing. Thread: one at a time.
class Output {
 public:
  enum class Track {
    kVideo,
    kAudio,
  };
  /// The encoders whose packets the output takes. `audio` may be null.
  struct Feed {
    const AVCodecContext* video = nullptr;
    const AVCodecContext* audio = nullptr;
    base::FrameRate rate;
  };

  /// The terms of open_live(): time limits for URLs, and the owner of a playlist.
  struct LiveTerms {
    base::Duration open_patience;       ///< For the connection and the header.
    base::Duration write_patience;      ///< For one packet.
    std::function<bool()> is_given_up;  ///< Polled ten times a second; true interrupts the wait.
    /// Measures both patiences; libavformat polls it in real time. Ownership: outlives the output.
    base::Clock* clock = &base::Clock::steady();
    bool insecure_tls = false;  ///< Accepts any certificate of the server.
    PlaylistOwner owner = {};   ///< Of a playlist.
  };

  /// Opens the output and writes its header.
  /// Errors: kInvalidInput, kIo, kBrokenPipe, kUnsupported when the muxer refuses the feed.
  static base::Result<std::unique_ptr<Output>> open(const std::string& name,
                                                    const Container& container, const Feed& feed);
  /// Opens the output for a stream without an end. A file has its name at once, replaces an
  /// existing one, and stays readable if the process is killed. A playlist is a LivePlaylist. A
  /// failure does not remove the data written so far. Errors: as open().
  static base::Result<std::unique_ptr<Output>> open_live(const std::string& name,
                                                         const Container& container,
                                                         const Feed& feed, LiveTerms terms);
  ~Output();

  /// Writes `packet`, whose times are in the encoder's time base. report().error has a failure.
  void write(const AVPacket& packet, Track track);
  /// Completes the file and gives it its name. `end` decides whether the playlist of open_live()
  /// ends. report().error has a failure.
  void finish(StreamEnd end = StreamEnd::kForGood);
  /// Closes the output as failed, for a reason outside of it. Removes a file from open().
  void fail(base::Error error);

  bool failed() const { return report_.error.has_value(); }
  /// The condition of the output so far.
  OutputReport report() const;

 private:
  friend struct OutputCallbacks;

  Output(const std::string& name, const Container& container);
  base::Result<void> start(const Feed& feed);
  base::Result<void> choose_target();
  base::Result<void> choose_live_target();
  base::Result<void> allocate_muxer();
  /// The path of the muxer's own file `url`. The HLS muxer must not see the folder: it writes its
  /// names into the playlist, and takes a `%` in a folder name for a pattern.
  std::string place_of(const std::string& url) const;
  void add_stream(const AVCodecContext& encoder, base::FrameRate rate);
  base::Result<void> open_and_write_header();
  void set_muxer_options();
  void set_live_muxer_options();
  void set_playlist_options();
  void set_live_playlist_options();
  bool is_live_playlist(const std::string& path) const;
  /// Closes the text that the muxer has written and publishes that of `playlist_`.
  int publish_playlist();
  void set_option(const char* name, const std::string& value);
  bool is_before_beginning(const AVPacket& packet) const;
  int64_t audio_shift() const;
  void note_io_error(int result);
  base::Error failure_of(int result, std::string_view action) const;
  base::Error connection_failure(int result, std::string_view action) const;
  void keep_deadline(base::Duration patience);
  base::Duration write_patience() const;
  /// Whether a second connection to the server could not be verified and is refused.
  bool allows_one_connection() const;
  base::Clock& clock() const;
  int64_t bytes_written() const;
  /// Closes the file that this class opened; returns 0, or the first error while flushing it.
  int close_file();
  /// Closes files and muxer, even unfinished; returns the result of close_file().
  int close();

  const Container& container_;
  Delivery delivery_;
  std::optional<LiveTerms> terms_;
  OutputReport report_;
  std::optional<PartialFile> partial_;
  bool is_seekable_file_ = false;
  std::string url_;
  AVFormatContext* muxer_ = nullptr;
  AVIOContext* io_ = nullptr;  ///< Null for a muxer that opens its files itself.
  std::optional<LivePlaylist> playlist_;
  std::string playlist_place_;             ///< Where the muxer expects the playlist that it writes.
  AVIOContext* playlist_io_ = nullptr;     ///< That playlist, in memory.
  std::vector<AVIOContext*> muxer_files_;  ///< The open files of such a muxer.
  bool is_header_written_ = false;
  bool is_trailer_due_ = false;  ///< HLS frees some of its buffers only in the trailer.
  int64_t closed_bytes_ = 0;     ///< Of the closed files of the muxer.
  int io_result_ = 0;            ///< The first error of the files of the muxer.
  PacketPtr packet_;
  const AVCodecContext* video_ = nullptr;
  const AVCodecContext* audio_ = nullptr;
  base::Clock::time_point deadline_;
};

}  // namespace layercast::media
