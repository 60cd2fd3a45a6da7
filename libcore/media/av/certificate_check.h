#pragma once

#include "media/av/tls_trust.h"

#include <functional>
#include <string>

namespace layercast::media {

/// What is wrong with the certificate of a server that a connection has refused: `the certificate
/// of HOST has expired`. libavformat tells no reason, so this function connects once more; it
/// decides nothing. When that connection finds no fault, the text only says that the verification
/// failed. Blocks for at most three seconds, apart from the look-up of the name. Polls
/// `is_given_up`, which may be empty, ten times a second. Thread: any.
std::string certificate_fault(const TlsPeer& peer, const std::function<bool()>& is_given_up);

/// Initialises the library of certificate_fault(), which otherwise reads its configuration with the
/// first call.
void prepare_certificate_checks();

/// The file with the authorities of the system that certificate_fault() reads.
std::string certificate_check_store();

}  // namespace layercast::media
