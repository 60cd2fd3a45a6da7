#include "tools/streamd/token_file.h"

#include "base/regular_file.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <sys/stat.h>

namespace layercast::tools {
namespace {

using control::AccessToken;

/// The token in a sentence: `the token grafana`.
std::string words_for(const AccessToken& token) {
  return token.name.empty() ? "the token" : "the token " + token.name;
}

bool is_open_to_others(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0 || !S_ISREG(found.st_mode)) return false;
  return (found.st_mode & (S_IROTH | S_IWOTH)) != 0;
}

}  // namespace

base::Result<std::vector<AccessToken>> tokens_in(const std::string& path) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return base::io_error(errno, "cannot read the token", path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  return control::access_tokens_from(text, path);
}

base::Result<std::vector<AccessToken>> tokens_again_in(const std::string& path) {
  TRY_DO(base::check_regular_file(path, "is a folder"));
  return tokens_in(path);
}

std::vector<std::string> token_warnings(const std::string& path,
                                        const std::vector<AccessToken>& tokens) {
  std::vector<std::string> warnings;
  if (is_open_to_others(path)) {
    warnings.push_back("other users can read or change the tokens of " + path +
                       "; `chmod 600` prevents that");
  }
  for (const AccessToken& token : tokens) {
    if (token.text.size() >= control::kTokenBytesSafe) continue;
    warnings.push_back(words_for(token) + " has fewer than " +
                       std::to_string(control::kTokenBytesSafe) +
                       " characters, so that clients may guess it; `openssl rand -hex 16` makes "
                       "one");
  }
  return warnings;
}

std::string summary_of(const std::vector<AccessToken>& tokens) {
  std::string summary;
  for (const AccessToken& token : tokens) {
    if (!summary.empty()) summary += ", ";
    summary += control::name_of(token.role);
    if (!token.name.empty()) summary += " " + token.name;
  }
  return summary;
}

}  // namespace layercast::tools
