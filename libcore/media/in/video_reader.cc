#include "media/in/video_reader.h"

#include "base/check.h"
#include "base/regular_file.h"
#include "media/av/input_limits.h"
#include "media/av/time_origin.h"
#include "media/in/decoded_format.h"
#include "media/in/deinterlacer.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;

constexpr const char* kInputProtocols = "file";
constexpr int kUnreadableMax = 1000;  // in a row: then the rest of the file counts as lost

// Whether each frame has its time, wherever reading began. In other formats, times are derived from
// the previous frames, so that only reading from the start is exact.
bool tells_times(const AVInputFormat& format) {
  constexpr std::array<std::string_view, 6> kKinds = {"mov,", "matroska,", "mpegts",
                                                      "flv",  "nut",       "ogg"};
  const std::string_view name = format.name;
  return std::ranges::any_of(kKinds, [name](auto kind) { return name.starts_with(kind); });
}

LibavFramePtr new_reference(const AVFrame& frame) {
  LibavFramePtr reference = new_frame();
  LAYERCAST_CHECK(av_frame_ref(reference.get(), &frame) >= 0);
  return reference;
}

bool is_known(int64_t stamp) { return stamp != AV_NOPTS_VALUE; }

}  // namespace

VideoReader::VideoReader(VideoReaderRequest request)
    : request_(std::move(request)), packet_(new_packet()) {}
VideoReader::~VideoReader() = default;

int VideoReader::open_demuxer() {
  AVDictionary* options = nullptr;
  set_input_limits(&options);
  av_dict_set(&options, "protocol_whitelist", kInputProtocols, 0);
  av_dict_set(&options, "format_whitelist", self_contained_formats().c_str(), 0);
  AVFormatContext* context = avformat_alloc_context();
  LAYERCAST_CHECK(context != nullptr);
  deadline_.watch(context);
  deadline_.expire_after(input_limits::kOpenPatience);
  auto file = std::make_unique<FileInput>();
  int result = file->open(&context, request_.path, &options);
  av_dict_free(&options);
  demuxer_.reset(context);
  file_ = std::move(file);
  if (result < 0) return result;
  result = find_streams(context);
  if (result < 0) return result;
  track_ = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, nullptr, 0);
  for (unsigned i = 0; i < context->nb_streams; ++i) {
    if (static_cast<int>(i) != track_) context->streams[i]->discard = AVDISCARD_ALL;
  }
  return std::min(track_, 0);
}

int VideoReader::open_decoder() {
  const AVStream& stream = *demuxer_->streams[track_];
  decoder_ = video_decoder_for(stream, request_.threads, Decoding::kAhead);
  if (decoder_ == nullptr) return AVERROR_DECODER_NOT_FOUND;
  if (request_.memory != nullptr) use_memory(*decoder_, *request_.memory);
  const auto open = [this] { return avcodec_open2(decoder_.get(), nullptr, nullptr); };
  return decoder_->thread_count > 1 ? codec_threads_.note_those_of(open) : open();
}

base::Error VideoReader::open_error(int result) const {
  if (file_ != nullptr && file_->refusal()) return *file_->refusal();
  if (result == AVERROR_STREAM_NOT_FOUND)
    return base::invalid_input("the file contains no video", request_.path);
  if (result == AVERROR_DECODER_NOT_FOUND) {
    const AVCodecID id = demuxer_->streams[track_]->codecpar->codec_id;
    return base::unsupported(std::string("no decoder for ") + avcodec_get_name(id), request_.path);
  }
  if (is_unlisted_format()) return unlisted_format(request_.path);
  return input_error(result, request_.path);
}

base::Result<std::unique_ptr<VideoReader>> VideoReader::open(const VideoReaderRequest& request) {
  TRY_DO(base::check_regular_file(request.path, "this is a folder; expected a video file"));
  const LibraryLog log;
  std::unique_ptr<VideoReader> reader(new VideoReader(request));
  int result = reader->open_demuxer();
  if (result >= 0) result = reader->open_decoder();
  if (result < 0) return reader->open_error(result);
  const AVStream& stream = *reader->demuxer_->streams[reader->track_];
  reader->time_base_ = {stream.time_base.num, stream.time_base.den};
  reader->orientation_ = orientation_of(stream);
  const AVRational rate = av_guess_frame_rate(reader->demuxer_.get(),
                                              reader->demuxer_->streams[reader->track_], nullptr);
  if (rate.num > 0 && rate.den > 0) {
    reader->usual_duration_ =
        std::max<int64_t>(1, av_rescale_q(1, av_inv_q(rate), stream.time_base));
  }
  TRY_DO(reader->open_first_frame());
  return reader;
}

