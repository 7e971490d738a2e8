#include "server/notification_signer.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/digest.h"
#include "server/log.h"

namespace penstock {
namespace {

constexpr std::string_view kFile = "notification-key.pem";
constexpr std::string_view kPathBegins = "/SimpleNotificationService-";

std::array<std::uint8_t, 16> bytes_of(const std::string& id) {
  std::array<std::uint8_t, 16> bytes{};
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    bytes[at] = static_cast<std::uint8_t>(std::strtoul(id.substr(at * 2, 2).c_str(), nullptr, 16));
  }
  return bytes;
}

// Whole and synced under its name, or not there.
bool store(const std::filesystem::path& path, std::string_view text) {
  const std::string fresh = path.string() + ".new";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return false;
  bool good = true;
  while (good && !text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    good = written > 0;
    if (good) text.remove_prefix(static_cast<std::size_t>(written));
  }
  good = good && fsync(file) == 0;
  good = close(file) == 0 && good;
  std::error_code failed;
  if (good) std::filesystem::rename(fresh, path, failed);
  if (!good || failed) {
    std::filesystem::remove(fresh, failed);
    return false;
  }
  const int directory = open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return false;
  good = fsync(directory) == 0;
  close(directory);
  return good;
}

WallTime wall_time() {
  return std::chrono::time_point_cast<WallTime::duration>(std::chrono::system_clock::now());
}

}  // namespace

NotificationSigner::NotificationSigner(std::filesystem::path directory, std::string common_name)
    : directory_(std::move(directory)), common_name_(std::move(common_name)) {}

NotificationKey NotificationSigner::load_or_make() const {
  const std::filesystem::path path = directory_.empty() ? directory_ : directory_ / kFile;
  if (!path.empty()) {
    std::ifstream file(path, std::ios::binary);
    if (file) {
      const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
      auto loaded = NotificationKey::from_pem(text);
      if (loaded) return std::move(*loaded);
      log_error("the key for notifications cannot be used; another one signs until the next start",
                {{"file", path.string()}, {"reason", loaded.error()}});
    }
  }
  auto made = NotificationKey::generate(common_name_, wall_time());
  if (!made) {
    // OpenSSL has no memory or no chance: then nothing of ours can go on.
    log_error("no key for notifications could be made", {{"reason", made.error()}});
    flush_log();
    std::abort();
  }
  const bool present = !path.empty() && std::filesystem::exists(path);
  if (!path.empty() && !present && !store(path, made->pem().revealed())) {
    log_error("the key for notifications could not be stored; another one signs after the next start",
              {{"file", path.string()}});
  }
  return std::move(*made);
}

const NotificationKey& NotificationSigner::key() {
  std::call_once(made_, [this] { key_.emplace(load_or_make()); });
  return *key_;
}

std::array<std::uint8_t, 16> NotificationSigner::key_id() { return bytes_of(key().id()); }

NotificationSigning::Signed NotificationSigner::sign(const Notification& notification,
                                                     const std::string& string_to_sign) {
  const NotificationKey& own = key();
  std::string what = notification.id.text();
  what += static_cast<char>('0' + notification.signature_version);
  what += static_cast<char>('0' + notification.form);
  if (notification.kind != Notification::Kind::kNotification) what += hex(sha256(string_to_sign));
  {
    const std::lock_guard guard(lock_);
    if (const auto found = signatures_.find(what); found != signatures_.end()) {
      return {found->second, own.certificate_file_name()};
    }
  }
  const auto version =
      notification.signature_version == 2 ? SignatureVersion::kSha256 : SignatureVersion::kSha1;
  std::string signature = own.sign(version, string_to_sign);
  const std::lock_guard guard(lock_);
  ++signatures_made_;
  if (signatures_.emplace(what, signature).second) {
    order_.push_back(std::move(what));
    if (order_.size() > kRemembered) {
      signatures_.erase(order_.front());
      order_.pop_front();
    }
  }
  return {std::move(signature), own.certificate_file_name()};
}

std::optional<std::string> NotificationSigner::certificate_at(std::string_view path) {
  if (!path.starts_with(kPathBegins)) return std::nullopt;
  path.remove_prefix(1);
  if (path != key().certificate_file_name()) return std::nullopt;
  return key().certificate_pem();
}

std::uint64_t NotificationSigner::signatures_made() const {
  const std::lock_guard guard(lock_);
  return signatures_made_;
}

}  // namespace penstock
