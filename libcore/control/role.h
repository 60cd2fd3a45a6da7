#pragma once

#include "control/problem.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace layercast::control {

/// What a client may do. Each role includes those before it, so that roles can be compared.
enum class Role : uint8_t {
  kNone,     ///< of a client without a token: only what needs none
  kRead,     ///< sees the scene, the picture, events and metrics
  kOperate,  ///< also changes layers and sounds, and starts, pauses and stops the stream
  kAdmin,    ///< also replaces the scene, configures the stream and changes its outputs
};

/// `read`, `operate` or `admin`; `none` for kNone.
std::string_view name_of(Role role);
/// The role with this name; nullopt for other texts and for `none`.
std::optional<Role> role_from(std::string_view name);

/// The refusal (403) of a client with the role `given`, for what needs the role `needed`.
/// `token_name`: that of its token; empty: it is unknown.
Problem role_too_small(Role needed, Role given, std::string_view token_name = {});

}  // namespace layercast::control
