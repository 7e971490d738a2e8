// `penstock credentials`: keeps the file of those who may call.
//
//     penstock credentials add --credentials FILE --user NAME [--account N] [--policy FILE]...
//     penstock credentials list --credentials FILE
//     penstock credentials revoke ID --credentials FILE
//
// The file may be named by PENSTOCK_CREDENTIALS or the configuration file too. `add` draws a new pair and
// prints it; its secret is printed this once. A daemon that is running takes a change up on SIGHUP.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <variant>
#include <vector>

#include "server/start_refusal.h"

namespace penstock {

struct CredentialsCommand {
  struct Add {
    std::string account;
    std::string user;
    std::vector<std::string> policy_files;  // identity-based policies, JSON
  };
  struct List {};
  struct Revoke {
    std::string access_key_id;
  };

  std::string file;
  std::variant<Add, List, Revoke> what;
};

// What is to be printed when it is done.
tl::expected<std::string, StartRefusal> perform(const CredentialsCommand& command);

}  // namespace penstock
