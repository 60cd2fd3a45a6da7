#pragma once

#include "scene/wire/scene_file.h"
#include "tools/common/log.h"
#include "tools/layerctl/target.h"

#include <memory>
#include <string>

namespace layercast::tools {

/// A scene file as the target of commands. It is written after each command that changes it.
class SceneFileTarget : public Target {
 public:
  /// Reads the file. `path`: `-` is standard input, which cannot be changed.
  static base::Result<std::unique_ptr<SceneFileTarget>, scene::SceneFaults> open(
      const std::string& path, const Log& log);

  base::Result<scene::Value> scene() override;
  base::Result<Reply> execute(const scene::CommandDocument& command,
                              std::optional<int64_t> if_revision) override;

 private:
  SceneFileTarget(std::string path, std::string text, scene::Scene scene, const Log& log);
  base::Result<void> write(const scene::Scene& after, const scene::CommandDocument& command);

  std::string path_;
  std::string text_;
  scene::Scene scene_;
  const Log& log_;
};

}  // namespace layercast::tools
