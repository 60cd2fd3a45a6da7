#pragma once

namespace layercast::base {

/// An integer that holds the product of any two int64_t.
__extension__ using Int128 = __int128;

}  // namespace layercast::base
