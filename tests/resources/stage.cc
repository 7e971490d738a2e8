#include "tests/resources/stage.h"

#include <fstream>
#include <iterator>

#include "resources/description.h"
#include "resources/resources_document.h"

namespace penstock {

World home() { return {AccountId{0}, *Region::parse("us-east-1")}; }

DispatchSettings stage_settings() {
  return {.default_account = home().account,
          .default_region = home().region,
          .listen_authority = "127.0.0.1:4566",
          .queue_url_base = {}};
}

std::string Stage::declare(std::string_view text) {
  Declaration declaration;
  if (const auto read = read_resources(text, "r.yaml", home(), declaration); !read)
    return read.error().text();
  Rehearsal rehearsal(real_.facts(), stage_settings(), {}, random_);
  const auto calls = calls_for(declaration, rehearsal);
  if (!calls) return calls.error().text();
  for (const DeclaringCall& one : *calls) {
    if (const auto made = real_.perform(one.call); !made) return one.where + ": in earnest: " + made.error();
  }
  calls_ = calls->size();
  return {};
}

std::string Stage::described() const { return description_of(real_.facts(), {}); }

std::string Stage::call(const ApiCall& call) {
  const auto made = real_.perform(call);
  return made ? std::string() : made.error();
}

std::string repository_file(const std::string& path) {
  std::ifstream file(std::string(PENSTOCK_SOURCE_DIR) + "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace penstock
