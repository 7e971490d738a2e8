#include "auth/credentials_file.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <memory>
#include <system_error>
#include <utility>

#include "auth/credentials_document.h"

namespace penstock {
namespace {

template <class T>
using Told = tl::expected<T, std::string>;

tl::unexpected<std::string> failed(const std::string& path, std::string_view what) {
  const int error = errno;
  return tl::unexpected(path + ": " + std::string(what) + ": " + std::generic_category().message(error));
}

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  bool open() const { return number_ >= 0; }
  int number() const { return number_; }
  // Closes it now, to see whether that goes well.
  bool close() { return ::close(std::exchange(number_, -1)) == 0; }

 private:
  int number_;
};

Descriptor open_file(const std::string& path, int flags, mode_t mode = 0) {
  return Descriptor(::open(path.c_str(), flags | O_CLOEXEC, mode));
}

// The file's text, which is wiped when it goes.
struct FileText {
  std::string text;
  struct stat status {};

  FileText() = default;
  FileText(FileText&& other) noexcept : text(std::move(other.text)), status(other.status) {}
  FileText& operator=(FileText&&) = delete;
  ~FileText() { OPENSSL_cleanse(text.data(), text.size()); }
};

Told<FileText> read_file(const std::string& path) {
  // Without O_NONBLOCK a pipe in its place would be waited for.
  const Descriptor file = open_file(path, O_RDONLY | O_NONBLOCK);
  if (!file.open()) return failed(path, "cannot be opened");
  FileText read;
  if (::fstat(file.number(), &read.status) != 0) return failed(path, "cannot be examined");
  if (!S_ISREG(read.status.st_mode)) return tl::unexpected(path + ": is not a file");
  read.text.reserve(kCredentialsTextMax + 1);  // so that no copy is left behind
  std::array<char, 4096> chunk;
  while (read.text.size() <= kCredentialsTextMax) {
    const ssize_t got = ::read(file.number(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(path, "cannot be read");
    if (got == 0) break;
    read.text.append(chunk.data(),
                     std::min(static_cast<std::size_t>(got), kCredentialsTextMax + 1 - read.text.size()));
  }
  OPENSSL_cleanse(chunk.data(), chunk.size());
  return read;
}

bool write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t put = ::write(descriptor, text.data(), text.size());
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Where the file really lies; the path itself if there is none yet.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(::realpath(path.c_str(), nullptr), &std::free);
  return real ? std::string(real.get()) : path;
}

Told<void> replace_file(const std::string& path, const Descriptor& directory, std::string_view text,
                        const struct stat* before) {
  const std::string beside = path + ".new";
  ::unlink(beside.c_str());  // a crash may have left one; nobody else is here while the directory is locked
  Descriptor file = open_file(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600);
  if (!file.open()) return failed(beside, "cannot be created");
  bool good = true;
  struct stat made {};
  if (before != nullptr && ::fstat(file.number(), &made) == 0 &&
      (made.st_uid != before->st_uid || made.st_gid != before->st_gid)) {
    good = ::fchown(file.number(), before->st_uid, before->st_gid) == 0;
  }
  good = good && (before == nullptr || ::fchmod(file.number(), before->st_mode & 07777) == 0);
  good = good && write_all(file.number(), text) && ::fsync(file.number()) == 0 && file.close() &&
         ::rename(beside.c_str(), path.c_str()) == 0;
  if (!good) {
    auto failure = failed(path, "cannot be replaced");
    ::unlink(beside.c_str());
    return failure;
  }
  if (::fsync(directory.number()) != 0) return failed(path, "is replaced, but may not outlast a power cut");
  return {};
}

template <class Change>
Told<void> change_file(const std::string& given_path, bool make, Change change) {
  const std::string path = resolved(given_path);
  const std::string directory_path = directory_of(path);
  const Descriptor directory = open_file(directory_path, O_RDONLY | O_DIRECTORY);
  if (!directory.open()) return failed(directory_path, "cannot be opened");
  while (::flock(directory.number(), LOCK_EX) != 0) {
    if (errno != EINTR) return failed(directory_path, "cannot be locked");
  }
  const bool there = ::access(path.c_str(), F_OK) == 0 || !make;
  Told<FileText> before = there ? read_file(path) : Told<FileText>(FileText{});
  if (!before) return tl::unexpected(std::move(before.error()));
  auto after = change(before->text);
  if (!after) return tl::unexpected(given_path + ": " + after.error().told());
  Told<void> replaced = replace_file(path, directory, *after, there ? &before->status : nullptr);
  OPENSSL_cleanse(after->data(), after->size());
  return replaced;
}

std::optional<std::string> exposure_of(const std::string& path, mode_t mode) {
  if ((mode & 077) == 0) return std::nullopt;
  static constexpr char kOctal[] = "01234567";
  std::string digits = "0";
  for (const int shift : {6, 3, 0}) digits += kOctal[(mode >> shift) & 7];
  return path + " can be read by others (its mode is " + digits + "): chmod 600 " + path;
}

}  // namespace

Told<CredentialsFile::Contents> CredentialsFile::read() const {
  Told<FileText> file = read_file(path_);
  if (!file) return tl::unexpected(std::move(file.error()));
  auto credentials = read_credentials(file->text);
  if (!credentials) return tl::unexpected(path_ + ": " + credentials.error().told());
  return Contents{*std::move(credentials), exposure_of(path_, file->status.st_mode)};
}

Told<void> CredentialsFile::add(const Credential& credential) const {
  return change_file(path_, true, [&](std::string_view text) { return with_credential(text, credential); });
}

Told<void> CredentialsFile::revoke(std::string_view access_key_id) const {
  return change_file(path_, false,
                     [&](std::string_view text) { return without_credential(text, access_key_id); });
}

}  // namespace penstock
