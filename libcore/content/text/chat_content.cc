#include "content/text/chat_content.h"

#include "frame/image.h"
#include "scene/model/easing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

// CSS ease-out.
constexpr scene::CubicBezier kScroll{0, 0, 0.58, 1};

struct Message {
  base::Duration appears;  ///< since the layer's start
  frame::PicturePtr picture;
  double height;
};

// Rows of the layer box.
struct Rows {
  int top;
  int bottom;
  bool operator==(const Rows&) const = default;
};

frame::PicturePtr rows_of(const frame::Picture& picture, Rows rows) {
  const auto from = picture.view();
  frame::Image<frame::PremulRgba8> pixels({from.width(), rows.bottom - rows.top});
  const auto to = pixels.view();
  const size_t row_bytes = static_cast<size_t>(from.width()) * sizeof(frame::PremulRgba8);
  for (int y = rows.top; y < rows.bottom; ++y) {
    std::memcpy(to.row(y - rows.top), from.row(y), row_bytes);
  }
  return std::make_shared<const frame::Picture>(std::move(pixels));
}

// Pictures without the rows beyond an edge. Pictures that the last frame did not use are released.
class CutPictures {
 public:
  frame::PicturePtr cut(const frame::PicturePtr& whole, Rows rows) {
    for (const Cut& each : before_) {
      if (each.whole != whole || each.rows != rows) continue;
      now_.push_back(each);
      return each.picture;
    }
    now_.push_back({whole, rows, rows_of(*whole, rows)});
    return now_.back().picture;
  }
  void end_frame() {
    before_.swap(now_);
    now_.clear();
  }

 private:
  struct Cut {
    frame::PicturePtr whole;
    Rows rows;
    frame::PicturePtr picture;
  };
  std::vector<Cut> before_;
  std::vector<Cut> now_;
};

class Chat final : public MovingContent {
 public:
  Chat(const scene::ChatContent& content, base::SizeF box, frame::PicturePtr panel,
       std::vector<Message> messages)
      : style_(content.style),
        max_messages_(static_cast<size_t>(content.max_messages)),
        box_(box),
        panel_(std::move(panel)),
        messages_(std::move(messages)) {}

  base::SizeF box() const override { return box_; }

  base::Result<void> show(const base::SceneTime& time, frame::Patience /*patience*/,
                          std::vector<Part>& parts) override {
    if (scene::is_visible(style_.background_color)) {
      const base::PointF origin = panel_->origin();
      parts.push_back({panel_, base::translation(origin.x, origin.y)});
    }
    const auto first_part = static_cast<ptrdiff_t>(parts.size());
    const size_t end = count_at(time);
    const size_t first = end - std::min(end, max_messages_);
    double bottom = box_.height - style_.padding + lag(time, first, end);
    for (size_t i = end; i > first && bottom > top_edge(); --i) {
      const Message& message = messages_[i - 1];
      const double top = bottom - message.height;
      add_part(message, top, opacity(message, time), parts);
      bottom = top - style_.message_spacing;
    }
    std::reverse(parts.begin() + first_part, parts.end());  // the newest comes last
    cuts_.end_frame();
    return {};
  }

 private:
  double top_edge() const { return std::min(style_.padding, box_.height); }

  // How many messages have appeared.
  size_t count_at(const base::SceneTime& time) const {
    const auto end = std::ranges::partition_point(
        messages_, [&](const Message& each) { return !time.before(each.appears); });
    return static_cast<size_t>(end - messages_.begin());
  }

  // How far the messages still lie below their final places; at most the height of the panel.
  double lag(const base::SceneTime& time, size_t first, size_t end) const {
    double lag = 0;
    for (size_t i = end; i > first; --i) {
      const Message& message = messages_[i - 1];
      const double done = scrolled(message, time);
      if (done >= 1) break;
      lag += (1 - scene::eased(kScroll, done)) * (message.height + style_.message_spacing);
    }
    return std::min(lag, std::max(0.0, box_.height - 2 * style_.padding));
  }

  // The progress of a message that scrolls in, from 0 to 1.
  double scrolled(const Message& message, const base::SceneTime& time) const {
    if (message.appears <= base::Duration{} || style_.scroll_duration <= base::Duration{}) return 1;
    return time.progress(message.appears, style_.scroll_duration);
  }

  double opacity(const Message& message, const base::SceneTime& time) const {
    const double arrived = std::min(1.0, scrolled(message, time));
    const base::Duration fades = message.appears + style_.fade_after;
    if (time.before(fades)) return arrived;
    const double faded = style_.fade_duration > base::Duration{}
                             ? std::clamp(time.progress(fades, style_.fade_duration), 0.0, 1.0)
                             : 1;
    return arrived * (1 - faded * (1 - style_.fade_out_opacity));
  }

  // Adds the part of the message between the edges.
  void add_part(const Message& message, double message_top, double opacity,
                std::vector<Part>& parts) {
    if (opacity <= 0) return;
    const frame::Picture& picture = *message.picture;
    const double left = std::floor(style_.padding + 0.5) + picture.origin().x;
    const int top =
        static_cast<int>(std::floor(message_top + 0.5)) + static_cast<int>(picture.origin().y);
    const int height = picture.size().height;
    const Rows inside{std::clamp(first_row() - top, 0, height),
                      std::clamp(last_row() - top, 0, height)};
    if (inside.top >= inside.bottom) return;
    const bool is_whole = inside == Rows{0, height};
    parts.push_back({is_whole ? message.picture : cuts_.cut(message.picture, inside),
                     base::translation(left, top + inside.top), opacity});
  }

  int first_row() const { return static_cast<int>(std::floor(top_edge() + 0.5)); }
  // A highlight extends into the padding.
  int last_row() const {
    const double bottom = box_.height - style_.padding + highlight_reach(style_).height;
    return static_cast<int>(std::floor(bottom + 0.5));
  }

  scene::ChatStyle style_;
  size_t max_messages_;
  base::SizeF box_;
  frame::PicturePtr panel_;
  std::vector<Message> messages_;  // in order of appearance
  CutPictures cuts_;
};

}  // namespace

base::Result<std::unique_ptr<MovingContent>> make_chat(const scene::ChatContent& content,
                                                       std::optional<base::SizeF> box,
                                                       base::Duration start, ChatPictures& pictures,
                                                       FontLibrary& fonts) {
  const base::SizeF size = box.value_or(kChatBox);
  const double width = std::max(1.0, size.width - 2 * content.style.padding);
  TRY(const Raster panel, pictures.panel(content.style, size));
  std::vector<Message> messages;
  messages.reserve(content.messages.size());
  for (const scene::ChatMessage& message : content.messages) {
    TRY(Raster raster, pictures.message(message, content.style, width, fonts));
    messages.push_back({message.timestamp.value_or(base::Duration{}) - start,
                        std::move(raster.picture), raster.box.height});
  }
  std::ranges::stable_sort(messages, {}, &Message::appears);
  return std::unique_ptr<MovingContent>(
      std::make_unique<Chat>(content, size, panel.picture, std::move(messages)));
}

}  // namespace layercast::content
