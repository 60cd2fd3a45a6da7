#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "content/picture/moving.h"
#include "content/text/chat_message.h"
#include "content/text/fonts.h"
#include "scene/model/scene.h"

#include <memory>
#include <optional>

namespace layercast::content {

/// The layer box of a chat that has no size.
inline constexpr base::SizeF kChatBox{400, 300};

/// Makes a chat: a panel with the messages inside the style's padding, the newest at the bottom.
/// Messages are clipped at the top edge.
///
/// A message appears at its timestamp and enters from below, and the older ones move up to make
/// room for it (CSS ease-out over the style's scroll_duration). Messages from before the layer's
/// start are in place at once. If several messages enter at the same time, their movements add up.
/// Each message starts to fade `fade_after` after its appearance, over `fade_duration`. Messages
/// lie on whole pixels of the box. At most the newest `max_messages` of those that have appeared
/// are shown.
///
/// `start`: the stream time at which the layer begins; timestamps count from 0.
/// All pictures are made here, or reused from `pictures`; show() only places and clips them.
/// Errors: those of ChatPictures.
base::Result<std::unique_ptr<MovingContent>> make_chat(const scene::ChatContent& content,
                                                       std::optional<base::SizeF> box,
                                                       base::Duration start, ChatPictures& pictures,
                                                       FontLibrary& fonts);

}  // namespace layercast::content
