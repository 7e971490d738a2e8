// CredentialsFile: the file that credentials are kept in, read and changed on disk.
//
// A change is made under a lock of the file's directory, written to a new file beside it and put in its place
// by one rename, with the mode and owner that it had: whoever reads it, before, during or after a crash,
// reads the whole of one version. A new file is readable by its owner alone (0600). A symbolic link stays
// one; what it points to is changed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "auth/credentials.h"
#include "base/result.h"

namespace penstock {

class CredentialsFile {
 public:
  struct Contents {
    std::vector<Credential> credentials;
    // Set if the file's mode lets others than its owner at it: what is wrong, and the command that mends it.
    std::optional<std::string> exposed;
  };

  explicit CredentialsFile(std::string path) : path_(std::move(path)) {}

  // What it says, or one line on why it cannot be read: "{path}: line 3, column 5: ...".
  tl::expected<Contents, std::string> read() const;

  // The file has the credential, or loses the one of that id, when they return without an error; otherwise
  // it is as before. `add` makes the file if there is none.
  tl::expected<void, std::string> add(const Credential& credential) const;
  tl::expected<void, std::string> revoke(std::string_view access_key_id) const;

 private:
  std::string path_;
};

}  // namespace penstock
