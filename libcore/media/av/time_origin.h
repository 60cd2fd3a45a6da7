#pragma once

#include <cstdint>

struct AVFormatContext;
struct AVStream;

namespace layercast::media {

/// The time stamp at which the time of a file begins, in ticks of `track`: the start of the
/// container, which is that of its earliest track, as in players. `start` is the first stamp of the
/// track; it counts instead if it is at most 60 ms later, because encoders of sound add a lead-in
/// of that order, which must not shift the pictures. Thread: any.
int64_t time_origin(const AVFormatContext& file, const AVStream& track, int64_t start);

}  // namespace layercast::media
