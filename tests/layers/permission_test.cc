#include "layers/permission.h"

#include "tests/layers/manager_fixture.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <string>
#include <variant>
#include <vector>

namespace layercast::layers {
namespace {

using base::ErrorCode;
using scene::command;
using scene::CommandDocument;
using scene::json;
using scene::Refusal;
using scene::Value;

constexpr std::chrono::seconds kDue{10};

class Names : public ManagerTest {
 protected:
  void SetUp() override {
    ManagerTest::SetUp();
    std::ofstream(folder_ / "assets" / "in.png") << "x";
    std::ofstream(folder_ / "out.png") << "x";
    std::filesystem::create_symlink(folder_ / "out.png", folder_ / "assets" / "link.png");
    std::filesystem::create_symlink(folder_, folder_ / "assets" / "up");
    std::filesystem::create_symlink(folder_ / "assets", folder_ / "alias");
    open();
  }

  void expect_forbidden(const CommandDocument& command, const std::vector<std::string>& pointers) {
    const Refusal refusal = refused_of(apply(command, Origin::kNetwork));
    EXPECT_EQ(refusal.error.code, ErrorCode::kForbidden) << refusal.error.to_string();
    std::vector<std::string> given;
    for (const auto& fault : refusal.faults) given.push_back(fault.pointer);
    EXPECT_EQ(given, pointers);
  }
  Answer schedule(const CommandDocument& command) {
    return manager_->apply({scene::typed(command), {}, At{kDue}, Origin::kNetwork});
  }
  double forbidden_count() const {
    return metric("commands_refused_total", {{"reason", "forbidden"}});
  }
  /// The commands that the store holds for later.
  size_t waiting_count() {
    return json(store_.load().value()->header).find("schedule")->find("waiting")->items.size();
  }
  /// The sources of the images in the scene, in order.
  std::vector<std::string> images() const {
    std::vector<std::string> sources;
    for (const auto& layer : manager_->current()->scene.layers) {
      const auto* image = std::get_if<scene::ImageContent>(&layer->content);
      if (image != nullptr) sources.push_back(image->source);
    }
    return sources;
  }
  static CommandDocument image(const std::string& source) {
    return {"layers.create",
            json(R"({"layer": {"type": "overlay", "content": {"type": "image", "source": )" +
                 scene::write_json(Value::of(source), 0) + "}}}")};
  }
  static CommandDocument image(const std::string& source, const std::string& id) {
    CommandDocument document = image(source);
    document.params.find("layer")->set("id", Value::of(id));
    return document;
  }
  static CommandDocument output(const std::string& url) {
    return {"outputs.add",
            Value::object().add("output", Value::object().add("url", Value::of(url)))};
  }
};

TEST_F(Names, OfFilesFromTheNetworkLieInTheAssetsFolder) {
  for (const std::string& good :
       {std::string("assets/in.png"), std::string("assets/none/yet.png"),
        std::string("alias/in.png"), std::string("assets/../assets/in.png"),
        (folder_ / "assets" / "in.png").string()}) {
    accepted(image(good), Origin::kNetwork);
  }
  for (const std::string& bad :
       {std::string("out.png"), std::string("assets/../out.png"), std::string("assets/link.png"),
        std::string("assets/up/out.png"), std::string("/etc/passwd"), std::string("assetsx/a.png"),
        std::string("../x.png")}) {
    expect_forbidden(image(bad), {"/layer/content/source"});
  }
  accepted(image("out.png"), Origin::kLocal);
  // It is named already.
  accepted(command("layers.create", R"({"layer": {"id": "again", "type": "overlay", "content":
      {"type": "image", "source": "out.png"}}})"),
           Origin::kNetwork);
}

