#pragma once

#include "base/error.h"

#include <memory>
#include <string>
#include <string_view>

// The library's own types stay incomplete here: its headers are read by sources alone.
struct AVCodec;
struct AVCodecContext;
struct AVFormatContext;
struct AVFrame;
struct AVPacket;
struct SwrContext;
struct SwsContext;

namespace layercast::media {

/// Gives the library's objects back to it. A format context is taken for a demuxer's.
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

/// An empty frame or packet; aborts when there is no memory.
LibavFramePtr new_frame();
PacketPtr new_packet();

/// Collects what the libraries complain about on this thread, instead of their writing it to
/// stderr. Once one was made, no thread's messages reach stderr any more.
/// Thread: the one that made it.
class LibraryLog {
 public:
  /// Forgets what was said before.
  LibraryLog();

  /// The first line at level error or worse since then; empty when there was none.
  static std::string first_line();
};

/// The Error for a negative result of a library that was busy with a file or a connection: a
/// system's error number keeps its meaning (kIo, or kBrokenPipe), an elapsed deadline is kIo,
/// anything else is as refusal() has it.
base::Error transfer_error(int result, std::string_view action, std::string where,
                           base::ErrorCode otherwise);

/// The Error for a negative result that is nobody's I/O, in the words of this thread's
/// LibraryLog.
base::Error refusal(int result, std::string_view action, std::string where, base::ErrorCode code);

}  // namespace layercast::media
