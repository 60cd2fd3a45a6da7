#pragma once

#include "media/av/libav.h"

#include <cstdint>

struct AVStream;

namespace layercast::media {

/// The rotation and mirroring from decoded to displayed pixels, for videos of phones that were held
/// upright or upside down: screen x = xx·x + xy·y and screen y = yx·x + yy·y, each factor 0, 1 or
/// −1, about the centre.
struct Orientation {
  int xx = 1;
  int xy = 0;
  int yx = 0;
  int yy = 1;
  bool operator==(const Orientation&) const = default;
  bool swaps_sides() const { return xx == 0; }
};

/// The orientation in the metadata of the track: multiples of 90° and mirroring; anything else is
/// ignored.
Orientation orientation_of(const AVStream& track);

/// How decoder threads divide the work.
enum class Decoding : uint8_t {
  kAhead,   ///< Threads may decode several frames at once, which delays each.
  kAtOnce,  ///< Threads share one frame.
};

/// Returns a decoder for the track that is not open yet, within input_limits.h; one that supports
/// alpha if the track has it. `threads`: 0 means one, and more for large pictures. Null when this
/// build has no decoder.
CodecContextPtr video_decoder_for(const AVStream& track, int threads, Decoding decoding);

/// Whether the decoder marks pictures as interlaced that are only stored so.
bool is_image_decoder(const AVCodecContext& decoder);

}  // namespace layercast::media
