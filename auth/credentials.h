// Credentials: who may call, an immutable snapshot.
//
// A Credential is one key pair and the user that it stands for. A snapshot holds all that are valid at one
// moment and never changes; when the file is read again, a new snapshot takes its place (each thread's
// SignatureVerifier is told to use it), and requests that were verified by the old one keep the Identity
// that they were given. Nothing here is shared between threads except what never changes.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "auth/secret.h"
#include "auth/wall_time.h"
#include "base/random.h"
#include "base/result.h"

namespace penstock {

// Who calls, as far as everybody may know.
struct Identity {
  std::string access_key_id;
  std::string account;  // twelve digits
  std::string user;
  bool session = false;               // a temporary pair, which came with a session token
  std::vector<std::string> policies;  // identity-based policy documents, JSON as they were given

  // "arn:aws:iam::{account}:user/{user}"
  std::string arn() const;
};

struct Credential {
  Identity identity;
  Secret secret_access_key;
  Secret session_token;             // empty: a lasting pair, which must come without a token
  std::optional<WallTime> expires;  // from then on it is refused
};

// Why this cannot be a credential, without repeating anything secret; nothing: it can.
//
// An access key id has 1 to 128 of A-Z, a-z, 0-9 and _-.+=@; a secret has 16 to 256 printable characters
// without blanks (a shorter one can be guessed at leisure from one overheard request); an account has
// twelve digits; a user has 1 to 64 of A-Z, a-z, 0-9 and _+=,.@-; a session token has at most 4,096
// printable characters without blanks, and makes `session` true.
std::optional<std::string> fault_of(const Credential& credential);

// The one pair that is given in words, by the environment: its user is called "environment". Or why it
// cannot be one.
tl::expected<Credential, std::string> environment_credential(std::string_view access_key_id,
                                                             std::string_view secret_access_key,
                                                             std::string_view account);

// A new lasting pair: an id of 20 characters, and 240 random bits as its secret of 40. `random` must be
// the kernel's, except in tests.
Credential new_credential(std::string_view account, std::string_view user, Random& random);

class Credentials {
 public:
  // The snapshot, or why these cannot stand together: one of them has a fault, or two have the same id.
  static tl::expected<std::shared_ptr<const Credentials>, std::string> gather(std::vector<Credential> all);

  // The place of that pair among `all()`.
  std::optional<std::size_t> find(std::string_view access_key_id) const;
  const std::vector<Credential>& all() const { return all_; }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  std::vector<Credential> all_;
  std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> by_id_;
};

// What `credentials list` prints: a line for each pair, and no secret.
std::string listing(const std::vector<Credential>& credentials, WallTime now);

}  // namespace penstock
