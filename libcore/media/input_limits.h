#pragma once

#include <chrono>
#include <cstdint>

namespace layercast::media {

/// What a source may cost before anything of it shows, whoever made it.
namespace input_limits {

inline constexpr int kTracksMax = 64;
inline constexpr int64_t kPixelsMax = int64_t{8192} * 8192;  ///< of a picture
inline constexpr int64_t kProbeBytesMax = 16 << 20;          ///< read to find out what a file holds
inline constexpr std::chrono::seconds kAnalysedMax{5};       ///< of its time, for the same
inline constexpr std::chrono::seconds kOpenPatience{10};
inline constexpr std::chrono::seconds kReadPatience{10};  ///< for one packet
inline constexpr int kThreadsMax = 16;                    ///< that decode one source

}  // namespace input_limits
}  // namespace layercast::media
