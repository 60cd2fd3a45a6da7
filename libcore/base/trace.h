#pragma once

#include <functional>
#include <string>
#include <string_view>

/// Messages for developers about what libcore does. Errors are not traced: callers receive them.
/// Nothing is traced until the process sets a sink.
namespace layercast::base {

/// Receives the messages, on the threads that trace. `source`: such as `output main`. It must not
/// block for long, and must not trace.
using TraceSink = std::function<void(std::string_view source, std::string_view message)>;

/// Sets the sink of the process; an empty one ends tracing. A sink that was replaced is not called
/// after this returns. Thread: any (locked).
void set_trace_sink(TraceSink sink);

/// Whether a sink is set. Cost: one atomic load.
bool is_traced();

namespace internal {
void write_trace(std::string_view source, std::string_view message);
}  // namespace internal

/// Passes the text that `message` returns to the sink; without one, `message` is not called.
/// Thread: any but the render thread, because the sink may write to a file.
template <class Message>
void trace(std::string_view source, const Message& message) {
  if (is_traced()) internal::write_trace(source, message());
}

}  // namespace layercast::base
