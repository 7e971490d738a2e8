#include "protocol/queue_url.h"

#include "base/character_set.h"
#include "protocol/text.h"
#include "protocol/text_rules.h"

namespace penstock {
namespace {

constexpr std::size_t kUrlMax = 2048;
constexpr std::size_t kHostMax = 255;

constexpr CharacterSet kInHost = CharacterSet::alphanumeric("-._");
constexpr CharacterSet kInAddress = CharacterSet::of("0123456789abcdefABCDEF:.");  // of IPv6

bool is_account(std::string_view text) { return text.size() == 12 && kDecimalDigits.makes(text); }

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !kDecimalDigits.makes(text)) return false;
  int port = 0;
  for (const char digit : text) port = port * 10 + (digit - '0');
  return port >= 1 && port <= 65535;
}

// What follows the last slash, which leaves the path together with it.
std::string_view take_last_segment(std::string_view& path) {
  const std::size_t slash = path.rfind('/');
  const std::string_view segment = slash == std::string_view::npos ? path : path.substr(slash + 1);
  path = path.substr(0, slash == std::string_view::npos ? 0 : slash);
  return segment;
}

// The length of the host at the head of the text, brackets of an IPv6 address included; 0: no host.
std::size_t host_length(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || end < 3) return 0;
    return kInAddress.makes(text.substr(1, end - 1)) ? end + 1 : 0;
  }
  return kInHost.prefix(text);
}

}  // namespace

std::optional<QueueLocator> parse_queue_url(std::string_view url) {
  if (url.size() > kUrlMax) return std::nullopt;
  std::string_view path = url;
  if (const std::size_t scheme = path.find("://"); scheme != std::string_view::npos) {
    path.remove_prefix(scheme + 3);
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    path.remove_prefix(slash);
  }
  path = path.substr(0, path.find('?'));
  path = path.substr(0, path.find('#'));
  if (path.starts_with('/')) path.remove_prefix(1);

  const std::string_view name = take_last_segment(path);
  if (!is_standard_queue_name(name) && !is_fifo_queue_name(name)) return std::nullopt;
  const std::string_view parent = take_last_segment(path);
  if (parent.empty() || parent == "queue") return QueueLocator{std::nullopt, name};
  if (!is_account(parent)) return std::nullopt;
  return QueueLocator{parent, name};
}

std::string public_authority(std::optional<std::string_view> host_header, std::string_view listen_authority) {
  if (!host_header || host_header->size() > kHostMax) return std::string(listen_authority);
  const std::size_t length = host_length(*host_header);
  if (length == 0) return std::string(listen_authority);
  const std::string_view port = host_header->substr(length);
  if (port.starts_with(':') && is_port(port.substr(1))) return std::string(*host_header);
  if (!port.empty()) return std::string(listen_authority);
  const std::size_t colon = listen_authority.rfind(':');
  std::string authority(*host_header);
  if (colon != std::string_view::npos) authority += listen_authority.substr(colon);
  return authority;
}

std::string queue_url(std::string_view base, std::string_view account, std::string_view name) {
  return joined({base, "/", account, "/", name});
}

}  // namespace penstock
