#include "media/out/encoding.h"

#include "base/check.h"
#include "media/out/audio_encoder.h"
#include "media/out/container.h"
#include "media/out/frame_converter.h"
#include "media/out/output.h"
#include "media/out/pixel_format.h"
#include "media/out/video_codec.h"
#include "media/out/video_encoder.h"
#include "media/sound/audio_source.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
}

namespace layercast::media {
namespace {

using base::ErrorCode;
using Clock = std::chrono::steady_clock;

// One output before anything is opened.
struct Plan {
  std::string name;
  const Container* container = nullptr;
  const AVCodec* encoder = nullptr;
  std::string audio_encoder;
  HeaderPlace header_place = HeaderPlace::kInStream;
};

// The MPEG-TS muxer inserts the headers of these two codecs into the stream, so that one encoder
// can feed all containers.
bool moves_headers_by_itself(const AVCodec& encoder) {
  return encoder.id == AV_CODEC_ID_H264 || encoder.id == AV_CODEC_ID_HEVC;
}

HeaderPlace header_place_of(const Container& container, const AVCodec& encoder) {
  const AVOutputFormat* muxer =
      av_guess_format(std::string(container.muxer).c_str(), nullptr, nullptr);
  const bool wants_before = muxer != nullptr && (muxer->flags & AVFMT_GLOBALHEADER) != 0;
  return wants_before || moves_headers_by_itself(encoder) ? HeaderPlace::kBeforeStream
                                                          : HeaderPlace::kInStream;
}

base::Result<Plan> plan_for(const std::string& name, const EncodingRequest& request) {
  TRY(const Container* container, container_of(name, request.container));
  const std::string codec = request.video.codec.value_or(std::string(container->default_codec));
  TRY(const AVCodec* encoder, find_video_encoder(codec));
  TRY_DO(check_can_hold(*container, *encoder, name));
  std::string audio_encoder(container->audio_encoder_name);
  if (request.audio.codec) {
    TRY(audio_encoder, audio_encoder_named(*request.audio.codec));
    TRY_DO(check_can_hold_sound(*container, audio_encoder, name));
  }
  return Plan{name, container, encoder, audio_encoder, header_place_of(*container, *encoder)};
}

base::Result<std::vector<Plan>> plans_for(const EncodingRequest& request) {
  if (request.outputs.empty()) {
    return base::invalid_input("no output; expected at least one");
  }
  std::vector<Plan> plans;
  std::set<std::string_view> names;
  for (const std::string& name : request.outputs) {
    if (!names.insert(name).second) {
      return base::invalid_input("this output is named twice", name);
    }
    TRY(Plan plan, plan_for(name, request));
    plans.push_back(std::move(plan));
  }
  return plans;
}

// The pixel format of the frames for all encoders.
base::Result<int> common_pixel_format(const std::vector<Plan>& plans,
                                      const VideoSettings& settings) {
  TRY(const int format, pixel_format_for(*plans.front().encoder, settings.pixel_format));
  for (const Plan& plan : plans) {
    TRY(const int other, pixel_format_for(*plan.encoder, settings.pixel_format));
    if (other != format) {
      return base::unsupported("no pixel format suits all outputs; choose one, or use one codec",
                               plan.name);
    }
  }
  TRY_DO(check_size(settings.size, format));
  return format;
}

base::Result<std::shared_ptr<AudioSource>> source_for(const AudioSettings& settings) {
  switch (settings.kind) {
    case AudioKind::kNone:
      break;
    case AudioKind::kSilence:
      return std::shared_ptr<AudioSource>(silent_source());
    case AudioKind::kFile: {
      TRY(auto source, open_audio_file(settings.path));
      return std::shared_ptr<AudioSource>(std::move(source));
    }
    case AudioKind::kSource:
      return settings.source;
  }
  return std::shared_ptr<AudioSource>();
}

// Adds its lifetime to a sum, minus the time that is added to `inner` meanwhile.
class Timing {
 public:
  explicit Timing(int64_t& sum, const int64_t* inner = nullptr)
      : sum_(sum), inner_(inner), inner_before_(inner != nullptr ? *inner : 0) {}
  Timing(const Timing&) = delete;
  Timing& operator=(const Timing&) = delete;
  ~Timing() {
    sum_ += std::chrono::nanoseconds(Clock::now() - start_).count();
    if (inner_ != nullptr) sum_ -= *inner_ - inner_before_;
  }