TEST_F(Names, AreFoundWhereverTheyStand) {
  expect_forbidden(command("layers.update", R"({"id": "title", "patch": {"content": {"style":
      {"font_file": "/a.ttf"}}}})"),
                   {"/patch/content/style/font_file"});
  expect_forbidden(command("layers.replace", R"({"id": "title", "layer": {"type": "host",
      "content": {"type": "character", "source": "assets/in.png", "texture": "/t"}}})"),
                   {"/layer/content/texture"});
  expect_forbidden(command("scene.patch", R"({"patch": {"fonts": ["assets/a.ttf", "b.ttf"]}})"),
                   {"/patch/fonts/1"});
  expect_forbidden(command("batch", R"({"commands": [{"method": "layers.update", "params":
      {"id": "film", "patch": {"content": {"source": "/b.mp4"}}}}]})"),
                   {"/commands/0/params/patch/content/source"});
  Value document = scene::document_of(*manager_->current(), scene::Secrets::kRedacted);
  document.find("layers")->items[2].find("content")->set("source", Value::of("/x.mp4"));
  document.find("outputs")->items[1].set("url", Value::of("/x.mkv"));
  expect_forbidden({"scene.replace", Value::object().add("scene", document)},
                   {"/scene/layers/2/content/source", "/scene/outputs/1/url"});
  accepted(command("layers.create", R"({"layer": {"type": "visual_feed", "content": {"type":
      "image", "source": "assets/in.png", "metadata": {"source": "/not/a/file"}}}})"),
           Origin::kNetwork);
}

TEST_F(Names, WhatTheSceneNamesAlreadyStays) {
  const Value document = scene::document_of(*manager_->current(), scene::Secrets::kRedacted);
  const auto answer =
      accepted({"scene.replace", Value::object().add("scene", document)}, Origin::kNetwork);
  EXPECT_EQ(answer.revision, 1);
}

TEST_F(Names, OfOutputsFromTheNetworkAreOfKnownSchemes) {
  for (const char* good : {"rtmp://h/a/b", "rtmps://h/a/b", "RTMP://h/a/B", "srt://h:1",
                           "udp://h:1", "assets/recording.mkv"}) {
    accepted(output(good), Origin::kNetwork);
  }
  for (const char* bad : {"http://h/a", "file:///etc/x", "pipe:1", "tee:a|b", "rtmp:x", "a.mkv",
                          "/a.mkv", "concat:a", "weird scheme:x", "RTMP:x"}) {
    expect_forbidden(output(bad), {"/output/url"});
  }
  accepted(output("a.mkv"), Origin::kLocal);
}

TEST_F(Names, OfLiveSourcesFromTheNetworkAreOfKnownSchemes) {
  const auto video = [](const std::string& source) {
    return CommandDocument{
        "layers.create",
        json(R"({"layer": {"type": "overlay", "content": {"type": "video", "source": )" +
             scene::write_json(Value::of(source), 0) + "}}}")};
  };
  for (const char* good :
       {"http://h/a.m3u8", "HTTP://h/a.m3u8", "https://me:pass@h/a.mp4?t=1", "rtmp://h/a/b",
        "rtmps://h/a/b", "rtsp://h/a", "rtsps://h/a", "srt://h:1", "assets/film.mp4"}) {
    accepted(video(good), Origin::kNetwork);
  }
  for (const char* bad : {"file:///etc/passwd", "concat://a", "FILE:///etc/passwd", "ftp://h/a",
                          "tcp://h:1", "lavfi://x", "/dev/video0", "pipe:0", "concat:/etc/passwd|b",
                          "subfile,,start,0,end,9,,:/etc/passwd"}) {
    expect_forbidden(video(bad), {"/layer/content/source"});
  }
  accepted(video("/dev/video0"), Origin::kLocal);
  const Refusal refusal =
      refused_of(apply(command("layers.update", R"({"id": "film", "patch": {"content": {"fallback":
          "https://h/a.png"}}})"),
                       Origin::kNetwork));
  EXPECT_EQ(refusal.error.code, ErrorCode::kInvalidInput);
  ASSERT_EQ(refusal.faults.size(), 1U);
  EXPECT_EQ(refusal.faults[0].pointer, "/patch/content/fallback");
}

