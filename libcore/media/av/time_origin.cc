#include "media/av/time_origin.h"

extern "C" {
#include <libavformat/avformat.h>
}

namespace layercast::media {
namespace {

constexpr int64_t kTogetherMilliseconds = 60;

}  // namespace

int64_t time_origin(const AVFormatContext& file, const AVStream& track, int64_t start) {
  if (file.start_time == AV_NOPTS_VALUE) return start;
  const int64_t first = av_rescale_q(file.start_time, {1, AV_TIME_BASE}, track.time_base);
  const int64_t together = av_rescale_q(kTogetherMilliseconds, {1, 1000}, track.time_base);
  return start - first > together ? first : start;
}

}  // namespace layercast::media
