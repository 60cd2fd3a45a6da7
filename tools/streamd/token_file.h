#pragma once

#include "base/error.h"
#include "control/access_tokens.h"

#include <string>
#include <vector>

namespace layercast::tools {

/// Reads the tokens of a file. Errors: kIo; those of control::access_tokens_from().
base::Result<std::vector<control::AccessToken>> tokens_in(const std::string& path);

/// Reads the tokens again. Errors: the same, and kInvalidInput for anything but a regular file,
/// which may have ended.
base::Result<std::vector<control::AccessToken>> tokens_again_in(const std::string& path);

/// What is not safe about the file and its tokens, for the log: contains no tokens.
std::vector<std::string> token_warnings(const std::string& path,
                                        const std::vector<control::AccessToken>& tokens);

/// The roles and names for the log: `read grafana, admin lars`.
std::string summary_of(const std::vector<control::AccessToken>& tokens);

}  // namespace layercast::tools
