// The text in which credentials are kept, YAML:
//
//   credentials:
//     - access_key_id: AKPSWZ7Q3N5VJ2K4XLTA
//       secret_access_key: "..."
//       account: "123456789012"
//       user: alice
//       policies:                        # optional: identity-based policy documents, JSON
//         - '{"Version":"2012-10-17","Statement":[...]}'
//       session_token: "..."             # optional: makes it a temporary pair
//       expires: 2026-12-31T23:59:59Z    # optional: from then on it is refused
//
// Reading is strict: a key that is unknown, missing or given twice, a second document and a control
// character are refused with line and column; a typing error never becomes an open door. Changing is done in
// the text itself, line by line, so comments, order and everything else stay as somebody wrote them; the
// changed text is read again, and unless it says exactly the old credentials with the one change, it is not
// given out.
//
// No complaint repeats what may be a secret.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "auth/credentials.h"
#include "base/result.h"

namespace penstock {

struct Complaint {
  int line = 0;  // from 1; 0: about the text as a whole
  int column = 0;
  std::string text;

  // "line 3, column 5: ..."
  std::string told() const;
};

inline constexpr std::size_t kCredentialsTextMax = 1 << 20;

// An empty text, or one without entries, has no credentials.
tl::expected<std::vector<Credential>, Complaint> read_credentials(std::string_view text);

// The text with one more entry at its end; refused if the id is there already.
tl::expected<std::string, Complaint> with_credential(std::string_view text, const Credential& credential);

// The text without the entry of that id, which must be there.
tl::expected<std::string, Complaint> without_credential(std::string_view text,
                                                        std::string_view access_key_id);

}  // namespace penstock
