#include "scene/live/command_codec.h"

#include "base/shortened.h"
#include "scene/live/stream_config.h"
#include "scene/model/limits.h"
#include "scene/wire/content_tables.h"
#include "scene/wire/scene_tables.h"
#include "scene/wire/source_secrets.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

namespace layercast::scene {
namespace {

using base::ErrorCode;

constexpr std::string_view kBatch = "batch";

std::string detail_of(const Fault& fault) {
  return fault.expected.empty() ? fault.problem : fault.problem + ", expected " + fault.expected;
}

// --- the types of params ---

// The id of an item that exists; whether it does is checked when the command is applied.
Codec<std::string> item_id() {
  return written_as<std::string>(
      "a string", [](std::string_view text) { return std::optional(std::string(text)); },
      [](const std::string& id) { return id; });
}

// The same, or null.
Codec<std::optional<std::string>> item_id_or_null() {
  const auto id = item_id();
  return {
      "a string or null",
      [=](const Value& value, Reader& reader) -> std::optional<std::optional<std::string>> {
        if (value.is(Value::Kind::kNull)) return std::optional<std::string>();
        return id.read(value, reader);
      },
      [=](const std::optional<std::string>& typed) {
        return typed ? Value::of(*typed) : Value::null();
      },
      [](SchemaBuilder&) {
        return Value::object().add("type", Value::array({Value::of("string"), Value::of("null")}));
      }};
}

// An item that has no id until the command is applied.
template <class T>
Codec<T> with_optional_id(const Codec<T>& codec) {
  Codec<T> optional = codec;
  optional.read = [read = codec.read](const Value& value, Reader& reader) -> std::optional<T> {
    if (!value.is(Value::Kind::kObject) || value.find("id") != nullptr) return read(value, reader);
    Value named = value;
    named.set("id", Value::of("unnamed"));
    auto item = read(named, reader);
    if (item) item->id.clear();
    return item;
  };
  optional.write = [write = codec.write](const T& item) {
    Value document = write(item);
    if (item.id.empty()) document.erase("id");
    return document;
  };
  return optional;
}

template <class T>
Codec<MergePatch> patch_of(const Codec<T>& codec) {
  return {"a merge patch",
          [](const Value& value, Reader& reader) -> std::optional<MergePatch> {
            if (value.is(Value::Kind::kObject)) return MergePatch{value};
            reader.fault(value, got(value), "a merge patch");
            return std::nullopt;
          },
          [](const MergePatch& patch) { return patch.document; },
          [](SchemaBuilder&) { return Value::object().add("type", Value::of("object")); },
          codec.shape};
}

template <class T>
Field<T> id_of(std::string_view what) {
  return required("id", &T::id, item_id(), "The id of the " + std::string(what) + ".");
}

template <class T>
ObjectTable<T> only_id(std::string_view what) {
  return {.fields = {id_of<T>(what)}};
}

// --- the params of each method ---

// A fault if the document under `key` names another id than the params do.
std::function<void(const Value&, Reader&)> check_id_stays(std::string_view key,
                                                          std::string_view what) {
  return [key, what](const Value& params, Reader& reader) {
    const Value* document = params.find(key);
    const Value* id = params.find("id");
    const Value* wanted = document == nullptr ? nullptr : document->find("id");
    if (id == nullptr || wanted == nullptr || *wanted == *id) return;
    const Reader::Step at(reader, key);
    const Reader::Step step(reader, "id");
    reader.fault(*wanted, "the id of a " + std::string(what) + " cannot change",
                 "\"" + base::shortened(id->text) + "\", or none");
  };
}

ObjectTable<CreateLayer> create_layer() {
  const auto codec = with_optional_id(layer_codec());
  return {.fields = {field_of_whole<CreateLayer>(
              {"layer", codec.kind, {}, true, "The new layer."},
              [=](const Value& value, Reader& reader, CreateLayer& create) {
                auto layer = codec.read(value, reader);
                if (layer) create = {*std::move(layer), value.find("z_index") == nullptr};
              },
              [=](const CreateLayer& create) {
                Value document = codec.write(create.layer);
                if (create.is_on_top) {
                  document.erase("z_index");
                } else {
                  document.set("z_index", Value::of(create.layer.z_index));
                }
                return document;
              },
              codec.schema, codec.shape)}};
}

ObjectTable<UpdateLayer> update_layer() {
  return {.fields = {id_of<UpdateLayer>("layer"),
                     required("patch", &UpdateLayer::patch, patch_of(layer_codec()),
                              "What changes in the layer.")},
          .check = check_id_stays("patch", "layer")};
}

ObjectTable<ReplaceLayer> replace_layer() {
  return {.fields = {id_of<ReplaceLayer>("layer"),
                     required("layer", &ReplaceLayer::layer, with_optional_id(layer_codec()),
                              "The layer that replaces it.")},
          .check = check_id_stays("layer", "layer")};
}

ObjectTable<ControlStopwatch> control_stopwatch() {
  using C = ControlStopwatch;
  return {.fields = {id_of<C>("layer"),
                     required("action", &C::action,
                              one_of<StopwatchAction>({{StopwatchAction::kStart, "start"},
                                                       {StopwatchAction::kStop, "stop"},
                                                       {StopwatchAction::kReset, "reset"}}),
                              "What the stopwatch does; reset also begins the countdowns of the "
                              "text again.")}};
}

ObjectTable<AnimateLayer> animate_layer() {
  using A = AnimateLayer;
  return {
      .fields = {id_of<A>("layer"),
                 optional("animation", &A::animation, animation_codec(), "The animation to add."),
                 optional("animations", &A::animations,
                          list(animation_codec(), 0, limits::kAnimationsMax, "animations"),
                          "The animations that replace all.")},
      .check = [](const Value& params, Reader& reader) {
        const bool has_one = params.find("animation") != nullptr;
        const bool has_all = params.find("animations") != nullptr;
        if (has_one != has_all) return;
        reader.fault(params,
                     has_one ? "both \"animation\" and \"animations\" are given"
                             : "neither \"animation\" nor \"animations\" is given",
                     "one of them");
      }};
}

ObjectTable<RemoveAnimation> remove_animation() {
  return {.fields = {
              id_of<RemoveAnimation>("layer"),
              required("index", &RemoveAnimation::index, integer({0, limits::kAnimationsMax - 1}),
                       "The place of the animation in the layer's list, from 0.")}};
}

ObjectTable<Say> say() {
  return {.fields = {id_of<Say>("layer"),
                     required("message", &Say::message, with_optional_id(chat_message_codec()),
                              "The message.")}};
}

// document_of() adds these keys to the scene.
void read_replacement(const Value& value, Reader& reader, ReplaceScene& replace) {
  Value document = value;
  for (const std::string_view key : {"revision", "active", "stream"}) document.erase(key);
  auto scene = scene_codec().read(document, reader);
  if (scene) replace.scene = *std::move(scene);
  const Value* active = value.find("active");
  replace.sets_active = active != nullptr;
  if (active == nullptr) return;
  const Reader::Step step(reader, "active");
  if (auto read = item_id_or_null().read(*active, reader)) replace.active = *std::move(read);
}

Value write_replacement(const ReplaceScene& replace) {
  Value document = scene_codec().write(replace.scene);
  if (replace.sets_active) document.add("active", item_id_or_null().write(replace.active));
  return document;
}

ObjectTable<ReplaceScene> replace_scene() {
  return {.fields = {field_of_whole<ReplaceScene>(
              {"scene", scene_codec().kind, {}, true, "The scene that replaces the current one."},
              read_replacement,
              [](const ReplaceScene& replace) { return std::optional(write_replacement(replace)); },
              scene_codec().schema, scene_codec().shape)}};
}

ObjectTable<PatchScene> patch_scene() {
  return {.fields = {required("patch", &PatchScene::patch, patch_of(scene_codec()),
                              "What changes in the scene.")},
          .check = [](const Value& params, Reader& reader) {
            const Value* patch = params.find("patch");
            if (patch == nullptr) return;
            const Reader::Step at(reader, "patch");
            for (const std::string_view key : {"layers", "audio", "outputs"}) {
              const Value* member = patch->find(key);
              if (member == nullptr) continue;
              const Reader::Step step(reader, key);
              reader.fault(*member, "a patch of the scene cannot change its " + std::string(key),
                           "a command for each of them");
            }
          }};
}

ObjectTable<ConfigureStream> configure_stream() {
  return {.fields = {required("patch", &ConfigureStream::patch, patch_of(stream_config_codec()),
                              "What changes in the settings.")}};
}

ObjectTable<AddTrack> add_track() {
  return {.fields = {required("audio", &AddTrack::track, with_optional_id(audio_codec()),
                              "The new sound.")}};
}

ObjectTable<UpdateTrack> update_track() {
  return {.fields = {id_of<UpdateTrack>("sound"),
                     required("patch", &UpdateTrack::patch, patch_of(audio_codec()),
                              "What changes in the sound.")},
          .check = check_id_stays("patch", "sound")};
}

// --- all methods ---

struct MethodCodec {
  std::string_view name;
  size_t index = 0;  ///< of the type in Change
  Codec<Change> params;
};

template <class T>
MethodCodec method(std::string_view name, ObjectTable<T> table) {
  table.title = name;
  const Codec<T> codec = object(std::move(table));
  return {name,
          Change(T{}).index(),
          {codec.kind,
           [read = codec.read](const Value& value, Reader& reader) -> std::optional<Change> {
             auto typed = read(value, reader);
             return typed ? std::optional<Change>(*std::move(typed)) : std::nullopt;
           },
           [write = codec.write](const Change& change) { return write(std::get<T>(change)); },
           codec.schema, codec.shape}};
}

// The codec of each type of Change, in its order.
const std::vector<MethodCodec>& method_codecs() {
  static const std::vector<MethodCodec> methods = [] {
    std::vector<MethodCodec> all = {
        method("layers.create", create_layer()),
        method("layers.update", update_layer()),
        method("layers.replace", replace_layer()),
        method("layers.restart", only_id<RestartLayer>("layer")),
        method("layers.stopwatch", control_stopwatch()),
        method("layers.delete", only_id<DeleteLayer>("layer")),
        method<ActivateLayer>(
            "layers.activate",
            {.fields = {field_of_whole<ActivateLayer>(
                 {"id", item_id_or_null().kind, {}, true, "The id of the layer; null: none."},
                 [](const Value& value, Reader& reader, ActivateLayer& activate) {
                   if (auto id = item_id_or_null().read(value, reader)) activate.id = *id;
                 },
                 [](const ActivateLayer& activate) {
                   return std::optional(item_id_or_null().write(activate.id));
                 },
                 item_id_or_null().schema)}}),
        method("layers.animate", animate_layer()),
        method("layers.animations.remove", remove_animation()),
        method("chat.say", say()),
        method("scene.replace", replace_scene()),
        method("scene.patch", patch_scene()),
        method<StartStream>("stream.start", {}),
        method<StopStream>("stream.stop", {}),
        method<PauseStream>("stream.pause", {}),
        method("stream.configure", configure_stream()),
        method("audio.add", add_track()),
        method("audio.update", update_track()),
        method("audio.restart", only_id<RestartTrack>("sound")),
        method("audio.remove", only_id<RemoveTrack>("sound")),
        method<AddOutput>("outputs.add", {.fields = {required("output", &AddOutput::output,
                                                              output_codec(), "The new output.")}}),
        method("outputs.remove", only_id<RemoveOutput>("output"))};
    std::ranges::sort(all, {}, &MethodCodec::index);
    return all;
  }();
  return methods;
}

const MethodCodec& codec_of(const Change& change) { return method_codecs().at(change.index()); }

Refusal refused(ErrorCode code, std::string message) {
  return {{code, std::move(message), {}, nullptr}, {}};
}

Refusal no_such_method(std::string_view name) {
  std::vector<std::string_view> known;
  for (const MethodCodec& each : method_codecs()) known.push_back(each.name);
  known.push_back(kBatch);
  const std::string shown = base::shortened(name);
  return refused(ErrorCode::kUnsupported,
                 "there is no method \"" + shown + "\"" + suggestion(shown, known));
}

// Adds the faults that keep `value` from being `{"method": …, "params": …}`.
void check_document(const Value& value, Reader& reader) {
  if (!value.is(Value::Kind::kObject)) {
    return reader.fault(value, got(value), "a command {\"method\": …, \"params\": …}");
  }
  const Value* method = value.find("method");
  if (method == nullptr) reader.fault(value, "\"method\" is missing", "");
  for (const auto& member : value.members) {
    const Reader::Step step(reader, member.key);
    if (member.key == "method") {
      if (!member.value.is(Value::Kind::kString)) {
        reader.fault(member.value, got(member.value), "a string");
      } else if (member.value.text == kBatch) {
        reader.fault(member.value, "batches cannot be nested", "");
      }
    } else if (member.key != "params") {
      constexpr std::array<std::string_view, 2> kKeys = {"method", "params"};
      reader.fault(member.key_mark, "unknown key",
                   joined_names(kKeys) + suggestion(member.key, kKeys));
    }
  }
}

// Reads one command of a batch. Adds faults, or returns a refusal with another reason.
base::Result<Change, Refusal> change_from(const Value& value, Reader& reader) {
  const size_t before = reader.faults().size();
  check_document(value, reader);
  if (reader.faults().size() != before) return Change(StopStream{});
  const std::string& name = value.find("method")->text;
  const auto codec = std::ranges::find(method_codecs(), name, &MethodCodec::name);
  if (codec == method_codecs().end()) return no_such_method(name);
  const Value none = Value::object();
  const Value* params = value.find("params");
  const Reader::Step step(reader, "params");
  auto change = codec->params.read(params == nullptr ? none : *params, reader);
  return change ? *std::move(change) : Change(StopStream{});
}

base::Result<Command, Refusal> batch_from(const Value& params) {
  Reader reader;
  const Value* commands = nullptr;
  for (const auto& member : params.members) {
    if (member.key == "commands") {
      commands = &member.value;
      continue;
    }
    const Reader::Step step(reader, member.key);
    constexpr std::array<std::string_view, 1> kKeys = {"commands"};
    reader.fault(member.key_mark, "unknown key",
                 joined_names(kKeys) + suggestion(member.key, kKeys));
  }
  if (commands == nullptr) {
    reader.fault(params, "\"commands\" is missing", "a list of commands");
    return refusal_of(reader.faults());
  }
  const Reader::Step step(reader, "commands");
  if (!commands->is(Value::Kind::kArray)) {
    reader.fault(*commands, got(*commands), "a list of commands");
    return refusal_of(reader.faults());
  }
  if (commands->items.size() > static_cast<size_t>(limits::kBatchCommandsMax)) {
    Refusal refusal = refused(
        ErrorCode::kLimit, "the batch has " + std::to_string(commands->items.size()) +
                               " commands, more than " + std::to_string(limits::kBatchCommandsMax));
    refusal.faults.push_back({reader.pointer(), refusal.error.message});
    return refusal;
  }
  Batch batch;
  for (size_t i = 0; i < commands->items.size(); ++i) {
    const Reader::Step item(reader, i);
    auto change = change_from(commands->items[i], reader);
    if (!change) {
      Refusal refusal = std::move(change).error();
      refusal.faults.push_back({reader.pointer() + "/method", refusal.error.message});
      return refusal;
    }
    batch.changes.push_back(std::move(change).value());
  }
  if (!reader.faults().empty()) return refusal_of(reader.faults());
  return Command(std::move(batch));
}

void add_files(const Change& change, Reader& reader, std::vector<NamedFile>& files) {
  const MethodCodec& codec = codec_of(change);
  Value params = codec.params.write(change);
  visit_files(codec.params.shape, params, reader,
              [&](FileRole role, const Value& name, const Reader& at) {
                // In a patch without a type, several types may have the same field.
                NamedFile file{role, name.text, at.pointer()};
                if (std::ranges::find(files, file) == files.end()) files.push_back(std::move(file));
              });
}

}  // namespace

Refusal refusal_of(std::span<const Fault> faults) {
  Refusal refusal;
  refusal.error.code = ErrorCode::kInvalidInput;
  const Fault& first = faults.front();
  refusal.error.message = (first.pointer.empty() ? "" : first.pointer + ": ") + detail_of(first);
  if (faults.size() > 1) {
    refusal.error.message += " (and " + std::to_string(faults.size() - 1) + " more)";
  }
  const size_t count = std::min(faults.size(), static_cast<size_t>(limits::kFaultsMax));
  for (const Fault& fault : faults.first(count)) {
    refusal.faults.push_back({fault.pointer, detail_of(fault)});
  }
  refusal.more_faults = faults.size() - count;
  return refusal;
}

base::Result<Command, Refusal> command_from(const CommandDocument& document) {
  if (document.method == kBatch) return batch_from(document.params);
  const auto codec = std::ranges::find(method_codecs(), document.method, &MethodCodec::name);
  if (codec == method_codecs().end()) return no_such_method(document.method);
  Reader reader;
  auto change = codec->params.read(document.params, reader);
  if (!change || !reader.faults().empty()) return refusal_of(reader.faults());
  return Command(*std::move(change));
}

std::string_view method_of(const Change& change) { return codec_of(change).name; }

CommandDocument document_of(const Change& change) {
  const MethodCodec& codec = codec_of(change);
  return {std::string(codec.name), codec.params.write(change)};
}

CommandDocument document_of(const Command& command) {
  if (const auto* change = std::get_if<Change>(&command)) return document_of(*change);
  Value commands = Value::array();
  for (const Change& change : std::get<Batch>(command).changes) {
    commands.items.push_back(value_of(document_of(change)));
  }
  return {std::string(kBatch), Value::object().add("commands", std::move(commands))};
}

CommandDocument redacted_document_of(const Command& command) {
  const auto redacted = [](const Change& change) {
    const MethodCodec& codec = codec_of(change);
    return CommandDocument{std::string(codec.name),
                           with_redacted_sources(codec.params.shape, codec.params.write(change))};
  };
  if (const auto* change = std::get_if<Change>(&command)) return redacted(*change);
  Value commands = Value::array();
  for (const Change& change : std::get<Batch>(command).changes) {
    commands.items.push_back(value_of(redacted(change)));
  }
  return {std::string(kBatch), Value::object().add("commands", std::move(commands))};
}

base::Result<CommandDocument> command_document_from(const Value& value) {
  const auto wrong = [](const std::string& what) {
    return base::Error{ErrorCode::kInvalidInput, what, {}, nullptr};
  };
  if (!value.is(Value::Kind::kObject)) {
    return wrong("a command is an object {\"method\": …, \"params\": …}, not " +
                 std::string(name_of(value.kind)));
  }
  for (const auto& member : value.members) {
    if (member.key == "method" || member.key == "params") continue;
    return wrong("unknown key \"" + base::shortened(member.key) + "\" in a command");
  }
  const Value* method = value.find("method");
  if (method == nullptr || !method->is(Value::Kind::kString)) {
    return wrong("the \"method\" of a command must be a string");
  }
  const Value* params = value.find("params");
  if (params != nullptr && !params->is(Value::Kind::kObject)) {
    return wrong("the \"params\" of a command must be an object");
  }
  return CommandDocument{method->text, params == nullptr ? Value::object() : *params};
}

Value value_of(const CommandDocument& document) {
  return Value::object().add("method", Value::of(document.method)).add("params", document.params);
}

std::vector<NamedFile> files_of(const Command& command) {
  std::vector<NamedFile> files;
  Reader reader;
  if (const auto* change = std::get_if<Change>(&command)) {
    add_files(*change, reader, files);
    return files;
  }
  const auto& changes = std::get<Batch>(command).changes;
  const Reader::Step commands(reader, "commands");
  for (size_t i = 0; i < changes.size(); ++i) {
    const Reader::Step item(reader, i);
    const Reader::Step params(reader, "params");
    add_files(changes[i], reader, files);
  }
  return files;
}

std::vector<Method> methods() {
  std::vector<Method> all;
  for (const MethodCodec& each : method_codecs()) all.push_back({each.name, each.params.shape});
  return all;
}

}  // namespace layercast::scene
