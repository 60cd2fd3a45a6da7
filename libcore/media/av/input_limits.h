#pragma once

#include <chrono>
#include <cstdint>

namespace layercast::media {

/// Limits for media from any origin, which bound the cost before its first picture is shown.
namespace input_limits {

inline constexpr int kTracksMax = 64;
inline constexpr int64_t kPixelsMax = int64_t{8192} * 8192;  ///< of a picture
inline constexpr int64_t kProbeBytesMax = 16 << 20;          ///< read to detect the content
inline constexpr std::chrono::seconds kAnalysedMax{5};       ///< of stream time, likewise
inline constexpr std::chrono::seconds kOpenPatience{10};
inline constexpr std::chrono::seconds kReadPatience{10};  ///< for one packet
/// A process that decodes a file: its memory, and how long it may take for one request.
inline constexpr int64_t kDecoderMemory = int64_t{2560} << 20;
inline constexpr std::chrono::seconds kDecodePatience{30};
inline constexpr int kThreadsMax = 16;  ///< decoding one source

}  // namespace input_limits
}  // namespace layercast::media
