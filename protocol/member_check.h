// The check that everything required is there, in the words of the layer that AWS's older services have
// before them: every absent member is named by its path, all of them in one sentence.
//
//     1 validation error detected: Value null at 'tags.1.member.key' failed to satisfy constraint: Member
//     must not be null
#pragma once

#include <string>
#include <type_traits>
#include <vector>

#include "base/result.h"
#include "protocol/errors.h"
#include "protocol/field.h"
#include "protocol/text.h"

namespace penstock {

namespace member_check {

template <class Member>
bool is_null(const Member& member) {
  if constexpr (requires { member.has_value(); }) {
    return !member.has_value();
  } else {
    return member.empty();
  }
}

template <HasFields Structure>
void find_absent(const Structure& structure, const std::string& prefix, std::vector<std::string>& paths) {
  static_cast<void>(each_field<Structure>([&](const auto& field) -> Result<void> {
    const auto& member = structure.*(field.member);
    using Member = std::decay_t<decltype(member)>;
    const std::string path = prefix + lower_first(field.name);
    if (field.need == Need::kRequired && is_null(member)) paths.push_back(path);
    if constexpr (requires { member.entries; }) {
      if constexpr (HasFields<typename decltype(member.entries)::value_type::second_type>) {
        for (const auto& [key, value] : member.entries) {
          find_absent(value, path + "." + std::string(echoed(key)) + ".member.", paths);
        }
      }
    } else if constexpr (requires { typename Member::value_type; member.begin(); }) {
      if constexpr (HasFields<typename Member::value_type>) {
        for (std::size_t at = 0; at < member.size(); ++at) {
          find_absent(member[at], path + "." + std::to_string(at + 1) + ".member.", paths);
        }
      }
    }
    return {};
  }));
}

Error absent(const std::vector<std::string>& paths);

}  // namespace member_check

template <HasFields Request>
Result<void> check_members(const Request& request) {
  std::vector<std::string> paths;
  member_check::find_absent(request, {}, paths);
  if (!paths.empty()) return tl::unexpected(member_check::absent(paths));
  return each_field<Request>([&](const auto& field) -> Result<void> {
    if (field.standing != Standing::kNotOffered || member_check::is_null(request.*(field.member))) return {};
    return tl::unexpected(not_offered(joined({"the parameter ", field.name})));
  });
}

}  // namespace penstock
