#include "store/redis_scene.h"

#include "base/parse_number.h"

#include <algorithm>
#include <utility>

namespace layercast::store {
namespace {

using base::Error;
using base::Result;

constexpr std::chrono::milliseconds kWholePatience{3000};

// KEYS: meta, owner, log. ARGV: writer, lease, milliseconds.
constexpr std::string_view kClaim = R"(
local held = redis.call('GET', KEYS[2])
if held and string.sub(held, 1, #ARGV[1]) ~= ARGV[1] then return {0, held, '', '', ''} end
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
local meta = redis.call('HMGET', KEYS[1], 'rev', 'owner')
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
return {1, '', meta[1] or '', meta[2] or '', last[1] and last[1][1] or ''})";

// KEYS: owner. ARGV: writer.
constexpr std::string_view kRelease = R"(
local held = redis.call('GET', KEYS[1])
if held and string.sub(held, 1, #ARGV[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1)";

// KEYS: meta, layers.
constexpr std::string_view kRead = R"(
local meta = redis.call('HMGET', KEYS[1], 'rev', 'header')
if not meta[1] then return {} end
return {meta[1], meta[2] or '', redis.call('HGETALL', KEYS[2])})";

// KEYS: meta, layers, log, owner. ARGV: writer, lease, milliseconds, mode, base, revision, header,
// channel, kept, entries to keep, then three counts, then ids with layers, ids to delete, revisions
// with commands. The script sets the revision last, so that an aborted write does not count.
constexpr std::string_view kWrite = R"(
local held = redis.call('GET', KEYS[4])
if held and string.sub(held, 1, #ARGV[1]) ~= ARGV[1] then return 'LOST' end
redis.call('SET', KEYS[4], ARGV[2], 'PX', ARGV[3])
local meta = redis.call('HMGET', KEYS[1], 'rev', 'owner')
local rev = meta[1] or '0'
local ours = not meta[2] or meta[2] == ARGV[1]
if ARGV[4] ~= 'whole' then
  if ours and rev == ARGV[6] then return 'OK' end
  if not ours or rev ~= ARGV[5] then return 'CONFLICT' end
elseif rev ~= ARGV[9] then
  redis.call('DEL', KEYS[3])
end
if ARGV[4] ~= 'some' then redis.call('DEL', KEYS[2]) end
local at = 14
for i = 1, tonumber(ARGV[11]) do
  redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1])
  at = at + 2
end
for i = 1, tonumber(ARGV[12]) do
  redis.call('HDEL', KEYS[2], ARGV[at])
  at = at + 1
end
local last = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
local count = tonumber(ARGV[13])
if last[1] and count > 0 and
   tonumber(string.match(last[1][1], '^%d+')) >= tonumber(ARGV[at]) then
  redis.call('DEL', KEYS[3])
end
for i = 1, count do
  redis.call('XADD', KEYS[3], 'MAXLEN', '~', ARGV[10], ARGV[at] .. '-0', 'command', ARGV[at + 1])
  at = at + 2
end
redis.call('HSET', KEYS[1], 'header', ARGV[7], 'owner', ARGV[1], 'rev', ARGV[6])
redis.call('PUBLISH', ARGV[8], ARGV[6])
return 'OK')";

constexpr size_t kShownMax = 40;

// 0 for an empty text; nullopt for anything else that is not a revision.
std::optional<int64_t> revision_of(std::string_view text) {
  if (text.empty()) return 0;
  const auto revision = base::parse_number<int64_t>(text);
  return revision && *revision >= 0 ? revision : std::nullopt;
}

// Of an entry of the journal: `12-0`.
std::optional<int64_t> revision_of_entry(std::string_view id) {
  return revision_of(id.substr(0, id.find('-')));
}

// Another program has changed `key`.
Error not_a_revision(const std::string& text, const std::string& place, const std::string& key) {
  return base::io_error(place + " of " + key + " at Redis is \"" + text.substr(0, kShownMax) +
                        "\"; expected a revision, which is a whole number. Another program has "
                        "changed it: restore it, or delete the key " +
                        key);
}

Error strange() { return base::io_error("unexpected reply from Redis"); }

std::string lease_text(const Lease& lease) { return lease.writer + " " + lease.holder; }

std::string_view mode_name(RemoteWrite::Mode mode) {
  switch (mode) {
    case RemoteWrite::Mode::kSome:
      return "some";
    case RemoteWrite::Mode::kAllLayers:
      return "all";
    case RemoteWrite::Mode::kWhole:
      break;
  }
  return "whole";
}

