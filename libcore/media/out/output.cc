#include "media/out/output.h"

#include "base/check.h"
#include "base/redaction.h"
#include "media/av/connection_error.h"
#include "media/av/tls_trust.h"

#include <algorithm>
#include <filesystem>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
}

namespace layercast::media {

using base::ErrorCode;

namespace {

// A peer that accepts no data for this time counts as dead.
constexpr base::Duration kPatience = std::chrono::seconds(10);

constexpr const char* kSocketBytes = "131072";

// The name that the HLS muxer sees; place_of() maps it to the real one.
constexpr const char* kPlaylistUrl = "playlist.m3u8";

}  // namespace

// The callbacks of the library, whose opaque pointer is the Output.
struct OutputCallbacks {
  static int interrupted(void* opaque) {
    const auto& output = *static_cast<const Output*>(opaque);
    if (output.delivery_ != Delivery::kLive) return 0;
    if (LibraryLog::connections() > 1 && output.allows_one_connection()) return 1;
    const bool is_given_up = output.terms_ && output.terms_->is_given_up();
    // The time is over at the deadline itself: close() of a failed output sets it to the present.
    return is_given_up || output.clock().now() >= output.deadline_ ? 1 : 0;
  }

  static int open(AVFormatContext* muxer, AVIOContext** io, const char* url, int flags,
                  AVDictionary** options) {
    auto& output = *static_cast<Output*>(muxer->opaque);
    const std::string path = output.place_of(url);
    if (output.is_live_playlist(path)) {
      output.playlist_place_ = path;
      const int opened = avio_open_dyn_buf(io);
      if (opened >= 0) output.playlist_io_ = *io;
      return opened;
    }
    const int result = avio_open2(io, path.c_str(), flags, &muxer->interrupt_callback, options);
    output.note_io_error(result);
    if (result >= 0) output.muxer_files_.push_back(*io);
    return result;
  }