TEST_F(Names, OfSourcesFromTheNetworkAreAtPublicOrAllowedHosts) {
  const auto layer = [](const char* type, const std::string& source) {
    return CommandDocument{
        "layers.create",
        json(R"({"layer": {"type": "overlay", "content": {"type": ")" + std::string(type) +
             R"(", "source": )" + scene::write_json(Value::of(source), 0) + "}}}")};
  };
  const auto detail_of = [&](const CommandDocument& command) {
    const Refusal refusal = refused_of(apply(command, Origin::kNetwork));
    EXPECT_EQ(refusal.error.code, ErrorCode::kForbidden) << refusal.error.to_string();
    return refusal.faults.empty() ? std::string() : refusal.faults.front().detail;
  };
  for (const char* type : {"image", "video"}) {
    for (const char* bad : {"http://127.0.0.1/a", "http://localhost/a", "http://0x7f.1/a",
                            "http://[::ffff:10.0.0.1]/a", "http://169.254.169.254/latest"}) {
      EXPECT_NE(detail_of(layer(type, bad)).find("not a public address"), std::string::npos) << bad;
    }
    EXPECT_NE(detail_of(layer(type, "http://10.0.0.1/a")).find("--allow-source 10.0.0.1"),
              std::string::npos);
    accepted(layer(type, "http://127.0.0.1/own"), Origin::kLocal);
  }
  for (const char* bad : {"srt://0.0.0.0:9?mode=listener", "udp://0.0.0.0:9", "rtp://0.0.0.0:9",
                          "rtmp://h/a?listen=1"}) {
    EXPECT_NE(detail_of(layer("video", bad)).find("listen on a port"), std::string::npos) << bad;
  }
  EXPECT_NE(detail_of(output("srt://0.0.0.0:9?mode=listener")).find("listen on a port"),
            std::string::npos);
  accepted(output("udp://127.0.0.1:9"), Origin::kNetwork);
  hosts_ = base::SourceHosts::parse({"127.0.0.1", "0.0.0.0", "*.lan"}).value();
  open();
  for (const char* good : {"http://127.0.0.1/a", "udp://0.0.0.0:9", "udp://nas.lan:9",
                           "srt://0.0.0.0:9?mode=listener"}) {
    accepted(layer("video", good), Origin::kNetwork);
  }
  EXPECT_NE(detail_of(layer("video", "http://127.0.0.2/a")), "");
}

TEST_F(Names, OfPatternsFromTheNetworkMatchFilesOfTheAssetsFolderOnly) {
  const auto frames = [](const std::string& source) {
    return CommandDocument{
        "layers.create",
        json(R"({"layer": {"type": "overlay", "content": {"type": "frames", "source": )" +
             scene::write_json(Value::of(source), 0) + "}}}")};
  };
  std::ofstream(folder_ / "assets" / "f1.png") << "x";
  std::filesystem::create_symlink("f1.png", folder_ / "assets" / "f2.png");
  for (const char* good :
       {"assets/f*.png", "assets/f?.png", "assets/f%d.png", "assets/none-*.png"}) {
    accepted(frames(good), Origin::kNetwork);
  }
  std::filesystem::create_symlink(folder_ / "out.png", folder_ / "assets" / "f3.png");
  for (const char* bad : {"assets/l*.png", "assets/f[0-9].png", "assets/f?.??g", "assets/f%02d.png",
                          "assets/up/o*.png"}) {
    if (std::string(bad).find("%02d") != std::string::npos) {
      std::filesystem::create_symlink(folder_ / "out.png", folder_ / "assets" / "f04.png");
    }
    expect_forbidden(frames(bad), {"/layer/content/source"});
  }
  accepted(frames("assets/l*.png"), Origin::kLocal);
}

