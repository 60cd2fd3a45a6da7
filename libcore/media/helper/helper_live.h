#pragma once

#include "media/helper/helper_media.h"
#include "media/in/live_connection.h"

namespace layercast::media {

/// For set_live_connector(): reads and decodes live sources in confined processes, one for each
/// connection, which `media.helper` forks with sandbox::Reach::kNetwork. The process gets the files
/// of the system for names and certificates, and a pipe, as descriptors. A camera is read in this
/// process.
/// Errors, beyond those of LiveConnection: kInvalidInput when the process crashed; kLimit when a
/// request took longer than the limits allow; kIo when the process was lost. The connection has
/// ended then. Thread: any.
LiveConnector live_connector_of(const HelperMedia& media);

}  // namespace layercast::media
