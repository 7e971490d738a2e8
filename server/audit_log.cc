#include "server/audit_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "protocol/json_writer.h"
#include "server/log.h"

namespace penstock {
namespace {

constexpr std::chrono::milliseconds kFlushPeriod{500};

std::string numbered(const std::string& path, std::size_t number) {
  return path + "." + std::to_string(number);
}

}  // namespace

std::string audit_line(const AuditEvent& event) {
  std::string line;
  JsonWriter writer(line);
  writer.begin_object();
  writer.member("time", extended_time(event.time));
  const auto member = [&writer](std::string_view name, std::string_view value) {
    if (!value.empty()) writer.member(name, value);
  };
  member("caller", event.caller);
  member("source", event.source);
  member("action", event.action);
  member("resource", event.resource);
  writer.member("outcome", event.error.empty() ? "allowed" : event.denied ? "denied" : "failed");
  member("error", event.error);
  member("request_id", event.request_id);
  writer.end_object();
  return line + "\n";
}

AuditLog::AuditLog(Options options) : options_(std::move(options)), mailbox_(options_.waiting_max) {}

AuditLog::~AuditLog() {
  stopping_.store(true);
  if (thread_.joinable()) {
    mailbox_.insist(std::string());  // nothing to write, and no more waiting
    thread_.join();
  }
  if (file_ != nullptr) std::fclose(file_);
}

std::string AuditLog::start() {
  if (!open()) return options_.path + " cannot be written: " + std::strerror(errno);
  thread_ = std::thread([this] { run(); });
  return {};
}

void AuditLog::note(const AuditEvent& event) {
  if (!mailbox_.post(audit_line(event))) missing_.fetch_add(1, std::memory_order_relaxed);
}

void AuditLog::run() {
  std::vector<std::string> lines;
  while (!stopping_.load()) {
    mailbox_.drain(lines, std::chrono::steady_clock::now() + kFlushPeriod);
    for (const std::string& line : lines) write(line);
    lines.clear();
    if (const std::uint64_t missing = missing_.exchange(0, std::memory_order_relaxed)) {
      static LogLimit limit;
      log_error(limit, "lines of the audit log are missing: more was done than the disk could take",
                {{"lines", missing}});
      write("{\"missing\":" + std::to_string(missing) + "}\n");
    }
    if (file_ != nullptr) std::fflush(file_);
  }
  mailbox_.fetch(lines);
  for (const std::string& line : lines) write(line);
}

void AuditLog::write(std::string_view line) {
  if (line.empty()) return;
  if (bytes_ > 0 && bytes_ + line.size() > options_.bytes_max) rotate();
  if (file_ == nullptr && !open()) {
    missing_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  if (std::fwrite(line.data(), 1, line.size(), file_) != line.size()) {
    std::clearerr(file_);
    missing_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  bytes_ += line.size();
}

void AuditLog::rotate() {
  if (file_ != nullptr) std::fclose(std::exchange(file_, nullptr));
  if (options_.files_max <= 1) {
    unlink(options_.path.c_str());
  } else {
    for (std::size_t number = options_.files_max - 1; number > 1; --number) {
      std::rename(numbered(options_.path, number - 1).c_str(), numbered(options_.path, number).c_str());
    }
    std::rename(options_.path.c_str(), numbered(options_.path, 1).c_str());
  }
  open();
}

bool AuditLog::open() {
  const int descriptor = ::open(options_.path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (descriptor < 0) return false;
  struct stat status {};
  bytes_ = fstat(descriptor, &status) == 0 ? static_cast<std::size_t>(status.st_size) : 0;
  file_ = fdopen(descriptor, "a");
  if (file_ == nullptr) ::close(descriptor);
  return file_ != nullptr;
}

}  // namespace penstock
