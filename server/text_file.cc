#include "server/text_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace penstock {

tl::expected<std::string, std::string> read_text_file(const std::string& path, std::size_t bytes_max) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return tl::unexpected(std::string(std::strerror(errno)));
  std::string text;
  std::string block(16 << 10, '\0');
  ssize_t size = 0;
  while (text.size() <= bytes_max) {
    size = ::read(descriptor, block.data(), block.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    text.append(block, 0, static_cast<std::size_t>(size));
  }
  const int error = errno;
  ::close(descriptor);
  if (size < 0) return tl::unexpected(std::string(std::strerror(error)));
  if (text.size() > bytes_max) {
    return tl::unexpected("it is larger than " + std::to_string(bytes_max >> 20) + " MiB");
  }
  return text;
}

}  // namespace penstock
