#include "tests/conformance/cases.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "tests/conformance/filter_cases.h"

namespace penstock::conformance {

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Result<std::vector<CaseFile>> read_case_files(const std::filesystem::path& root) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(root / "tests/conformance/cases")) {
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
  const std::filesystem::path filters = root / "docs/behaviour/filter_policies.md";
  Result<CaseFile> of_filters = filter_cases(read_text(filters), filters.string());
  if (!of_filters) return refuse(ErrorCode::kMalformedInput, filters.string() + ": " + of_filters.error().text);
  if (of_filters->cases.empty()) return refuse(ErrorCode::kMalformedInput, filters.string() + ": no case");
  files.push_back(std::move(*of_filters));
  return files;
}

}  // namespace penstock::conformance
