#include "content/decode/decode_job.h"

#include "content/decode/decode_messages.h"
#include "content/image/decoder.h"
#include "content/image/image_content.h"
#include "content/picture/remarks.h"
#include "content/text/font_check.h"
#include "content/text/fonts.h"
#include "sandbox/known_files.h"
#include "sandbox/sealed_bytes.h"
#include "scene/model/limits.h"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::content {
namespace {

namespace limits = scene::limits;

// The default fonts, from prepare_decode_jobs() to the end of the process.
std::unique_ptr<FontLibrary>& fonts() {
  static auto* fonts = new std::unique_ptr<FontLibrary>;
  return *fonts;
}

/// One file, and what was made of it.
class Work {
 public:
  DecodeAnswer answer(sandbox::Message& message) {
    const auto request = request_of(message.bytes);
    if (!request) return error_answer(base::internal_error("it is no request"));
    return std::visit([&](const auto& each) { return done(each, message.descriptors); }, *request);
  }

 private:
  using Descriptors = std::vector<sandbox::Descriptor>;

  static base::Result<std::string> file_in(const Descriptors& descriptors) {
    if (descriptors.empty()) return base::internal_error("the file is missing");
    TRY(const auto file,
        sandbox::SealedBytes::map(descriptors.front(), limits::kImageFileBytesMax));
    return std::string(file.text());
  }

  static DecodeAnswer done(const ImageRequestMessage& /*request*/, Descriptors& descriptors) {
    const auto bytes = file_in(descriptors);
    if (!bytes) return error_answer(bytes.error());
    return picture_answer(decoder().image(bytes.value()));
  }

  DecodeAnswer done(const OpenPicturesMessage& /*request*/, Descriptors& descriptors) {
    auto bytes = file_in(descriptors);
    if (!bytes) return error_answer(bytes.error());
    auto opened = decoder().pictures(std::make_shared<const std::string>(std::move(bytes).value()));
    if (!opened) return error_answer(opened.error());
    pictures_ = std::move(opened).value();
    return pictures_answer(*pictures_);
  }

  DecodeAnswer done(const PictureMessage& request, Descriptors& /*descriptors*/) {
    if (pictures_ == nullptr || request.number < 0 || request.number >= pictures_->count()) {
      return error_answer(base::internal_error("there is no such picture"));
    }
    return picture_answer(pictures_->picture(request.number));
  }

  DecodeAnswer done(const OpenSvgMessage& request, Descriptors& descriptors) {
    auto text = file_in(descriptors);
    if (!text) return error_answer(text.error());
    if (fonts() != nullptr) add_fonts(descriptors);
    std::vector<std::string> remarks;
    auto opened = checked(std::move(text).value(), request.wants_remarks, remarks);
    if (!opened) return error_answer(opened.error());
    svg_ = std::move(opened).value();
    return svg_answer(svg_->size(), remarks);
  }

  // The job knows no paths: each font gets a name by its number.
  static void add_fonts(Descriptors& descriptors) {
    std::vector<std::string> names;
    for (size_t i = 1; i < descriptors.size(); ++i) {
      names.push_back("/scene-font-" + std::to_string(i));
      sandbox::known_files::add(names.back(), std::move(descriptors[i]));
    }
    fonts()->add_files(names);
  }

  static base::Result<std::unique_ptr<Svg>> checked(std::string text, bool wants_remarks,
                                                    std::vector<std::string>& remarks) {
    if (!wants_remarks) return decoder().svg(std::move(text));
    Remarks collected;
    auto opened = decoder().svg(std::move(text));
    remarks = collected.take();
    return opened;
  }

  static DecodeAnswer done(const CheckFontMessage& /*request*/, Descriptors& descriptors) {
    if (descriptors.empty()) return error_answer(base::internal_error("the file is missing"));
    constexpr const char* kName = "/checked-font";
    sandbox::known_files::add(kName, std::move(descriptors.front()));
    return font_answer(read_whole_font(kName));
  }

  DecodeAnswer done(const DrawMessage& request, Descriptors& /*descriptors*/) {
    if (svg_ == nullptr) return error_answer(base::internal_error("there is no document"));
    return picture_answer(svg_->draw(request.scaled, request.part));
  }

  DecodeAnswer done(const DrawAtMessage& request, Descriptors& /*descriptors*/) {
    if (svg_ == nullptr) return error_answer(base::internal_error("there is no document"));
    return picture_answer(svg_->draw_at(request.place, request.map, request.canvas));
  }

  std::unique_ptr<PictureReader> pictures_;
  std::unique_ptr<Svg> svg_;
};

}  // namespace

void prepare_decode_jobs() {
  initialise_images();
  auto created = FontLibrary::create();
  // Without the default fonts, the texts of SVGs have no letters; the caller reports it for texts.
  if (!created) return;
  fonts() = std::move(created).value();
  for (const std::string& file : fonts()->base_files()) sandbox::known_files::add(file);
}

void run_decode_job(sandbox::Channel channel) {
  Work work;
  for (;;) {
    auto received = channel.receive();
    if (!received || !received.value()) return;
    const DecodeAnswer answer = work.answer(*received.value());
    const std::array file{answer.file.number()};
    const std::span<const int> descriptors =
        answer.file.is_open() ? std::span<const int>(file) : std::span<const int>();
    if (!channel.send(answer.bytes, descriptors)) return;
  }
}

}  // namespace layercast::content