 private:
  int64_t& sum_;
  const int64_t* inner_;
  int64_t inner_before_;
  Clock::time_point start_ = Clock::now();
};

}  // namespace

class Encoding::Work {
 public:
  Work(EncodingRequest request, FrameConverter converter, std::shared_ptr<AudioSource> source)
      : rate_(request.video.rate),
        first_frame_(request.audio.first_frame),
        settings_(std::move(request.video)),
        converter_(std::move(converter)),
        source_(std::move(source)) {}

  base::Result<void> open(const std::vector<Plan>& plans, int pixel_format);
  base::Result<void> write(const frame::FramePtr& frame);
  base::Result<void> finish();

  frame::PixelFormat input_format() const { return converter_.input_format(); }
  std::vector<OutputReport> reports() const;
  int64_t encode_nanoseconds() const { return encode_nanoseconds_; }
  int64_t write_nanoseconds() const { return write_nanoseconds_; }

 private:
  struct VideoGroup {
    VideoEncoder::Plan plan;
    std::unique_ptr<VideoEncoder> encoder;
    std::vector<Output*> outputs;
  };
  struct AudioGroup {
    std::string encoder_name;
    std::unique_ptr<AudioEncoder> encoder;
    std::vector<Output*> outputs;
  };

  void group(const std::vector<Plan>& plans, int pixel_format);
  VideoGroup* video_group_of(const Plan& plan);
  AudioGroup* audio_group_of(const Plan& plan);
  base::Result<void> open_encoders();
  base::Result<void> open_output(const Plan& plan);

  template <class Group, class Encode>
  void feed(Group& group, Output::Track track, const Encode& encode);
  void encode_audio_until(int64_t sample);
  base::Result<void> first_error_once_all_failed() const;