TEST_F(Names, OfServersWithoutCertificateComeFromTheDaemonsMachine) {
  const auto set = [&](const std::string& url, const char* insecure) {
    Value scene = scene::document_of(*manager_->current(), scene::Secrets::kShown);
    scene.set("outputs", json(R"([{"id": "main", "url": ")" + url + R"(", "insecure_tls": )" +
                              insecure + "}]"));
    return CommandDocument{"scene.replace", Value::object().add("scene", scene)};
  };
  const auto is_refused = [&](const CommandDocument& command) {
    return refused_of(apply(command, Origin::kNetwork)).error.code == ErrorCode::kForbidden;
  };
  const Refusal refusal =
      refused_of(apply(command("outputs.add", R"({"output": {"url": "rtmps://h/live/a",
          "insecure_tls": true}})"),
                       Origin::kNetwork));
  EXPECT_EQ(refusal.error.code, ErrorCode::kForbidden);
  EXPECT_NE(refusal.error.message.find("insecure_tls"), std::string::npos);
  accepted(set("rtmps://h/live/a", "true"), Origin::kLocal);
  accepted(set("rtmps://h/live/b", "true"), Origin::kNetwork);
  for (const char* other : {"rtmps://evil/live/a", "rtmps://h:9/live/a", "rtmps://h.evil/live/a",
                            "rtmps://me@h/live/a"}) {
    EXPECT_TRUE(is_refused(set(other, "true"))) << other;
  }
  accepted(set("rtmps://evil/live/a", "false"), Origin::kNetwork);
  EXPECT_TRUE(is_refused(set("rtmps://evil/live/a", "true")));
  EXPECT_TRUE(is_refused(set("rtmps://h/live/a", "true")));
}

TEST_F(Names, OfImagesFromTheNetworkAreOfWebServersOrAssets) {
  const auto layer = [](const char* type, const std::string& source) {
    return CommandDocument{
        "layers.create",
        json(R"({"layer": {"type": "overlay", "content": {"type": ")" + std::string(type) +
             R"(", "source": )" + scene::write_json(Value::of(source), 0) + "}}}")};
  };
  for (const char* type : {"image", "svg", "gif"}) {
    for (const char* good :
         {"http://h/a.png", "HTTPS://h/a.png", "https://me:pass@h/a.png?t=1", "assets/in.png"}) {
      accepted(layer(type, good), Origin::kNetwork);
    }
    for (const char* bad : {"file:///etc/passwd", "FILE:///etc/passwd", "rtmp://h/a/b", "ftp://h/a",
                            "http:h/a", "/a.png", "pipe:0", "concat:http://h/a"}) {
      expect_forbidden(layer(type, bad), {"/layer/content/source"});
    }
  }
}

TEST_F(Names, OfScheduledCommandsAreCheckedWhenTheyAreScheduled) {
  EXPECT_EQ(refused_of(schedule(image("out.png"))).error.code, ErrorCode::kForbidden);
  set_time(kDue);
  EXPECT_EQ(accepted(command("stream.pause")).revision, 2);  // nothing else has happened
}

TEST_F(Names, OfScheduledCommandsAreCheckedWhenTheyAreDue) {
  accepted(image("out.png", "shown"));
  accepted_of(schedule(image("out.png", "again")));  // The scene names it already.
  accepted_of(schedule(command("layers.update", R"({"id": "later", "patch": {"content":
      {"source": "/b.png"}}})")));                   // There is no such layer yet.
  accepted_of(schedule(image("assets/in.png")));
  accepted(command("layers.delete", R"({"id": "shown"})"));
  EXPECT_EQ(accepted(image("assets/a.png", "later")).revision, 4);
  set_time(kDue);
  ASSERT_TRUE(comes_true([&] { return forbidden_count() == 2 && waiting_count() == 0; }));
  ASSERT_TRUE(comes_true([&] { return manager_->current()->revision == 5; }));
  EXPECT_EQ(images(), (std::vector<std::string>{"assets/a.png", "assets/in.png"}));
}

TEST_F(Names, OfScheduledCommandsAreCheckedAgainAfterARestart) {
  accepted_of(schedule(image("assets/new.png")));
  accepted_of(schedule(image("assets/in.png")));
  manager_.reset();
  std::filesystem::create_symlink(folder_ / "out.png", folder_ / "assets" / "new.png");
  open();
  set_time(kDue);
  ASSERT_TRUE(comes_true([&] { return forbidden_count() == 1 && waiting_count() == 0; }));
  ASSERT_TRUE(comes_true([&] { return manager_->current()->revision == 2; }));
  EXPECT_EQ(images(), std::vector<std::string>{"assets/in.png"});
  EXPECT_EQ(stored(), *manager_->current());
}

}  // namespace
}  // namespace layercast::layers