/// The arguments of the script kWrite after its keys.
std::vector<std::string> arguments_of(const Lease& lease, const RemoteWrite& write,
                                      const std::string& channel) {
  const auto written = std::ranges::count_if(
      write.layers, [](const auto& layer) { return layer.second.has_value(); });
  std::vector<std::string> words = {
      lease.writer,
      lease_text(lease),
      std::to_string(kLeaseTime.count()),
      std::string(mode_name(write.mode)),
      std::to_string(write.base),
      std::to_string(write.revision),
      write.header,
      channel,
      std::to_string(write.kept),
      std::to_string(kJournalEntriesMax),
      std::to_string(written),
      std::to_string(std::ssize(write.layers) - written),
      std::to_string(write.entries.size()),
  };
  for (const auto& [id, layer] : write.layers) {
    if (!layer) continue;
    words.push_back(id);
    words.push_back(*layer);
  }
  for (const auto& [id, layer] : write.layers) {
    if (!layer) words.push_back(id);
  }
  for (const JournalEntry& entry : write.entries) {
    words.push_back(std::to_string(entry.revision));
    words.push_back(entry.command);
  }
  return words;
}

}  // namespace

RedisScene::RedisScene(RedisConnection& connection, const std::string& scene)
    : connection_(connection),
      meta_("{" + scene + "}:meta"),
      layers_("{" + scene + "}:layers"),
      log_("{" + scene + "}:log"),
      channel_("{" + scene + "}:chan"),
      owner_("{" + scene + "}:owner") {}

Result<RedisScene::Claim> RedisScene::claim(const Lease& lease) {
  const std::string milliseconds = std::to_string(kLeaseTime.count());
  const std::string text = lease_text(lease);
  TRY(const RedisReply reply, connection_.command({"EVAL", kClaim, "3", meta_, owner_, log_,
                                                   lease.writer, text, milliseconds}));
  if (reply.items.size() != 5) return strange();
  const std::string& held = reply.items[1].text;
  const size_t blank = std::min(held.find(' '), held.size());
  const std::string& writer = reply.items[3].text;
  const auto revision = revision_of(reply.items[2].text);
  if (!revision && writer != lease.writer) {
    return not_a_revision(reply.items[2].text, "the field rev", meta_);
  }
  return Claim{reply.items[0].integer == 1, held.substr(std::min(blank + 1, held.size())),
               revision.value_or(0), writer, revision_of_entry(reply.items[4].text).value_or(0)};
}

Result<void> RedisScene::release(const Lease& lease) {
  TRY(const RedisReply reply, connection_.command({"EVAL", kRelease, "1", owner_, lease.writer}));
  static_cast<void>(reply);
  return {};
}

Result<RedisScene::Outcome> RedisScene::write(const Lease& lease, const RemoteWrite& write) {
  const std::vector<std::string> arguments = arguments_of(lease, write, channel_);
  std::vector<std::string_view> words = {"EVAL", kWrite, "4", meta_, layers_, log_, owner_};
  words.insert(words.end(), arguments.begin(), arguments.end());
  if (write.mode == RemoteWrite::Mode::kWhole) connection_.set_patience(kWholePatience);
  TRY(const RedisReply reply, connection_.command(words));
  connection_.set_patience(kRedisPatience);
  if (reply.text == "OK") return Outcome::kWritten;
  if (reply.text == "CONFLICT") return Outcome::kConflict;
  if (reply.text == "LOST") return Outcome::kLost;
  return strange();
}

Result<bool> RedisScene::has_owner() {
  TRY(const RedisReply reply, connection_.command({"EXISTS", owner_}));
  return reply.integer > 0;
}

Result<int64_t> RedisScene::revision() {
  TRY(const RedisReply reply, connection_.command({"HGET", meta_, "rev"}));
  const auto revision = revision_of(reply.text);
  if (!revision) return not_a_revision(reply.text, "the field rev", meta_);
  return *revision;
}

Result<std::optional<StoredState>> RedisScene::read() {
  TRY(const RedisReply reply, connection_.command({"EVAL", kRead, "2", meta_, layers_}));
  if (reply.items.empty()) return std::optional<StoredState>();
  if (reply.items.size() != 3) return strange();
  const auto revision = revision_of(reply.items[0].text);
  if (!revision) return not_a_revision(reply.items[0].text, "the field rev", meta_);
  StoredState state{*revision, reply.items[1].text, {}};
  const std::vector<RedisReply>& layers = reply.items[2].items;
  for (size_t i = 0; i + 1 < layers.size(); i += 2) {
    state.layers.emplace_back(layers[i].text, layers[i + 1].text);
  }
  return std::optional(std::move(state));
}

Result<std::vector<JournalEntry>> RedisScene::journal(int64_t after, int count_max) {
  if (count_max <= 0 || after == INT64_MAX) return std::vector<JournalEntry>();
  const std::string first = std::to_string(after + 1) + "-0";
  const std::string count = std::to_string(count_max);
  TRY(const RedisReply reply, connection_.command({"XRANGE", log_, first, "+", "COUNT", count}));
  std::vector<JournalEntry> entries;
  for (const RedisReply& item : reply.items) {
    if (item.items.size() != 2 || item.items[1].items.size() < 2) return strange();
    const std::string& id = item.items[0].text;
    const auto revision = revision_of_entry(id);
    if (!revision) return not_a_revision(id, "the ID of an entry", log_);
    entries.push_back(JournalEntry{*revision, item.items[1].items[1].text});
  }
  return entries;
}

}  // namespace layercast::store
