#include "store/store_uri.h"

#include "base/parse_number.h"
#include "store/state_store.h"

#include <algorithm>
#include <array>
#include <optional>

namespace layercast::store {
namespace {

using base::Error;
using base::Result;
using Kind = StoreUri::Kind;

constexpr int kRedisPort = 6379;
constexpr int kSentinelPort = 26379;
constexpr int kPortMax = 65535;
constexpr int kDatabaseMax = 65535;

struct Scheme {
  std::string_view start;
  Kind kind;
  std::string_view example;
};

constexpr std::array kSchemes = {
    Scheme{"sqlite:", Kind::kSqlite, "sqlite:/var/lib/layercast/state.db"},
    Scheme{"memory:", Kind::kMemory, "memory:"},
    Scheme{"redis://", Kind::kRedis, "redis://user:password@localhost:6379/0"},
    Scheme{"redis+unix://", Kind::kRedisUnix, "redis+unix:///run/redis/redis.sock?db=0"},
    Scheme{"redis+sentinel://", Kind::kRedisSentinel,
           "redis+sentinel://:password@host-a:26379,host-b:26379/mymaster/0"},
};

Error fault(std::string_view what, std::string_view example) {
  return base::invalid_input(std::string(what) + "; expected, for example, " +
                             std::string(example));
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_value(text[i + 2]);
    if (low < 0 || high * 16 + low == 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::optional<int> number_of(std::string_view text, int low, int high) {
  const auto value = base::parse_number<int>(text);
  if (!value || text.starts_with('-') || *value < low || *value > high) return std::nullopt;
  return value;
}

/// Parses one URI from left to right; `rest_` is the part that has not been read yet.
class Parser {
 public:
  Parser(const Scheme& scheme, std::string_view rest) : rest_(rest), example_(scheme.example) {
    uri_.kind = scheme.kind;
  }

  Result<StoreUri> parse() {
    switch (uri_.kind) {
      case Kind::kMemory:
        if (!rest_.empty()) return fault("nothing may follow memory:", example_);
        break;
      case Kind::kSqlite:
        TRY_DO(read_path());
        break;
      case Kind::kRedisUnix:
        TRY_DO(read_socket());
        break;
      case Kind::kRedis:
      case Kind::kRedisSentinel:
        TRY_DO(read_authority());
        break;
    }
    return std::move(uri_);
  }

 private:
  Result<void> read_path() {
    if (rest_.empty()) return fault("sqlite: lacks the path of a file", example_);
    if (rest_.starts_with("//")) {
      return fault("the path after sqlite: must not begin with //", example_);
    }
    if (rest_.ends_with('/')) return fault("sqlite: names a folder, not a file", example_);
    uri_.path = rest_;
    return {};
  }

  Result<void> read_socket() {
    // The @ and / of a password are percent-encoded, so the path begins at the first /.
    const size_t slash = rest_.find('/');
    if (slash == std::string_view::npos) {
      return fault("redis+unix:// lacks the absolute path of a socket", example_);
    }
    const std::string_view credentials = rest_.substr(0, slash);
    if (!credentials.empty()) {
      if (!credentials.ends_with('@')) {
        return fault("redis+unix:// takes no host; the path of a socket begins with /", example_);
      }
      TRY_DO(read_credentials(credentials.substr(0, credentials.size() - 1)));
    }
    rest_.remove_prefix(slash);
    TRY_DO(read_query());
    const auto path = percent_decoded(rest_);
    if (!path) return fault("the path of the socket has an invalid %-escape", example_);
    if (path->size() < 2) {
      return fault("redis+unix:// lacks the absolute path of a socket", example_);
    }
    uri_.path = *path;
    return {};
  }

  Result<void> read_authority() {
    if (rest_.find('?') != std::string_view::npos) {
      return fault("the database belongs at the end of the path, not in a query", example_);
    }
    const size_t slash = std::min(rest_.find('/'), rest_.size());
    std::string_view hosts = rest_.substr(0, slash);
    std::string_view path = rest_.substr(slash);
    if (const size_t at = hosts.rfind('@'); at != std::string_view::npos) {
      TRY_DO(read_credentials(hosts.substr(0, at)));
      hosts.remove_prefix(at + 1);
    } else if (path.find('@') != std::string_view::npos) {
      return fault("write a / in a password as %2F and an @ as %40", example_);
    }
    TRY_DO(read_hosts(hosts));
    if (uri_.kind == Kind::kRedisSentinel) TRY_DO(read_master(path));
    return read_database(path);
  }

  Result<void> read_credentials(std::string_view text) {
    const size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
      return fault("the password must follow a colon: user:password@ or :password@", example_);
    }
    if (text.find('@') != std::string_view::npos) {
      return fault("write an @ in a user or password as %40", example_);
    }
    const auto user = percent_decoded(text.substr(0, colon));
    const auto password = percent_decoded(text.substr(colon + 1));
    if (!user || !password) return fault("the user or password has an invalid %-escape", example_);
    if (password->empty()) return fault("the password is empty", example_);
    if (uri_.kind == Kind::kRedisSentinel && !user->empty()) {
      return fault("redis+sentinel:// takes a password without a user", example_);
    }
    uri_.user = *user;
    uri_.password = *password;
    return {};
  }

  Result<void> read_hosts(std::string_view text) {
    while (true) {
      const size_t comma = std::min(text.find(','), text.size());
      TRY_DO(read_host(text.substr(0, comma)));
      if (comma == text.size()) break;
      if (uri_.kind == Kind::kRedis) return fault("redis:// takes only one host", example_);
      text.remove_prefix(comma + 1);
    }
    return {};
  }

  Result<void> read_host(std::string_view text) {
    const bool is_ipv6 = text.starts_with('[');
    const size_t end = is_ipv6 ? text.find(']') : std::min(text.find(':'), text.size());
    if (end == std::string_view::npos) return fault("an IPv6 address lacks its ]", example_);
    const std::string_view host = is_ipv6 ? text.substr(1, end - 1) : text.substr(0, end);
    std::string_view port = text.substr(is_ipv6 ? end + 1 : end);
    if (host.empty()) return fault("a host is missing", example_);
    if (host.find_first_of(" %\t") != std::string_view::npos) {
      return fault("a host contains an invalid character", example_);
    }
    int number = uri_.kind == Kind::kRedis ? kRedisPort : kSentinelPort;
    if (!port.empty()) {
      const auto given =
          port[0] == ':' ? number_of(port.substr(1), 1, kPortMax) : std::optional<int>();
      if (!given) return fault("the port must be a number from 1 to 65535", example_);
      number = *given;
    }
    uri_.hosts.push_back(HostPort{std::string(host), number});
    return {};
  }

  Result<void> read_master(std::string_view& path) {
    if (!path.empty()) path.remove_prefix(1);
    const size_t slash = std::min(path.find('/'), path.size());
    const auto name = percent_decoded(path.substr(0, slash));
    if (!name || name->empty()) return fault("the name of the master is missing", example_);
    uri_.master = *name;
    path.remove_prefix(slash);
    return {};
  }

  Result<void> read_database(std::string_view path) {
    if (path.empty() || path == "/") return {};
    const auto number = number_of(path.substr(1), 0, kDatabaseMax);
    if (!number) return fault("the database must be a number from 0 to 65535", example_);
    uri_.database = *number;
    return {};
  }

  Result<void> read_query() {
    const size_t mark = rest_.find('?');
    if (mark == std::string_view::npos) return {};
    const std::string_view query = rest_.substr(mark + 1);
    const auto number = query.starts_with("db=") ? number_of(query.substr(3), 0, kDatabaseMax)
                                                 : std::optional<int>();
    if (!number) return fault("the query must be db= and a number from 0 to 65535", example_);
    uri_.database = *number;
    rest_ = rest_.substr(0, mark);
    return {};
  }

  std::string_view rest_;
  std::string_view example_;
  StoreUri uri_;
};

/// Removes the query from `rest` and returns it in a form that may be shown.
std::string take_query(std::string_view& rest) {
  const size_t mark = rest.rfind('?');
  if (mark == std::string_view::npos || rest.find('@', mark) != std::string_view::npos) return {};
  const std::string_view query = rest.substr(mark);
  rest = rest.substr(0, mark);
  const bool is_known =
      query.starts_with("?db=") && number_of(query.substr(4), 0, kDatabaseMax).has_value();
  return is_known ? std::string(query) : "?***";
}

/// Whether the list of hosts of a URI without an @ looks like a password without a host.
bool may_hold_password(std::string_view rest) {
  std::string_view hosts = rest.substr(0, rest.find('/'));
  while (!hosts.empty()) {
    const size_t comma = std::min(hosts.find(','), hosts.size());
    const std::string_view host = hosts.substr(0, comma);
    const size_t colon = host.find(':');
    const bool has_port = colon != std::string_view::npos && !host.starts_with('[');
    if (has_port && (colon == 0 || !number_of(host.substr(colon + 1), 0, kPortMax))) return true;
    hosts.remove_prefix(std::min(comma + 1, hosts.size()));
  }
  return false;
}

}  // namespace

base::Result<StoreUri> parse_store_uri(std::string_view uri) {
  const auto scheme =
      std::ranges::find_if(kSchemes, [&](const Scheme& s) { return uri.starts_with(s.start); });
  if (scheme == kSchemes.end()) {
    return base::invalid_input(
        "not a store URI; expected sqlite:PATH, memory:, redis://host:port/db, "
        "redis+unix:///path/to.sock or redis+sentinel://host:port/master-name",
        redacted_uri(uri));
  }
  auto parsed = Parser(*scheme, uri.substr(scheme->start.size())).parse();
  if (parsed.ok()) return parsed;
  Error error = std::move(parsed).error();
  error.where = redacted_uri(uri);
  return error;
}

std::string redacted_uri(std::string_view uri) {
  if (uri.starts_with("sqlite:") || uri.starts_with("memory:")) return std::string(uri);
  const size_t separator = uri.find("://");
  const size_t start =
      separator == std::string_view::npos ? uri.find(':') + 1 : separator + 3;  // npos + 1 is 0
  std::string_view rest = uri.substr(start);
  std::string safe(uri.substr(0, start));
  const std::string query = take_query(rest);
  // Searches the last @: earlier ones belong to a password that should have been percent-encoded.
  const size_t at = rest.rfind('@');
  const bool is_path = rest.starts_with('/') && rest.find(':') == std::string_view::npos;
  if (at != std::string_view::npos && !is_path) {
    const size_t colon = rest.find(':');
    if (colon < at) safe += std::string(rest.substr(0, colon)) + ":";
    safe += "***";
    rest.remove_prefix(at);
  } else if (may_hold_password(rest)) {
    return safe + "***";
  }
  return safe + std::string(rest) + query;
}

}  // namespace layercast::store
