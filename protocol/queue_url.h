// QueueUrl: how queues are named in answers and found in requests.
//
// An answer names a queue as {base}/{account}/{name}, where the base is http:// and the authority that the
// client itself used, so that the URL works from where the client stands; or what a setting says. A request
// may bring any URL that ends in /{account}/{name} (scheme, host and port do not matter), /queue/{name}, or a
// bare name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace penstock {

struct QueueLocator {
  std::optional<std::string_view> account;  // twelve digits; nothing: the caller's own
  std::string_view name;                    // could be a queue's name
};

// Nothing if no queue can be meant.
std::optional<QueueLocator> parse_queue_url(std::string_view url);

// host:port to put into URLs: that of the Host header with the listening port added if it has none, or
// `listen_authority` (host:port) if the header is absent or is no host of at most 255 characters.
std::string public_authority(std::optional<std::string_view> host_header, std::string_view listen_authority);

// `base` is scheme and authority, without a slash at its end.
std::string queue_url(std::string_view base, std::string_view account, std::string_view name);

}  // namespace penstock
