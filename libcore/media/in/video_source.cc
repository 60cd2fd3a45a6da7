#include "media/in/video_source.h"

#include "media/in/picture_maker.h"
#include "media/in/video_reader.h"

#include <utility>

extern "C" {
#include <libavutil/frame.h>
}

namespace layercast::media {
namespace {

base::Error with_place(base::Error error, const std::string& path) {
  if (error.where.empty()) error.where = path;
  return error;
}

class FileVideo final : public VideoSource {
 public:
  FileVideo(std::string path, std::unique_ptr<VideoReader> reader)
      : path_(std::move(path)), reader_(std::move(reader)), maker_(reader_->orientation()) {}

  TimeBase time_base() const override { return reader_->time_base(); }
  base::SizeF display_size() const override { return reader_->display_size(); }
  int64_t other_nanoseconds() const override { return reader_->codec_nanoseconds(); }

  base::Result<std::optional<VideoFrame>> next() override {
    TRY(std::optional<DecodedFrame> frame, reader_->next());
    if (!frame) return std::optional<VideoFrame>();
    const int64_t bytes = picture_bytes(*frame->frame);
    return std::optional<VideoFrame>(
        VideoFrame{frame->tick, frame->end_tick, bytes, std::move(frame->frame)});
  }
  void put_back(VideoFrame frame) override {
    reader_->put_back({std::move(frame.decoded), frame.tick, frame.end_tick, true});
  }
  base::Result<void> seek(int64_t tick) override { return reader_->seek(tick); }

  base::Result<void> check(const VideoFrame& frame) override {
    auto checked = maker_.check(*frame.decoded);
    if (!checked) return with_place(std::move(checked).error(), path_);
    return {};
  }
  base::Result<frame::AnyPicture> picture_of(VideoFrame frame) override {
    auto picture = maker_.picture_of(std::move(frame.decoded));
    if (!picture) return with_place(std::move(picture).error(), path_);
    return picture;
  }

 private:
  const std::string path_;
  const std::unique_ptr<VideoReader> reader_;
  PictureMaker maker_;
};

VideoOpener& current_opener() {
  static VideoOpener opener = [](const VideoSourceRequest& request) {
    return open_video_in_process(request);
  };
  return opener;
}

}  // namespace

base::Result<std::unique_ptr<VideoSource>> open_video_in_process(const VideoSourceRequest& request,
                                                                 FrameMemory* memory) {
  TRY(auto reader, VideoReader::open({request.path, request.threads, memory}));
  return std::unique_ptr<VideoSource>(std::make_unique<FileVideo>(request.path, std::move(reader)));
}

const VideoOpener& video_opener() { return current_opener(); }

void set_video_opener(VideoOpener opener) { current_opener() = std::move(opener); }

}  // namespace layercast::media
