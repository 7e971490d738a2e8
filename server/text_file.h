// A file that somebody wrote, read whole.
#pragma once

#include <cstddef>
#include <string>
#include <tl/expected.hpp>

namespace penstock {

// What it holds, or why it cannot be read: the system's reason, or that it is longer than that.
tl::expected<std::string, std::string> read_text_file(const std::string& path, std::size_t bytes_max);

}  // namespace penstock