base::Result<void> VideoReader::open_first_frame() {
  TRY(std::optional<DecodedFrame> first, next());
  if (!first)
    return base::invalid_input("the file contains no video that can be decoded", request_.path);
  AVStream* stream = demuxer_->streams[track_];
  origin_ = first->tick;
  const bool may_begin_before = first->has_own_time && is_known(stream->start_time);
  if (may_begin_before) origin_ = std::min(origin_, stream->start_time);
  if (first->has_own_time) origin_ = time_origin(*demuxer_, *stream, origin_);
  first->tick -= origin_;
  first->end_tick -= origin_;
  first_tick_ = first->tick;
  last_tick_ = *last_tick_ - origin_;
  last_end_tick_ -= origin_;
  if (successor_) {
    successor_->tick -= origin_;
    successor_->end_tick -= origin_;
  }

  const AVRational aspect =
      av_guess_sample_aspect_ratio(demuxer_.get(), stream, first->frame.get());
  const double stretch = aspect.num > 0 && aspect.den > 0 ? av_q2d(aspect) : 1;
  display_size_ = {first->frame->width * stretch, static_cast<double>(first->frame->height)};
  if (orientation_.swaps_sides()) std::swap(display_size_.width, display_size_.height);
  put_back(*std::move(first));
  return {};
}

void VideoReader::put_back(DecodedFrame frame) { put_back_.push_back(std::move(frame)); }

base::Result<std::optional<DecodedFrame>> VideoReader::next() {
  if (!put_back_.empty()) {
    std::optional<DecodedFrame> frame(std::move(put_back_.front()));
    put_back_.pop_front();
    return frame;
  }
  for (;;) {
    std::optional<DecodedFrame> frame = std::exchange(successor_, std::nullopt);
    if (!frame) {
      TRY(frame, decode_next());
    }
    if (!frame) return frame;
    const bool lacks_the_one_before = std::exchange(lacks_the_one_before_, false);
    if (!is_interlaced(*frame->frame)) {
      before_ = new_reference(*frame->frame);
      return frame;
    }
    TRY(successor_, decode_next());
    LibavFramePtr whole =
        deinterlaced(before_.get(), *frame->frame, successor_ ? successor_->frame.get() : nullptr);
    before_ = std::exchange(frame->frame, std::move(whole));
    // Without the frame before it, this one differs from the result of sequential reading.
    if (!lacks_the_one_before) return frame;
  }
}

base::Result<std::optional<DecodedFrame>> VideoReader::decode_next() {
  LibavFramePtr frame = new_frame();
  for (;;) {
    const int result = avcodec_receive_frame(decoder_.get(), frame.get());
    if (result == AVERROR_EOF) return std::optional<DecodedFrame>();
    if (result == AVERROR(EAGAIN)) {
      TRY_DO(send_packet());
    } else if (result < 0) {
      ++damaged_;
    } else if (auto shown = timed(std::move(frame))) {
      return shown;
    } else {
      frame = new_frame();
    }
  }
}

// Reads at most one packet of the track; the demuxer discards those of other tracks.
base::Result<void> VideoReader::send_packet() {
  deadline_.expire_after(input_limits::kReadPatience);
  const int result = input_ended_ ? AVERROR_EOF : av_read_frame(demuxer_.get(), packet_.get());
  if (result >= 0) {
    unreadable_in_a_row_ = 0;
    if (packet_->stream_index == track_) send_wanted_packet();
    av_packet_unref(packet_.get());
    return {};
  }
  if (result != AVERROR_EOF && ++unreadable_in_a_row_ < kUnreadableMax) {
    base::Error error = input_error(result, request_.path);
    if (error.code == ErrorCode::kIo || error.code == ErrorCode::kLimit) return error;
    ++damaged_;  // the following packets may be intact
    return {};
  }
  input_ended_ = true;
  avcodec_send_packet(decoder_.get(), nullptr);
  return {};
}

void VideoReader::send_wanted_packet() {
  if (awaits_keyframe_) {
    if ((packet_->flags & AV_PKT_FLAG_KEY) == 0) return;
    awaits_keyframe_ = false;
    if (is_known(packet_->pts)) keyframe_stamp_ = packet_->pts;
  }
  if (is_known(packet_->dts)) last_read_stamp_ = packet_->dts;
  if (avcodec_send_packet(decoder_.get(), packet_.get()) < 0) ++damaged_;
}

