#include "scene/wire/scene_file.h"
#include "tools/docs/completions.h"
#include "tools/docs/mdoc.h"
#include "tools/docs/option_text.h"
#include "tools/docs/scene_manual.h"
#include "tools/encode/options.h"
#include "tools/layerctl/options.h"
#include "tools/render-frames/options.h"
#include "tools/streamd/options.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace layercast::tools {
namespace {

namespace fs = std::filesystem;

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return text.str();
}

void write_file(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

/// A manual page, made from a template by replacing its marks.
class Page {
 public:
  explicit Page(std::string name) : name_(std::move(name)) {
    const fs::path source = fs::path(LAYERCAST_SOURCE_DIR) / "man" / (name_ + ".in");
    text_ = ".\\\" Written by `tools/dev docs` from man/" + name_ +
            ".in and the tables in the sources: change those, not this.\n" + read_file(source);
  }

  /// Replaces the line `.\" MARK` by `lines`.
  Page& put(std::string_view mark, std::string_view lines) {
    const std::string line = "\n.\\\" " + std::string(mark) + "\n";
    if (text_.find(line) == std::string::npos) {
      throw std::runtime_error("man/" + name_ + ".in has no line .\\\" " + std::string(mark));
    }
    text_ = replaced(text_, line, "\n" + std::string(lines));
    return *this;
  }

  void write(const fs::path& root) const { write_file(root / "man" / name_, text_); }

 private:
  std::string name_;
  std::string text_;
};

void write_tool(const OptionTable& table, const fs::path& root) {
  const std::string tool(table.tool);
  Page page(tool + ".1");
  page.put("OPTIONS", mdoc_options(table));
  if (!table.subcommands.empty()) page.put("COMMANDS", mdoc_commands(table));
  page.write(root);
  write_file(root / "completions/bash" / tool, bash_completion(table));
  write_file(root / "completions/zsh" / ("_" + tool), zsh_completion(table));
  write_file(root / "completions/fish" / (tool + ".fish"), fish_completion(table));
}

void write_everything(const fs::path& root) {
  write_tool(render_frames_options(), root);
  write_tool(encode_options(), root);
  write_tool(streamd_options(), root);
  write_tool(layerctl_options(), root);
  Page("scene.5")
      .put("CONTENT RULES", mdoc_content_rules())
      .put("TABLES", mdoc_scene_tables())
      .put("LIMITS", mdoc_scene_limits())
      .write(root);
  Page("layercast-security.7").write(root);
  write_file(root / "scenes/scene.schema.json", scene::scene_schema());
}

}  // namespace
}  // namespace layercast::tools

/// Generates the manual pages, completions and the JSON Schema in a folder, from the tables of
/// options and of the scene file.
int main(int argc, char** argv) {
  if (argc != 2 || std::string_view(argv[1]).starts_with('-')) {
    std::fputs("usage: layercast-docs FOLDER\n", stderr);
    return 2;
  }
  try {
    layercast::tools::write_everything(argv[1]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "layercast-docs: %s\n", error.what());
    return 1;
  }
  return 0;
}
