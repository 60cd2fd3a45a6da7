#include "content/decode/helper_decoder.h"

#include "base/client_limits.h"
#include "content/decode/decode_messages.h"
#include "content/picture/remarks.h"
#include "content/text/fonts.h"
#include "sandbox/sealed_bytes.h"
#include "scene/model/limits.h"

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

namespace limits = scene::limits;
using Pixels = frame::Image<frame::PremulRgba8>;
using Options = std::shared_ptr<const HelperDecoder::Options>;
using sandbox::Descriptor;

constexpr sandbox::ResourceLimits kImageLimits{limits::kDecodeImageMemory,
                                               limits::kDecodeCpu.count()};
constexpr sandbox::ResourceLimits kSvgLimits{limits::kDecodeSvgMemory, limits::kDecodeCpu.count()};
// An animation is decoded for as long as it is shown; each picture has a time limit.
constexpr sandbox::ResourceLimits kPicturesLimits{limits::kDecodeImageMemory, 1'000'000'000};

/// A job and the file that it works on. After a loss that the file did not cause, the job is
/// started again with the same file, once for each request.
class Session {
 public:
  Session(Options options, sandbox::ResourceLimits limits, DecodeRequest opening)
      : options_(std::move(options)), limits_(limits), opening_(opening) {}

  /// `files`: what goes with the opening request.
  base::Result<sandbox::Message> open(std::vector<Descriptor> files) {
    files_ = std::move(files);
    return with_retry([&] { return opened(); });
  }

  base::Result<sandbox::Message> ask(const DecodeRequest& request) {
    return with_retry([&]() -> Answer {
      if (!job_) {
        if (auto again = opened(); !again || !again.value()) return again;
      }
      return told(request, {});
    });
  }

 private:
  // nullopt: the job was lost.
  using Answer = base::Result<std::optional<sandbox::Message>>;

  template <class Attempt>
  base::Result<sandbox::Message> with_retry(const Attempt& attempt) {
    for (int tries = 0; tries < 2; ++tries) {
      TRY(auto answer, attempt());
      if (answer) return *std::move(answer);
    }
    return sandbox::decoding_error(lost_);
  }

  Answer opened() {
    TRY(auto job, options_->helper->start_job(limits_));
    job_.emplace(std::move(job));
    std::vector<int> numbers;
    for (const Descriptor& file : files_) numbers.push_back(file.number());
    return told(opening_, numbers);
  }

  Answer told(const DecodeRequest& request, std::span<const int> files) {
    auto answer = job_->ask(request_message(request), files, limits::kDecodePatience);
    if (answer) return std::optional(std::move(answer).value());
    job_.reset();
    lost_ = std::move(answer).error();
    if (options_->on_failure) options_->on_failure(lost_);
    if (lost_.end != sandbox::JobEnd::kLost) return sandbox::decoding_error(lost_);
    return std::optional<sandbox::Message>{};
  }

  Options options_;
  sandbox::ResourceLimits limits_;
  DecodeRequest opening_;
  std::vector<Descriptor> files_;
  std::optional<sandbox::Job> job_;
  sandbox::JobFailure lost_;
};

base::Result<std::vector<Descriptor>> only(std::string_view bytes) {
  TRY(Descriptor file, sandbox::sealed(bytes));
  std::vector<Descriptor> files;
  files.push_back(std::move(file));
  return files;
}

class HelperPictures final : public PictureReader {
 public:
  HelperPictures(Session session, PicturesHeader header)
      : session_(std::move(session)), header_(std::move(header)) {}

  base::SizeI size() const override { return header_.size; }
  int count() const override { return header_.count; }
  std::vector<base::Duration> delays() const override { return header_.delays; }
  int plays() const override { return header_.plays; }

  base::Result<Pixels> picture(int number) override {
    TRY(const sandbox::Message answer, session_.ask(PictureMessage{number}));
    return picture_in(answer, header_.size);
  }

 private:
  Session session_;
  PicturesHeader header_;
};

class HelperSvg final : public Svg {
 public:
  HelperSvg(Session session, base::SizeF size) : session_(std::move(session)), size_(size) {}

  base::SizeF size() const override { return size_; }

  base::Result<Pixels> draw(base::SizeI scaled, const base::RectI& part) override {
    TRY(const sandbox::Message answer, session_.ask(DrawMessage{scaled, part}));
    return picture_in(answer, base::SizeI{part.width(), part.height()});
  }

  base::Result<Pixels> draw_at(const base::RectF& place, const base::Affine& map,
                               base::SizeI canvas) override {
    TRY(const sandbox::Message answer, session_.ask(DrawAtMessage{place, map, canvas}));
    return picture_in(answer, canvas);
  }

 private:
  Session session_;
  base::SizeF size_;
};

}  // namespace

HelperDecoder::HelperDecoder(Options options)
    : options_(std::make_shared<const Options>(std::move(options))) {}

base::Result<Pixels> HelperDecoder::image(std::string_view bytes) {
  TRY(auto file, only(bytes));
  Session session(options_, kImageLimits, ImageRequestMessage{});
  TRY(const sandbox::Message answer, session.open(std::move(file)));
  return picture_in(answer);
}

base::Result<std::unique_ptr<PictureReader>> HelperDecoder::pictures(
    std::shared_ptr<const std::string> bytes) {
  TRY(auto file, only(*bytes));
  Session session(options_, kPicturesLimits, OpenPicturesMessage{});
  TRY(const sandbox::Message answer, session.open(std::move(file)));
  TRY(PicturesHeader header, pictures_in(answer));
  return std::unique_ptr<PictureReader>(
      std::make_unique<HelperPictures>(std::move(session), std::move(header)));
}

base::Result<std::unique_ptr<Svg>> HelperDecoder::svg(std::string text) {
  TRY(auto files, only(text));
  for (const std::string& font : svg_font_files()) {
    if (auto file = base::open_file(font)) files.emplace_back(file.value().release());
  }
  Session session(options_, kSvgLimits, OpenSvgMessage{Remarks::are_wanted()});
  TRY(const sandbox::Message answer, session.open(std::move(files)));
  TRY(SvgHeader header, svg_in(answer));
  for (std::string& remark : header.remarks) Remarks::add(std::move(remark));
  return std::unique_ptr<Svg>(std::make_unique<HelperSvg>(std::move(session), header.size));
}

base::Result<void> HelperDecoder::check_font(const std::string& path) {
  auto file = base::open_file(path);
  if (!file) return {};
  std::vector<Descriptor> files;
  files.emplace_back(file.value().release());
  Session session(options_, kSvgLimits, CheckFontMessage{});
  TRY(const sandbox::Message answer, session.open(std::move(files)));
  return font_in(answer);
}

}  // namespace layercast::content
