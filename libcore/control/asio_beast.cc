// The parts of Asio and Beast that are no templates, compiled once for this module.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
