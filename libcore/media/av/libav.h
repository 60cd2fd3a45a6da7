#pragma once

#include "base/error.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The types of the library stay incomplete here: only sources include its headers.
struct AVCodec;
struct AVCodecContext;
struct AVFormatContext;
struct AVFrame;
struct AVPacket;
struct SwrContext;
struct SwsContext;

namespace layercast::media {

/// Frees objects of the library. Treats a format context as that of a demuxer.
struct LibavDelete {
  void operator()(AVCodecContext* context) const;
  void operator()(AVFormatContext* context) const;
  void operator()(AVFrame* frame) const;
  void operator()(AVPacket* packet) const;
  void operator()(SwrContext* context) const;
  void operator()(SwsContext* context) const;
};
using CodecContextPtr = std::unique_ptr<AVCodecContext, LibavDelete>;
using DemuxerPtr = std::unique_ptr<AVFormatContext, LibavDelete>;
using LibavFramePtr = std::unique_ptr<AVFrame, LibavDelete>;
using PacketPtr = std::unique_ptr<AVPacket, LibavDelete>;
using ResamplerPtr = std::unique_ptr<SwrContext, LibavDelete>;
using ScalerPtr = std::unique_ptr<SwsContext, LibavDelete>;

/// Returns an empty frame or packet; aborts when memory is exhausted.
LibavFramePtr new_frame();
PacketPtr new_packet();

/// Whether a TCP connection to the numeric `address` may be made.
using ConnectionJudge = std::function<bool(const std::string& address)>;

/// Collects the log messages of the libraries on the calling thread, instead of letting them write
/// to stderr. After the first construction, no message of any thread reaches stderr.
/// Thread: the one that constructed it.
class LibraryLog {
 public:
  /// A message at level error or worse, or an HTTP error.
  struct Line {
    std::string origin;  ///< The part of the library, such as `rtmp` or `tls`.
    std::string text;    ///< Without the end of the line.
    std::string host;    ///< The server, in a message about its certificate.
  };

  /// Discards the earlier messages of the calling thread.
  LibraryLog();
  /// The same, and asks `judge`, unless it is empty, about each TCP connection of the thread while
  /// this object lives. Ownership: refers to `judge`.
  explicit LibraryLog(const ConnectionJudge& judge);
  ~LibraryLog();
  LibraryLog(const LibraryLog&) = delete;
  LibraryLog& operator=(const LibraryLog&) = delete;

  /// The lines since the last construction on the calling thread; at most the first eight.
  static const std::vector<Line>& lines();
  /// The text of the first line; empty when there was none.
  static std::string first_line();
  /// The number of TCP connections that were made since then.
  static int connections();
  /// The first address since then that the judge refused. The library is about to connect to it,
  /// but sends nothing if the interrupt callback of the call then returns 1.
  static const std::optional<std::string>& refused_address();

 private:
  const ConnectionJudge* outer_judge_;
};

/// The Error for a negative result of an operation on a file or a connection: system error numbers
/// keep their meaning (kIo, or kBrokenPipe), an expired deadline is kIo, and everything else is as
/// refusal() with the code `otherwise`.
base::Error transfer_error(int result, std::string_view action, std::string where,
                           base::ErrorCode otherwise);

/// The Error for a negative result that is not about I/O, with the text of this thread's
/// LibraryLog.
base::Error refusal(int result, std::string_view action, std::string where, base::ErrorCode code);

}  // namespace layercast::media
