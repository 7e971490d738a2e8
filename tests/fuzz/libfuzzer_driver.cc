// Between libFuzzer and a FuzzTarget. The one argument is the corpus directory; flags of libFuzzer may
// follow it.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "tests/fuzz/fuzz_target.h"

namespace {

std::uint64_t examined = 0;
std::string target_name;

void tell_size() {
  std::printf("%s: %llu inputs\n", target_name.c_str(), static_cast<unsigned long long>(examined));
}

void plant_seeds(const std::filesystem::path& corpus) {
  std::filesystem::create_directories(corpus);
  std::size_t number = 0;
  for (const std::string& seed : penstock::seeds()) {
    std::ofstream file(corpus / ("seed-" + std::to_string(number++)), std::ios::binary);
    file.write(seed.data(), static_cast<std::streamsize>(seed.size()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  // Flags given by hand come last and win.
  static std::vector<std::string> words;
  words.assign(*argv, *argv + *argc);
  if (words.size() > 1 && words[1][0] != '-') {
    const std::filesystem::path corpus = words[1];
    plant_seeds(corpus);
    target_name = corpus.filename().string();
    const char* const seconds = std::getenv("FUZZ_SECONDS");
    const std::vector<std::string> flags = {
        std::string("-max_total_time=") + (seconds ? seconds : "20"), "-max_len=4096", "-timeout=10",
        "-rss_limit_mb=1024", "-artifact_prefix=" + corpus.parent_path().string() + "/" + target_name + "-"};
    words.insert(words.begin() + 2, flags.begin(), flags.end());
    std::atexit(tell_size);
  }
  static std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  *argc = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  *argv = pointers.data();
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  penstock::examine({reinterpret_cast<const char*>(data), size});
  ++examined;
  return 0;
}
