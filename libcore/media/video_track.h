#pragma once

#include "media/libav.h"

#include <cstdint>

struct AVStream;

namespace layercast::media {

/// How decoded rows and columns lie on the screen, for phones that were held upright or upside
/// down: screen x = xx·x + xy·y and screen y = yx·x + yy·y, each 0, 1 or −1, about the middle.
struct Orientation {
  int xx = 1;
  int xy = 0;
  int yx = 0;
  int yy = 1;
  bool operator==(const Orientation&) const = default;
  bool swaps_sides() const { return xx == 0; }
};

/// As the track says. Only turns by quarters and mirrors; anything else is left as it was decoded.
Orientation orientation_of(const AVStream& track);

/// What frames wait for.
enum class Decoding : uint8_t {
  kAhead,   ///< Threads may work on several frames at once, which delays each.
  kAtOnce,  ///< Threads share one frame.
};

/// A decoder for the track that is not open yet, within input_limits.h; one that reads alpha where
/// the track says that there is some. `threads`: 0: one, and more for pictures that are large.
/// nullptr when this build has none.
CodecContextPtr video_decoder_for(const AVStream& track, int threads, Decoding decoding);

/// Whether the decoder marks as interlaced what only was sent so.
bool is_image_decoder(const AVCodecContext& decoder);

}  // namespace layercast::media
