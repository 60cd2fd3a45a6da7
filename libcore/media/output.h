#pragma once

#include "base/error.h"
#include "base/time.h"
#include "media/container.h"
#include "media/libav.h"
#include "media/partial_file.h"
#include "media/settings.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct AVIOContext;

namespace layercast::media {

/// One file or URL that packets are muxed into.
/// A file gets its name when it is finished; pipes, devices and URLs are written to at once. An HLS
/// playlist and its segments (`NAME-00000.ts` …, with `_` for what does not go into a URL) appear
/// together, the playlist last. After a failure it is closed, what was written of it is removed,
/// and later calls do nothing. Thread: one at a time.
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

  /// Opened, with its header written.
  /// Errors: kInvalidInput, kIo, kBrokenPipe, kUnsupported when the muxer refuses the feed.
  static base::Result<std::unique_ptr<Output>> open(const std::string& name,
                                                    const Container& container, const Feed& feed);
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
  base::Result<void> allocate_muxer();
  /// Where the muxer's own file `url` really is. An HLS muxer writes names without folders into its
  /// playlist, and takes `%` in a folder's name for a pattern: it does not get to see any.
  std::string place_of(const std::string& url) const;
  void add_stream(const AVCodecContext& encoder, base::FrameRate rate);
  base::Result<void> open_and_write_header();
  void set_muxer_options();
  void set_option(const char* name, const std::string& value);
  bool is_before_beginning(const AVPacket& packet) const;
  int64_t audio_shift() const;
  void note_io_error(int result);
  base::Error failure_of(int result, std::string_view action) const;
  void keep_deadline();
  int64_t bytes_written() const;
  /// Closes the file that this class opened; 0, or the first failure of what was still buffered.
  int close_file();
  /// Closes files and muxer, which need not be finished; the result is close_file()'s.
  int close();

  const Container& container_;
  Delivery delivery_;
  OutputReport report_;
  std::optional<PartialFile> partial_;
  bool is_seekable_file_ = false;
  std::string url_;
  AVFormatContext* muxer_ = nullptr;
  AVIOContext* io_ = nullptr;              ///< None for a muxer that opens its files by itself.
  std::vector<AVIOContext*> muxer_files_;  ///< Open ones of the muxer's own.
  bool is_trailer_due_ = false;            ///< HLS frees some of its buffers nowhere else.
  int io_result_ = 0;                      ///< The first failure that those had.
  PacketPtr packet_;
  const AVCodecContext* video_ = nullptr;
  const AVCodecContext* audio_ = nullptr;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace layercast::media