  // Muxers with several files ignore the result of closing, where a full disk becomes visible.
  static int close(AVFormatContext* muxer, AVIOContext* io) {
    auto& output = *static_cast<Output*>(muxer->opaque);
    if (io == output.playlist_io_) return output.publish_playlist();
    std::erase(output.muxer_files_, io);
    avio_flush(io);
    output.note_io_error(io->error);
    output.closed_bytes_ += avio_tell(io);
    const int result = avio_close(io);
    output.note_io_error(result);
    return result;
  }
};

Output::Output(const std::string& name, const Container& container)
    : container_(container), delivery_(delivery_of(name)), packet_(new_packet()) {
  report_.name = name;
  report_.container = container.name;
}

Output::~Output() { close(); }

base::Result<std::unique_ptr<Output>> Output::open(const std::string& name,
                                                   const Container& container, const Feed& feed) {
  const LibraryLog log;
  std::unique_ptr<Output> output(new Output(name, container));
  TRY_DO(output->start(feed));
  return output;
}

base::Result<std::unique_ptr<Output>> Output::open_live(const std::string& name,
                                                        const Container& container,
                                                        const Feed& feed, LiveTerms terms) {
  const LibraryLog log;
  std::unique_ptr<Output> output(new Output(name, container));
  output->terms_ = std::move(terms);
  TRY_DO(output->start(feed));
  return output;
}

base::Result<void> Output::start(const Feed& feed) {
  video_ = feed.video;
  audio_ = feed.audio;
  report_.codec = feed.video->codec->name;
  TRY_DO(choose_target());
  TRY_DO(allocate_muxer());
  add_stream(*video_, feed.rate);
  if (audio_ != nullptr) add_stream(*audio_, feed.rate);
  set_muxer_options();
  return open_and_write_header();
}

base::Result<void> Output::choose_live_target() {
  const std::string& name = report_.name;
  const bool is_url = delivery_ == Delivery::kLive;
  is_seekable_file_ = !is_url && !is_special_file(name);
  url_ = is_url ? base::with_lower_case_scheme(name) : "file:" + name;
  if (container_.muxer != "hls") return {};
  // The HLS muxer renames its files by path, without support for the prefix.
  url_ = std::filesystem::absolute(name).string();
  TRY(playlist_, LivePlaylist::open(url_, terms_->owner));
  return {};
}

base::Result<void> Output::choose_target() {
  if (terms_) return choose_live_target();
  const std::string& name = report_.name;
  const bool is_live = delivery_ == Delivery::kLive;
  const bool makes_segments = container_.muxer == "hls";
  const bool is_direct = is_live || is_special_file(name);
  if (makes_segments && is_direct) {
    return base::invalid_input("m3u8 consists of several files; expected a file name", name);
  }
  if (!is_direct) {
    TRY(auto partial, PartialFile::create(name, makes_segments ? PartialFile::Kind::kFolder
                                                               : PartialFile::Kind::kFile));
    partial_.emplace(std::move(partial));
    is_seekable_file_ = true;
  }
  url_ = kPlaylistUrl;
  if (makes_segments) return {};
  // Without the prefix, the library takes a path such as `pipe:x.mp4` for a protocol.
  url_ =
      is_live ? base::with_lower_case_scheme(name) : "file:" + (partial_ ? partial_->path() : name);
  return {};
}

std::string Output::place_of(const std::string& url) const {
  if (container_.muxer != "hls" || terms_) return url;
  const std::filesystem::path playlist = partial_->path();
  return "file:" + (url == url_ ? playlist : playlist.parent_path() / url).string();
}

base::Result<void> Output::allocate_muxer() {
  const std::string muxer_name(container_.muxer);
  const int result =
      avformat_alloc_output_context2(&muxer_, nullptr, muxer_name.c_str(), url_.c_str());
  if (result < 0) return failure_of(result, "cannot write " + muxer_name);
  muxer_->opaque = this;
  muxer_->io_open = OutputCallbacks::open;
  muxer_->io_close2 = OutputCallbacks::close;
  muxer_->interrupt_callback = {OutputCallbacks::interrupted, this};
  // Omits the library's version and random identifiers, so that equal streams make equal files.
  muxer_->flags |= AVFMT_FLAG_BITEXACT;
  if (delivery_ == Delivery::kLive || terms_) muxer_->flags |= AVFMT_FLAG_FLUSH_PACKETS;
  // An encoder may delay frames by more than the default; the audio waits for them.
  muxer_->max_interleave_delta = 0;
  return {};
}

void Output::add_stream(const AVCodecContext& encoder, base::FrameRate rate) {
  AVStream* stream = avformat_new_stream(muxer_, nullptr);
  LAYERCAST_CHECK(stream != nullptr);
  LAYERCAST_CHECK(avcodec_parameters_from_context(stream->codecpar, &encoder) >= 0);
  const AVCodecTag* const* tags = muxer_->oformat->codec_tag;
  // A tag of another container would be wrong; one of this container is more specific than a codec.
  const bool suits = av_codec_get_id(tags, encoder.codec_tag) == encoder.codec_id;
  if (tags != nullptr && !suits) stream->codecpar->codec_tag = 0;
  stream->time_base = encoder.time_base;
  if (encoder.codec_type != AVMEDIA_TYPE_VIDEO) return;
  stream->avg_frame_rate = {rate.numerator, rate.denominator};
  stream->r_frame_rate = stream->avg_frame_rate;
  stream->sample_aspect_ratio = encoder.sample_aspect_ratio;
  const bool is_quicktime = container_.muxer == "mp4" || container_.muxer == "mov";
  // The tag that Apple's players require.
  if (is_quicktime && encoder.codec_id == AV_CODEC_ID_HEVC) {
    stream->codecpar->codec_tag = MKTAG('h', 'v', 'c', '1');
  }
}

void Output::set_option(const char* name, const std::string& value) {
  LAYERCAST_CHECK(av_opt_set(muxer_, name, value.c_str(), AV_OPT_SEARCH_CHILDREN) >= 0);
}

void Output::set_live_playlist_options() {
  set_option("hls_segment_filename", playlist_->segment_pattern());
  set_option("start_number", std::to_string(playlist_->first_number()));
  set_option("hls_flags", "+independent_segments+temp_file");
  set_option("hls_time", "2");
  set_option("hls_list_size", "6");
}

void Output::set_playlist_options() {
  set_option("hls_segment_filename", LivePlaylist::segment_stem(report_.name) + "-%05d.ts");
  set_option("hls_playlist_type", "vod");
  set_option("hls_flags", "+independent_segments");
  set_option("hls_time", "4");
  set_option("hls_list_size", "0");
}

// An unfinished file is readable up to its last second or keyframe.
void Output::set_live_muxer_options() {
  if (container_.muxer == "mp4" || container_.muxer == "mov") {
    set_option("movflags", "+frag_keyframe+empty_moov+default_base_moof");
    set_option("movie_timescale", "240000");
  } else if (container_.muxer == "matroska" || container_.muxer == "webm") {
    set_option("cluster_time_limit", "1000");
  } else if (container_.muxer == "flv" && !is_seekable_file_) {
    set_option("flvflags", "+no_duration_filesize");
  } else if (container_.muxer == "hls") {
    set_live_playlist_options();
  }
}

void Output::set_muxer_options() {
  if (terms_) return set_live_muxer_options();
  if (container_.muxer == "mp4" || container_.muxer == "mov") {
    // Without seeking, the index is written in fragments, the first once the edit list is known.
    set_option("movflags",
               is_seekable_file_ ? "+faststart" : "+frag_keyframe+delay_moov+default_base_moof");
    // A multiple of NTSC frame rates and of 48 kHz: no track length is rounded.
    set_option("movie_timescale", "240000");
  } else if (container_.muxer == "flv" && !is_seekable_file_) {
    set_option("flvflags", "+no_duration_filesize");
  } else if (container_.muxer == "hls") {
    set_playlist_options();
  }
}

bool Output::allows_one_connection() const {
  return is_only_first_verified(report_.name) && !(terms_ && terms_->insecure_tls);
}

base::Result<void> Output::open_and_write_header() {
  keep_deadline(terms_ ? terms_->open_patience : kPatience);
  if ((muxer_->oformat->flags & AVFMT_NOFILE) == 0) {
    AVDictionary* options = nullptr;
    if (delivery_ == Delivery::kLive) add_tls_options(&options, url_);
    if (terms_ && terms_->insecure_tls) av_dict_set(&options, "tls_verify", "0", 0);
    // Seven packets of a transport stream: the most that fits into an Ethernet frame.
    if (delivery_ == Delivery::kLive && container_.muxer == "mpegts") {
      av_dict_set(&options, "pkt_size", "1316", 0);
    }
    if (delivery_ == Delivery::kLive && terms_) {
      // A stalled peer is noticed only once the buffer of the socket is full.
      av_dict_set(&options, "send_buffer_size", kSocketBytes, 0);
      av_dict_set(&options, "tcp_nodelay", "1", 0);
    }
    const int result =
        avio_open2(&io_, url_.c_str(), AVIO_FLAG_WRITE, &muxer_->interrupt_callback, &options);
    av_dict_free(&options);
    if (result < 0) return failure_of(result, "cannot open");
    muxer_->pb = io_;
  }
  const int result = avformat_write_header(muxer_, nullptr);
  if (result < 0) return failure_of(result, "cannot write");
  is_header_written_ = true;
  is_trailer_due_ = container_.muxer == "hls";
  if (!terms_ || io_ == nullptr) return {};
  avio_flush(io_);  // reports a full disk
  return io_->error < 0 ? base::Result<void>(failure_of(io_->error, "cannot write"))
                        : base::Result<void>();
}

// Whether a packet of the encoder delay is dropped. MP4 has edit lists for it, except in fragments.
// In containers without them, that packet would delay the whole stream, and frames would be off
// their grid. Without the packet, the sound fades in over 21 ms.
bool Output::is_before_beginning(const AVPacket& packet) const {
  const bool has_edit_list =
      is_seekable_file_ && (container_.muxer == "mp4" || container_.muxer == "mov");
  return !has_edit_list && packet.pts + packet.duration <= 0;
}

// In Matroska the encoder delay starts at 0, but libavformat 59 does not shift the packets.
int64_t Output::audio_shift() const {
  return audio_->codec_id == AV_CODEC_ID_OPUS ? audio_->initial_padding : 0;
}

void Output::write(const AVPacket& packet, Track track) {
  if (failed() || (track == Track::kAudio && is_before_beginning(packet))) return;
  const LibraryLog log;
  const bool is_video = track == Track::kVideo;
  LAYERCAST_CHECK(av_packet_ref(packet_.get(), &packet) >= 0);
  packet_->stream_index = is_video ? 0 : 1;
  if (!is_video) {
    packet_->pts += audio_shift();
    packet_->dts += audio_shift();
  }
  av_packet_rescale_ts(packet_.get(), (is_video ? video_ : audio_)->time_base,
                       muxer_->streams[packet_->stream_index]->time_base);
  keep_deadline(write_patience());
  const int result = av_interleaved_write_frame(muxer_, packet_.get());
  if (result < 0 || io_result_ < 0) {
    fail(failure_of(io_result_ < 0 ? io_result_ : result, "cannot write"));
  } else if (is_video) {
    ++report_.frames;
  }
}

void Output::finish(StreamEnd end) {
  if (failed() || report_.finished) return;
  const LibraryLog log;
  keep_deadline(write_patience());
  is_trailer_due_ = false;
  if (playlist_) playlist_->set_end(end);
  int result = av_write_trailer(muxer_);
  const int closed = close();
  if (result >= 0) result = closed;
  if (io_result_ < 0) result = io_result_;
  if (result < 0) return fail(failure_of(result, "cannot write"));
  if (partial_) {
    const auto committed = partial_->commit();
    if (!committed.ok()) return fail(committed.error());
  }
  if (playlist_) playlist_->remove_unlisted();
  report_.finished = true;
}

bool Output::is_live_playlist(const std::string& path) const {
  return playlist_ && (path == url_ || path == url_ + ".tmp");
}

int Output::publish_playlist() {
  uint8_t* written = nullptr;
  const int size = avio_close_dyn_buf(std::exchange(playlist_io_, nullptr), &written);
  if (playlist_->is_taken()) {
    av_free(written);
    note_io_error(AVERROR(EEXIST));
    return AVERROR(EEXIST);
  }
  const std::string text = playlist_->published(
      {reinterpret_cast<const char*>(written), static_cast<size_t>(std::max(size, 0))});
  av_free(written);
  AVIOContext* io = nullptr;
  int result = avio_open2(&io, playlist_place_.c_str(), AVIO_FLAG_WRITE,
                          &muxer_->interrupt_callback, nullptr);
  if (result >= 0) {
    avio_write(io, reinterpret_cast<const uint8_t*>(text.data()), static_cast<int>(text.size()));
    avio_flush(io);
    note_io_error(io->error);
    closed_bytes_ += static_cast<int64_t>(text.size());
    result = avio_close(io);
  }
  note_io_error(result);
  return result;
}

void Output::fail(base::Error error) {
  if (failed()) return;
  report_.error = std::move(error);
  close();
  partial_.reset();
}

OutputReport Output::report() const {
  OutputReport report = report_;
  if (muxer_ != nullptr) report.bytes = bytes_written();
  return report;
}

int64_t Output::bytes_written() const {
  if (partial_ && container_.muxer == "hls") return partial_->bytes();
  if (container_.muxer == "hls") return closed_bytes_;
  return io_ != nullptr ? avio_tell(io_) : 0;
}

void Output::note_io_error(int result) {
  if (io_result_ >= 0 && result < 0) io_result_ = result;
}

base::Error Output::failure_of(int result, std::string_view action) const {
  const std::string shown = base::redacted_url(report_.name, base::UrlUse::kOutput);
  if (delivery_ == Delivery::kLive) return connection_failure(result, action);
  return transfer_error(result, action, shown, ErrorCode::kUnsupported);
}

base::Error Output::connection_failure(int result, std::string_view action) const {
  const std::string shown = base::redacted_url(report_.name, base::UrlUse::kOutput);
  Connection connection{report_.name,
                        Connection::Direction::kPublish,
                        LibraryLog::connections(),
                        {},
                        terms_ && terms_->insecure_tls};
  if (terms_) connection.is_given_up = terms_->is_given_up;
  if (auto error = connection_error(result, LibraryLog::lines(), connection)) {
    error->where = shown;
    return *std::move(error);
  }
  if (result != AVERROR_EXIT) return transfer_error(result, action, shown, ErrorCode::kIo);
  return base::io_error(is_header_written_ ? "timed out: the server accepted no data"
                                           : "timed out: the server does not answer",
                        shown);
}

void Output::keep_deadline(base::Duration patience) { deadline_ = clock().now() + patience; }

base::Duration Output::write_patience() const {
  return terms_ ? terms_->write_patience : base::Duration(kPatience);
}

base::Clock& Output::clock() const { return terms_ ? *terms_->clock : base::Clock::steady(); }

int Output::close_file() {
  if (io_ == nullptr) return 0;
  avio_flush(io_);
  report_.bytes = is_seekable_file_ ? avio_size(io_) : avio_tell(io_);
  const int flushed = io_->error;
  const int closed = avio_closep(&io_);
  return flushed < 0 ? flushed : closed;
}

int Output::close() {
  if (muxer_ == nullptr) return 0;
  // A failed output gets no more time.
  keep_deadline(failed() ? base::Duration::zero() : write_patience());
  if (std::exchange(is_trailer_due_, false)) av_write_trailer(muxer_);
  if (io_ == nullptr) report_.bytes = bytes_written();
  const int result = close_file();
  avformat_free_context(std::exchange(muxer_, nullptr));
  // An unfinished muxer leaves its own files open.
  for (AVIOContext* io : std::exchange(muxer_files_, {})) avio_close(io);
  if (playlist_) playlist_->remove_unpublished();
  return result;
}

}  // namespace layercast::media
