#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "content/chat_message.h"
#include "content/fonts.h"
#include "content/moving.h"
#include "scene/scene.h"

#include <memory>
#include <optional>

namespace layercast::content {

/// The layer box of a chat that has no size.
inline constexpr base::SizeF kChatBox{400, 300};

/// A chat's panel, and on it its messages, the newest at the bottom, inside the style's padding:
/// what would reach over its top edge is cut.
///
/// A message appears at its timestamp and comes in from below, and all that are there move up to
/// make room for it (CSS ease-out over the style's scroll_duration); one that is there when the
/// layer begins is at its place at once. Messages that come while others move are added to the
/// movement. Each fades from `fade_after` its coming on, over `fade_duration`. Messages lie on
/// whole pixels of the box. Of more than `max_messages` that have come, the newest show.
///
/// `start`: the stream time at which the layer begins; timestamps count from 0.
/// Every picture is made here, or found in `pictures`; show() only places them, and cuts those at
/// an edge. Errors: those of ChatPictures.
base::Result<std::unique_ptr<MovingContent>> make_chat(const scene::ChatContent& content,
                                                       std::optional<base::SizeF> box,
                                                       base::Duration start, ChatPictures& pictures,
                                                       FontLibrary& fonts);

}  // namespace layercast::content