  base::FrameRate rate_;
  int64_t first_frame_;
  VideoSettings settings_;
  FrameConverter converter_;
  std::shared_ptr<AudioSource> source_;  ///< None without an audio track.
  std::vector<VideoGroup> videos_;
  std::vector<AudioGroup> audios_;
  std::vector<std::unique_ptr<Output>> outputs_;  ///< Destroyed before the encoders.
  std::vector<float> samples_;
  int64_t frames_ = 0;
  int64_t samples_read_ = 0;
  bool finished_ = false;
  int64_t encode_nanoseconds_ = 0;
  int64_t write_nanoseconds_ = 0;
};

base::Result<void> Encoding::Work::open(const std::vector<Plan>& plans, int pixel_format) {
  group(plans, pixel_format);
  TRY_DO(open_encoders());
  for (const Plan& plan : plans) TRY_DO(open_output(plan));
  return {};
}

Encoding::Work::VideoGroup* Encoding::Work::video_group_of(const Plan& plan) {
  const auto found = std::find_if(videos_.begin(), videos_.end(), [&](const VideoGroup& video) {
    return video.plan.encoder == plan.encoder && video.plan.header_place == plan.header_place;
  });
  return found == videos_.end() ? nullptr : &*found;
}

Encoding::Work::AudioGroup* Encoding::Work::audio_group_of(const Plan& plan) {
  const auto found = std::find_if(audios_.begin(), audios_.end(), [&](const AudioGroup& audio) {
    return audio.encoder_name == plan.audio_encoder;
  });
  return found == audios_.end() ? nullptr : &*found;
}

void Encoding::Work::group(const std::vector<Plan>& plans, int pixel_format) {
  for (const Plan& plan : plans) {
    if (video_group_of(plan) == nullptr) {
      videos_.push_back({{plan.encoder, pixel_format, Delivery::kFile, plan.header_place}, {}, {}});
    }
    if (delivery_of(plan.name) == Delivery::kLive) {
      video_group_of(plan)->plan.delivery = Delivery::kLive;
    }
    if (source_ != nullptr && audio_group_of(plan) == nullptr) {
      audios_.push_back({plan.audio_encoder, {}, {}});
    }
  }
}

base::Result<void> Encoding::Work::open_encoders() {
  for (VideoGroup& video : videos_) {
    TRY(video.encoder, VideoEncoder::open(video.plan, settings_));
  }
  for (AudioGroup& audio : audios_) {
    TRY(audio.encoder, AudioEncoder::open(audio.encoder_name));
  }
  return {};
}

base::Result<void> Encoding::Work::open_output(const Plan& plan) {
  VideoGroup& video = *video_group_of(plan);
  AudioGroup* audio = audio_group_of(plan);
  const Output::Feed feed{&video.encoder->context(),
                          audio != nullptr ? &audio->encoder->context() : nullptr, rate_};
  TRY(auto output, Output::open(plan.name, *plan.container, feed));
  video.outputs.push_back(output.get());
  if (audio != nullptr) audio->outputs.push_back(output.get());
  outputs_.push_back(std::move(output));
  return {};
}

// Calls `encode` with a sink that feeds the group's outputs. When it fails, fails these outputs.
template <class Group, class Encode>
void Encoding::Work::feed(Group& group, Output::Track track, const Encode& encode) {
  const auto failed = [](const Output* output) { return output->failed(); };
  if (std::all_of(group.outputs.begin(), group.outputs.end(), failed)) return;
  const Timing encoding(encode_nanoseconds_, &write_nanoseconds_);
  const PacketSink sink = [&](const AVPacket& packet) {
    const Timing writing(write_nanoseconds_);
    for (Output* output : group.outputs) output->write(packet, track);
  };
  const base::Result<void> encoded = encode(*group.encoder, sink);
  if (encoded.ok()) return;
  for (Output* output : group.outputs) {
    base::Error error = encoded.error();
    error.where = output->report().name;
    output->fail(std::move(error));
  }
}

void Encoding::Work::encode_audio_until(int64_t sample) {
  samples_.resize(static_cast<size_t>(sample - std::exchange(samples_read_, sample)) *
                  kAudioChannels);
  {
    const Timing decoding(encode_nanoseconds_);
    source_->read(samples_);
  }
  for (AudioGroup& audio : audios_) {
    feed(audio, Output::Track::kAudio, [&](AudioEncoder& encoder, const PacketSink& sink) {
      return encoder.encode(samples_, sink);
    });
  }
}

base::Result<void> Encoding::Work::first_error_once_all_failed() const {
  for (const auto& output : outputs_) {
    if (!output->failed()) return {};
  }
  return *outputs_.front()->report().error;
}

base::Result<void> Encoding::Work::write(const frame::FramePtr& frame) {
  LAYERCAST_CHECK(!finished_);
  LibavFramePtr converted;
  {
    const Timing converting(encode_nanoseconds_);
    TRY(converted, converter_.convert(frame, frames_));
  }
  ++frames_;
  for (VideoGroup& video : videos_) {
    feed(video, Output::Track::kVideo, [&](VideoEncoder& encoder, const PacketSink& sink) {
      return encoder.encode(*converted, sink);
    });
  }
  if (source_ != nullptr) {
    encode_audio_until(samples_until(first_frame_ + frames_, rate_) -
                       samples_until(first_frame_, rate_));
  }
  return first_error_once_all_failed();
}

base::Result<void> Encoding::Work::finish() {
  LAYERCAST_CHECK(!std::exchange(finished_, true));
  if (frames_ == 0) {
    const base::Error error{ErrorCode::kInvalidInput, "there is no frame to encode", {}, nullptr};
    for (const auto& output : outputs_) output->fail(error);
    return error;
  }
  const auto flush = [](auto& encoder, const PacketSink& sink) { return encoder.flush(sink); };
  for (VideoGroup& video : videos_) feed(video, Output::Track::kVideo, flush);
  for (AudioGroup& audio : audios_) feed(audio, Output::Track::kAudio, flush);
  const Timing writing(write_nanoseconds_);
  for (const auto& output : outputs_) output->finish();
  for (const auto& output : outputs_) {
    if (const auto report = output->report(); report.error) return *report.error;
  }
  return {};
}

std::vector<OutputReport> Encoding::Work::reports() const {
  std::vector<OutputReport> reports;
  for (const auto& output : outputs_) reports.push_back(output->report());
  return reports;
}

Encoding::Encoding(std::unique_ptr<Work> work) : work_(std::move(work)) {}
Encoding::~Encoding() = default;

base::Result<std::unique_ptr<Encoding>> Encoding::open(EncodingRequest request) {
  const LibraryLog log;
  TRY(const std::vector<Plan> plans, plans_for(request));
  TRY(const int pixel_format, common_pixel_format(plans, request.video));
  TRY(FrameConverter converter, FrameConverter::open(pixel_format, request.video.size));
  TRY(auto source, source_for(request.audio));
  auto work = std::make_unique<Work>(std::move(request), std::move(converter), std::move(source));
  TRY_DO(work->open(plans, pixel_format));
  return std::unique_ptr<Encoding>(new Encoding(std::move(work)));
}

frame::PixelFormat Encoding::input_format() const { return work_->input_format(); }
base::Result<void> Encoding::write(const frame::FramePtr& frame) { return work_->write(frame); }
base::Result<void> Encoding::finish() { return work_->finish(); }
std::vector<OutputReport> Encoding::reports() const { return work_->reports(); }
int64_t Encoding::encode_nanoseconds() const { return work_->encode_nanoseconds(); }
int64_t Encoding::write_nanoseconds() const { return work_->write_nanoseconds(); }

}  // namespace layercast::media
