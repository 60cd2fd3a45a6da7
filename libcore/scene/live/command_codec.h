#pragma once

#include "base/error.h"
#include "scene/live/command.h"
#include "scene/wire/codec.h"
#include "scene/wire/value.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::scene {

/// A command on the wire and in the store: `{"method": …, "params": {…}}`.
struct CommandDocument {
  std::string method;
  Value params = Value::object();
};

/// Reads the command. Refused with kInvalidInput (all faults of the params), kLimit (too many
/// commands in a batch), kUnsupported (no such method).
base::Result<Command, Refusal> command_from(const CommandDocument& document);
/// The document that command_from() reads back to an equal command.
CommandDocument document_of(const Command& command);
CommandDocument document_of(const Change& change);

/// The name of the method: that of document_of().
std::string_view method_of(const Change& change);

/// The same as document_of(), with `***` in place of keys and passwords in URLs.
CommandDocument redacted_document_of(const Command& command);

/// Reads `{"method": …, "params": …}`; the params may be any object. Errors: kInvalidInput.
base::Result<CommandDocument> command_document_from(const Value& value);
Value value_of(const CommandDocument& document);

/// The refusal that lists `faults`, of which there is at least one.
Refusal refusal_of(std::span<const Fault> faults);

/// A file or a URL in the params of a command.
struct NamedFile {
  FileRole role = FileRole::kNone;
  std::string text;
  std::string pointer;  ///< RFC 6901, within the params
  bool operator==(const NamedFile&) const = default;
};
/// The files and URLs that the command names, by the FileRoles of its tables.
std::vector<NamedFile> files_of(const Command& command);

/// A method: its name and the shape of its params.
struct Method {
  std::string_view name;
  Shape params;
};
/// All methods but `batch`.
std::vector<Method> methods();

}  // namespace layercast::scene
