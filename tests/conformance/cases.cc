#include "tests/conformance/cases.h"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace penstock::conformance {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<std::vector<CaseFile>> read_case_files(const std::filesystem::path& directory) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (entry.path().extension() == ".case") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<CaseFile> files;
  for (const std::filesystem::path& path : paths) {
    Result<std::vector<Case>> cases = parse_cases(read_text(path));
    if (!cases) return refuse(ErrorCode::kMalformedInput, path.string() + ": " + cases.error().text);
    if (cases->empty()) return refuse(ErrorCode::kMalformedInput, path.string() + ": no case");
    files.push_back({.path = path.string(), .name = path.stem().string(), .cases = std::move(*cases)});
  }
  return files;
}

}  // namespace penstock::conformance
