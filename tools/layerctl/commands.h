#pragma once

#include "tools/layerctl/session.h"

/// The commands of layerctl. Errors: an invalid command line, the target's refusal, or an
/// unreachable daemon; the session's target maps them to the exit status.
namespace layercast::tools {

// Layers.
base::Result<void> list_layers(Session& session);
base::Result<void> get_layer(Session& session);
base::Result<void> create_layer(Session& session);
base::Result<void> set_layer(Session& session);
base::Result<void> show_layers(Session& session);
base::Result<void> hide_layers(Session& session);
base::Result<void> remove_layers(Session& session);
base::Result<void> restart_layers(Session& session);
base::Result<void> release_layers(Session& session);
base::Result<void> control_stopwatch(Session& session);
base::Result<void> raise_layer(Session& session);
base::Result<void> lower_layer(Session& session);
base::Result<void> activate_layer(Session& session);
base::Result<void> animate_layer(Session& session);
base::Result<void> list_animations(Session& session);
base::Result<void> remove_animations(Session& session);
base::Result<void> say(Session& session);

// Sounds.
base::Result<void> list_sounds(Session& session);
base::Result<void> add_sound(Session& session);
base::Result<void> set_sound(Session& session);
base::Result<void> remove_sound(Session& session);

// Scheduled commands.
base::Result<void> list_scheduled(Session& session);
base::Result<void> cancel_scheduled(Session& session);

// The scene.
base::Result<void> apply_scene(Session& session);
base::Result<int> diff_scene(Session& session);  ///< 1 when there are differences
base::Result<void> export_scene(Session& session);
int validate_scenes(const Arguments& arguments, const Log& log);

// The stream.
base::Result<void> watch(Session& session);
base::Result<void> take_snapshot(Session& session);
base::Result<void> show_status(Session& session);
base::Result<void> start_stream(Session& session);
base::Result<void> stop_stream(Session& session);
base::Result<void> pause_stream(Session& session);
base::Result<void> get_config(Session& session);
base::Result<void> set_config(Session& session);
base::Result<void> list_outputs(Session& session);
base::Result<void> add_output(Session& session);
base::Result<void> remove_output(Session& session);

/// Prints the words for shell completion: ids of layers, sounds or outputs, or the property paths
/// of a layer; nothing on errors. The exit status is always 0.
int complete_words(const Arguments& arguments);

}  // namespace layercast::tools
