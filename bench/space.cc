#include "bench/space.h"

#include <algorithm>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <thread>

#include "bench/daemon.h"
#include "bench/scratch_directory.h"
#include "bench/scripts.h"

namespace penstock {
namespace {

constexpr std::size_t kConnections = 64;
constexpr std::size_t kBodyBytes = 1024;
constexpr std::size_t kBodies = 997;
constexpr std::uint64_t kMessagesMax = 600'000;
constexpr std::chrono::seconds kRest{60};

// Files may come and go meanwhile.
std::uint64_t bytes_in(const std::filesystem::path& directory) {
  std::uint64_t bytes = 0;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory, ignored)) {
    const std::uint64_t size = entry.is_regular_file(ignored) ? entry.file_size(ignored) : 0;
    if (!ignored) bytes += size;
  }
  return bytes;
}

// Of characters by chance, so that no table holds them in less; the same ones each time.
std::vector<std::string> sends_to(const std::string& url) {
  std::mt19937_64 chance(1);
  std::uniform_int_distribution<int> letter('#', '[');
  std::vector<std::string> sends;
  for (std::size_t at = 0; at < kBodies; ++at) {
    std::string body(kBodyBytes, ' ');
    for (char& character : body) character = static_cast<char>(letter(chance));
    sends.push_back(
        sqs_call("SendMessage", "{\"QueueUrl\":\"" + url + "\",\"MessageBody\":\"" + body + "\"}"));
  }
  return sends;
}

}  // namespace

SpaceFigures measure_space(const BenchmarkOptions& options, const std::function<void(const char*)>& now) {
  const ScratchDirectory scratch(options.directory);
  const Daemon daemon(options.penstock, scratch.path("data"));
  const std::string url = daemon.create_queue("space");
  SpaceFigures figures;
  figures.messages = std::min(kMessagesMax, options.messages);
  const auto load = [&](HttpScript& script) {
    const LoadResult result = run_http_load(daemon.port(), kConnections, std::chrono::hours(1), script);
    if (result.failures > 0) throw std::runtime_error("a request failed");
  };
  now("a queue that is filled");
  Assorted filling(sends_to(url), figures.messages);
  load(filling);
  figures.filled_bytes = bytes_in(scratch.path("data"));
  now("and emptied");
  Drain draining(url, kConnections, UINT64_MAX);
  load(draining);
  if (draining.deleted() != figures.messages)
    throw std::runtime_error(std::to_string(draining.deleted()) + " messages were received and deleted");
  now("a minute of rest");
  std::this_thread::sleep_for(kRest);
  figures.emptied_bytes = bytes_in(scratch.path("data"));
  return figures;
}

}  // namespace penstock