// The frame with its time; nullopt when it is shown before the keyframe at which reading began.
std::optional<DecodedFrame> VideoReader::timed(LibavFramePtr frame) {
  const int64_t stamp = frame->best_effort_timestamp;
  if (is_known(stamp) && keyframe_stamp_ && stamp < *keyframe_stamp_) return std::nullopt;
  if (frame->decode_error_flags != 0) ++damaged_;
  // For image codecs, interlacing is a storage order, not a way of capture.
  if (is_image_decoder(*decoder_)) frame->interlaced_frame = 0;
  complete_colors(*frame, *demuxer_->streams[track_]->codecpar);
  const int64_t duration = frame->pkt_duration > 0 ? frame->pkt_duration : usual_duration_;
  int64_t tick = is_known(stamp) ? stamp - origin_ : last_end_tick_;
  // A time that does not ascend is wrong: the frame then follows the previous one.
  if (last_tick_ && tick <= *last_tick_) tick = std::max(last_end_tick_, *last_tick_ + 1);
  const bool has_own_time = is_known(frame->pts) && tick == frame->pts - origin_;
  last_tick_ = tick;
  last_end_tick_ = tick + duration;
  return DecodedFrame{std::move(frame), tick, last_end_tick_, has_own_time};
}

void VideoReader::forget_position() {
  avcodec_flush_buffers(decoder_.get());
  put_back_.clear();
  successor_.reset();
  before_.reset();
  lacks_the_one_before_ = false;
  input_ended_ = false;
  awaits_keyframe_ = false;
  keyframe_stamp_.reset();
  last_read_stamp_.reset();
  last_tick_.reset();
  last_end_tick_ = first_tick_;
  unreadable_in_a_row_ = 0;
}

// Whether the frame for `tick` is in put_back_.
bool VideoReader::holds(int64_t tick) const {
  if (put_back_.empty() || put_back_.back().tick < tick) return false;
  const int64_t first = put_back_.front().tick;
  return first <= tick || first == first_tick_;
}

// Whether the next frame is at or before `tick` without a keyframe in between, so that a seek would
// only go back.
base::Result<bool> VideoReader::reaches_by_reading_on(int64_t tick) {
  if (!put_back_.empty()) return put_back_.front().tick <= tick;
  const int64_t next_tick = successor_ ? successor_->tick : last_tick_ ? *last_tick_ + 1 : tick + 1;
  if ((input_ended_ && !successor_) || next_tick > tick) return false;
  if (tells_times(*demuxer_->iformat)) {
    const AVIndexEntry* keyframe = avformat_index_get_entry_from_timestamp(
        demuxer_->streams[track_], tick + origin_, AVSEEK_FLAG_BACKWARD);
    const bool is_passed =
        keyframe != nullptr && last_read_stamp_ && keyframe->timestamp <= *last_read_stamp_;
    if (!is_passed) return false;
  }
  TRY(std::optional<DecodedFrame> frame, next());
  if (!frame) return false;
  put_back(*std::move(frame));
  return put_back_.front().tick <= tick;
}

// Seeks to a keyframe at `aim`. Returns whether reading now continues with a frame that is shown at
// or before `tick`.
base::Result<bool> VideoReader::jump(int64_t aim, int64_t tick) {
  if (av_seek_frame(demuxer_.get(), track_, aim + origin_, AVSEEK_FLAG_BACKWARD) < 0) return false;
  forget_position();
  awaits_keyframe_ = true;
  lacks_the_one_before_ = true;
  TRY(std::optional<DecodedFrame> first, next());
  // A derived time depends on where reading began.
  if (!first || first->tick > tick || !first->has_own_time) return false;
  put_back(*std::move(first));
  return true;
}

base::Result<void> VideoReader::rewind() {
  if (tells_times(*demuxer_->iformat) &&
      avformat_seek_file(demuxer_.get(), track_, INT64_MIN, first_tick_ + origin_,
                         first_tick_ + origin_, 0) >= 0) {
    forget_position();
    TRY(std::optional<DecodedFrame> first, next());
    if (first && first->tick == first_tick_) {
      put_back(*std::move(first));
      return {};
    }
  }
  return reopen();
}

base::Result<void> VideoReader::reopen() {
  const LibraryLog log;
  const int track = track_;
  const int result = open_demuxer();
  if (result < 0) return open_error(result);
  forget_position();
  if (track_ != track) return base::invalid_input("the file has changed", request_.path);
  TRY(std::optional<DecodedFrame> first, next());
  if (!first) return base::invalid_input("the file no longer contains video", request_.path);
  put_back(*std::move(first));
  return {};
}

base::Result<void> VideoReader::seek(int64_t tick) {
  if (demuxer_ == nullptr) return reopen();  // after a failed reopen()
  if (holds(tick)) return {};
  TRY(const bool is_ahead, reaches_by_reading_on(tick));
  if (is_ahead) return {};
  const bool may_jump = tells_times(*demuxer_->iformat);
  // Demuxers search by the time of decoding, which is before the time of display, and some miss by
  // far. So each attempt goes further back.
  const int64_t second = std::max<int64_t>(1, time_base_.denominator / time_base_.numerator);
  for (int64_t back = 0; may_jump && tick - back > first_tick_; back = std::max(second, 2 * back)) {
    TRY(const bool is_there, jump(tick - back, tick));
    if (is_there) return {};
  }
  return rewind();
}

}  // namespace layercast::media
