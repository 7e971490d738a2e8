#include "broker/mobile_directory.h"

#include <algorithm>
#include <type_traits>
#include <variant>

#include "base/require.h"
#include "broker/named_texts.h"
#include "broker/outgoing.h"
#include "broker/topic_refusals.h"

namespace penstock {
namespace {

constexpr std::size_t kPageMax = 100;
constexpr std::size_t kCodeDigits = 6;
constexpr std::string_view kCode = "Code";
constexpr std::string_view kStatus = "Status";
constexpr std::string_view kToken = "Token";
constexpr std::string_view kEnabled = "Enabled";

tl::unexpected<Error> no_application() {
  return refuse(ErrorCode::kNotFound, "PlatformApplication does not exist");
}
tl::unexpected<Error> no_endpoint() { return refuse(ErrorCode::kNotFound, "Endpoint does not exist"); }

NamedTexts with(NamedTexts texts, const NamedTexts& supplied) {
  for (const auto& [name, text] : supplied) put_text(texts, name, text);
  return texts;
}

bool is_enabled(const MobileRecord& record) {
  const std::string* enabled = find_text(record.texts, kEnabled);
  return enabled == nullptr || *enabled == "true";
}

// "GCM/name/{uuid}": "GCM/name".
std::string_view application_of(std::string_view endpoint) { return endpoint.substr(0, endpoint.rfind('/')); }

std::size_t bytes_of(const MobileRecord& record) {
  constexpr std::size_t kEach = 256;  // of the maps that it stands in, about
  std::size_t bytes = kEach + 2 * record.key.name.size();
  for (const auto& [name, text] : record.texts) bytes += name.size() + text.size() + 64;
  return bytes;
}

// "arn:aws:sns:{region}:{account}:endpoint/{name}"
struct EndpointPlace {
  World world;
  std::string_view name;
};
std::optional<EndpointPlace> place_of(std::string_view arn) {
  constexpr std::string_view kMark = ":endpoint/";
  const std::size_t mark = arn.find(kMark);
  if (mark == std::string_view::npos) return std::nullopt;
  std::string_view head = arn.substr(0, mark);
  const std::size_t account_at = head.rfind(':');
  if (account_at == std::string_view::npos) return std::nullopt;
  const auto account = AccountId::parse(head.substr(account_at + 1));
  head = head.substr(0, account_at);
  const std::size_t region_at = head.rfind(':');
  if (region_at == std::string_view::npos) return std::nullopt;
  const auto region = Region::parse(head.substr(region_at + 1));
  if (!account || !region) return std::nullopt;
  return EndpointPlace{{*account, *region}, arn.substr(mark + kMark.size())};
}

}  // namespace

std::optional<std::string> plain_number(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (text.starts_with('+')) text.remove_prefix(1);
  std::string number = "+";
  bool separated = true;  // no separator may come here
  for (const char c : text) {
    const bool separator = c == '-' || c == '.' || c == '/';
    if (!is_digit(c) && (!separator || separated)) return std::nullopt;
    separated = separator;
    if (!separator) number += c;
  }
  constexpr std::size_t kLeast = 7;
  constexpr std::size_t kMost = 15;  // E.164
  if (separated || number.size() < 1 + kLeast || number.size() > 1 + kMost) return std::nullopt;
  return number;
}

MobileRequest::MobileRequest(const MobileRequest&) = default;
MobileRequest::MobileRequest(MobileRequest&&) noexcept = default;
MobileRequest& MobileRequest::operator=(const MobileRequest&) = default;
MobileRequest& MobileRequest::operator=(MobileRequest&&) noexcept = default;
MobileRequest::~MobileRequest() = default;

bool grows_store(const MobileRequest& request) {
  return std::visit(
      []<class Asked>(const Asked&) {
        return std::is_same_v<Asked, SetSmsAttributes> || std::is_same_v<Asked, OptOut> ||
               std::is_same_v<Asked, CreateSandboxNumber> || std::is_same_v<Asked, CreateApplication> ||
               std::is_same_v<Asked, SetApplicationAttributes> || std::is_same_v<Asked, CreateEndpoint> ||
               std::is_same_v<Asked, SetEndpointAttributes>;
      },
      request);
}

// ---- facts

bool MobileDirectory::concerns(const Change& change) {
  if (const auto* put = std::get_if<Put>(&change)) return std::holds_alternative<MobileRecord>(put->record);
  if (const auto* erase = std::get_if<Erase>(&change)) return std::holds_alternative<MobileKey>(erase->key);
  return false;
}

void MobileDirectory::apply(const Change& change) {
  if (const auto* put_change = std::get_if<Put>(&change)) {
    put(MobileRecord(std::get<MobileRecord>(put_change->record)));
    return;
  }
  erase(std::get<MobileKey>(std::get<Erase>(change).key));
}

void MobileDirectory::erase(const MobileKey& key, Decision& decision) {
  if (!holds(key)) return;
  Change made = Erase{key};
  apply(made);
  decision.outcome.changes.push_back(std::move(made));
}

void MobileDirectory::put(MobileRecord&& record) {
  erase(record.key);
  bytes_ += bytes_of(record);
  if (record.key.kind == MobileKind::kEndpoint) {
    MobileKey application = record.key;
    application.kind = MobileKind::kApplication;
    application.name = std::string(application_of(record.key.name));
    if (const std::string* token = find_text(record.texts, kToken)) {
      tokens_.insert_or_assign({std::move(application), *token}, record.key.name);
    }
  }
  MobileKey key = record.key;
  records_.emplace(std::move(key), std::move(record));
}

void MobileDirectory::erase(const MobileKey& key) {
  const auto found = records_.find(key);
  if (found == records_.end()) return;
  const MobileRecord& record = found->second;
  bytes_ -= bytes_of(record);
  if (const std::string* token = find_text(record.texts, kToken);
      token != nullptr && key.kind == MobileKind::kEndpoint) {
    MobileKey application = key;
    application.kind = MobileKind::kApplication;
    application.name = std::string(application_of(key.name));
    const auto known = tokens_.find({std::move(application), *token});
    if (known != tokens_.end() && known->second == key.name) tokens_.erase(known);
  }
  records_.erase(found);
}

void MobileDirectory::each_fact(const std::function<void(const Record&)>& visit) const {
  for (const auto& [key, record] : records_) visit(record);
}

const MobileRecord* MobileDirectory::find(const World& world, MobileKind kind, std::string_view name) const {
  const auto found = records_.find(MobileKey{partition_, world, kind, std::string(name)});
  return found == records_.end() ? nullptr : &found->second;
}

std::vector<MobileRecord> MobileDirectory::list(const World& world, MobileKind kind, std::string_view prefix,
                                                std::string_view after, std::size_t count) const {
  std::vector<MobileRecord> listed;
  const MobileKey from{partition_, world, kind, std::string(std::max(prefix, after))};
  for (auto at = records_.lower_bound(from); at != records_.end() && listed.size() < count; ++at) {
    const MobileKey& key = at->first;
    if (key.world != world || key.kind != kind || !key.name.starts_with(prefix)) break;
    if (!after.empty() && key.name == after) continue;
    listed.push_back(at->second);
  }
  return listed;
}

bool MobileDirectory::has_endpoint(std::string_view arn) const {
  const auto place = place_of(arn);
  return place && find(place->world, MobileKind::kEndpoint, place->name) != nullptr;
}

bool MobileDirectory::reaches(SubscriptionProtocol protocol, const World& world,
                              std::string_view endpoint) const {
  if (protocol == SubscriptionProtocol::kSms) {
    return find(world, MobileKind::kOptedOut, plain_number(endpoint).value_or(std::string())) == nullptr;
  }
  if (protocol != SubscriptionProtocol::kApplication) return true;
  const auto place = place_of(endpoint);
  const MobileRecord* found = place ? find(place->world, MobileKind::kEndpoint, place->name) : nullptr;
  if (found == nullptr || !is_enabled(*found)) return false;
  const MobileRecord* application = find(place->world, MobileKind::kApplication, application_of(place->name));
  return application != nullptr && is_enabled(*application);
}

// ---- decisions

class MobileDirectory::Act {
 public:
  Act(MobileDirectory& directory, const Command& command, std::string name, Decision& decision)
      : directory_(directory), command_(command), name_(std::move(name)), decision_(decision) {}

  Result<Answer> operator()(const SetSmsAttributes& request) {
    const MobileRecord* present = find(MobileKind::kSmsAttributes);
    return put(MobileKind::kSmsAttributes,
               with(present == nullptr ? NamedTexts{} : present->texts, request.texts));
  }
  Result<Answer> operator()(const DescribeSms&) {
    const MobileRecord* present = find(MobileKind::kSmsAttributes);
    return told(present == nullptr ? MobileRecord{} : *present);
  }

  Result<Answer> operator()(const AskOptedOut&) {
    return Answer(TopicAnswer(OptedOutTold{find(MobileKind::kOptedOut) != nullptr}));
  }
  Result<Answer> operator()(const OptOut&) { return put(MobileKind::kOptedOut, {}); }
  Result<Answer> operator()(const OptIn&) { return take_away(MobileKind::kOptedOut); }
  Result<Answer> operator()(const ListOptedOut& request) {
    return listed(MobileKind::kOptedOut, {}, request.after, kPageMax);
  }

  Result<Answer> operator()(const CreateSandboxNumber&) {
    if (find(MobileKind::kOptedOut) != nullptr) return refuse(ErrorCode::kOptedOut);
    if (find(MobileKind::kSandboxNumber) != nullptr)
      return refuse(ErrorCode::kUserError, "The number is in the sandbox already.");
    std::string code;
    while (code.size() < kCodeDigits) code += static_cast<char>('0' + decision_.random.next() % 10);
    Result<Answer> made =
        put(MobileKind::kSandboxNumber, {{std::string(kCode), code}, {std::string(kStatus), "Pending"}});
    if (!made) return made;
    MessageContent content;
    content.body = "Your verification code is " + code + ".";
    content.notification = std::make_shared<Notification>();
    hand_out(content, SubscriptionProtocol::kSms, name_);
    return made;
  }
  Result<Answer> operator()(const VerifySandboxNumber& request) {
    const MobileRecord* present = find(MobileKind::kSandboxNumber);
    if (present == nullptr) return refuse(ErrorCode::kTaggedResourceNotFound);
    const std::string* code = find_text(present->texts, kCode);
    if (code == nullptr || *code != request.code) return refuse(ErrorCode::kVerificationFailed);
    return put(MobileKind::kSandboxNumber, with(present->texts, {{std::string(kStatus), "Verified"}}));
  }
  Result<Answer> operator()(const DeleteSandboxNumber&) {
    if (find(MobileKind::kSandboxNumber) == nullptr) return refuse(ErrorCode::kTaggedResourceNotFound);
    return take_away(MobileKind::kSandboxNumber);
  }
  Result<Answer> operator()(const ListSandboxNumbers& request) {
    return listed(MobileKind::kSandboxNumber, {}, request.after, request.numbers_max);
  }

  Result<Answer> operator()(const CreateApplication& request) {
    if (const MobileRecord* present = find(MobileKind::kApplication)) {
      if (present->texts == request.texts) return told(*present);
      return invalid_parameter(
          "Name Reason: An application with the same name but different properties already exists");
    }
    return made(put(MobileKind::kApplication, request.texts), MobileKind::kApplication, name_);
  }
  Result<Answer> operator()(const SetApplicationAttributes& request) {
    const MobileRecord* present = find(MobileKind::kApplication);
    if (present == nullptr) return no_application();
    return put(MobileKind::kApplication, with(present->texts, request.texts));
  }
  Result<Answer> operator()(const DescribeApplication&) {
    const MobileRecord* present = find(MobileKind::kApplication);
    if (present == nullptr) return no_application();
    return told(*present);
  }
  // Its endpoints go with it.
  Result<Answer> operator()(const DeleteApplication&) {
    const std::string prefix = name_ + "/";
    for (const MobileRecord& endpoint :
         directory_.list(command_.world, MobileKind::kEndpoint, prefix, {}, SIZE_MAX)) {
      change(Erase{endpoint.key});
    }
    return take_away(MobileKind::kApplication);
  }
  Result<Answer> operator()(const ListApplications& request) {
    return listed(MobileKind::kApplication, {}, request.after, kPageMax);
  }

  Result<Answer> operator()(const CreateEndpoint& request) {
    if (find(MobileKind::kApplication) == nullptr) return no_application();
    const std::string& token = *find_text(request.texts, kToken);
    const MobileKey application = key(MobileKind::kApplication, name_);
    if (const auto known = directory_.tokens_.find({application, token}); known != directory_.tokens_.end()) {
      const MobileRecord& present = *directory_.find(command_.world, MobileKind::kEndpoint, known->second);
      if (with(present.texts, request.texts) == present.texts) return told(present);
      return invalid_parameter("Token Reason: Endpoint " + topic_arn(command_.world, "endpoint/" + known->second) +
                     " already exists with the same Token, but different attributes.");
    }
    std::string name = name_ + "/" + MessageId::draw(decision_.random).text();
    NamedTexts texts = request.texts;
    if (find_text(texts, kEnabled) == nullptr) put_text(texts, kEnabled, "true");
    return made(put(MobileKind::kEndpoint, name, std::move(texts)), MobileKind::kEndpoint, name);
  }
  Result<Answer> operator()(const SetEndpointAttributes& request) {
    const MobileRecord* present = find(MobileKind::kEndpoint);
    if (present == nullptr) return no_endpoint();
    if (const std::string* token = find_text(request.texts, kToken)) {
      const MobileKey application = key(MobileKind::kApplication, std::string(application_of(name_)));
      const auto known = directory_.tokens_.find({application, *token});
      if (known != directory_.tokens_.end() && known->second != name_) {
        return invalid_parameter("Token Reason: Endpoint " + topic_arn(command_.world, "endpoint/" + known->second) +
                       " already exists with the same Token, but different attributes.");
      }
    }
    return put(MobileKind::kEndpoint, with(present->texts, request.texts));
  }
  Result<Answer> operator()(const DescribeEndpoint&) {
    const MobileRecord* present = find(MobileKind::kEndpoint);
    if (present == nullptr) return no_endpoint();
    return told(*present);
  }
  Result<Answer> operator()(const DeleteEndpoint&) { return take_away(MobileKind::kEndpoint); }
  Result<Answer> operator()(const ListEndpoints& request) {
    if (find(MobileKind::kApplication) == nullptr) return no_application();
    return listed(MobileKind::kEndpoint, name_ + "/", request.after, kPageMax);
  }

  Result<Answer> operator()(const PublishDirectly& request) {
    std::string endpoint = name_;
    if (request.protocol == SubscriptionProtocol::kApplication) {
      const MobileRecord* present = find(MobileKind::kEndpoint);
      if (present == nullptr) {
        return invalid_parameter("TargetArn Reason: No endpoint found for the target arn specified");
      }
      const MobileRecord* application =
          directory_.find(command_.world, MobileKind::kApplication, application_of(name_));
      if (application == nullptr || !is_enabled(*application)) {
        return refuse(ErrorCode::kPlatformApplicationDisabled);
      }
      if (!is_enabled(*present)) return refuse(ErrorCode::kEndpointDisabled);
      endpoint = topic_arn(command_.world, "endpoint/" + name_);
    } else if (find(MobileKind::kOptedOut) != nullptr) {
      return refuse(ErrorCode::kOptedOut);
    }
    return Answer(TopicAnswer(
        Published{hand_out(*request.content, request.protocol, std::move(endpoint)), std::nullopt}));
  }

 private:
  MobileKey key(MobileKind kind, std::string name) const {
    return {directory_.partition_, command_.world, kind, std::move(name)};
  }
  const MobileRecord* find(MobileKind kind) const { return directory_.find(command_.world, kind, name_); }

  void change(Change&& made) {
    directory_.apply(made);
    decision_.outcome.changes.push_back(std::move(made));
  }
  Result<Answer> put(MobileKind kind, NamedTexts texts) { return put(kind, name_, std::move(texts)); }
  Result<Answer> put(MobileKind kind, const std::string& name, NamedTexts texts) {
    const MobileRecord* present = directory_.find(command_.world, kind, name);
    MobileRecord record{key(kind, name), std::move(texts),
                        present == nullptr ? decision_.now : present->created};
    const std::size_t before = present == nullptr ? 0 : bytes_of(*present);
    if (bytes_of(record) > before &&
        directory_.bytes_ - before + bytes_of(record) > directory_.limits_.mobile_bytes_max) {
      return refuse(ErrorCode::kThrottled,
                    "There is no room for more applications, endpoints and telephone numbers; delete some.");
    }
    change(Put{std::move(record)});
    return Answer(Done{});
  }
  Result<Answer> take_away(MobileKind kind) {
    if (find(kind) != nullptr) change(Erase{key(kind, name_)});
    return Answer(Done{});
  }
  static Result<Answer> told(const MobileRecord& record) { return Answer(TopicAnswer(MobileFound{record})); }
  Result<Answer> made(Result<Answer>&& done, MobileKind kind, const std::string& name) const {
    return done ? told(*directory_.find(command_.world, kind, name)) : std::move(done);
  }
  Result<Answer> listed(MobileKind kind, std::string_view prefix, std::string_view after,
                        std::size_t most) const {
    MobilesListed listed{directory_.list(command_.world, kind, prefix, after, most + 1), false};
    if (listed.records.size() > most) {
      listed.records.pop_back();
      listed.more = true;
    }
    return Answer(TopicAnswer(std::move(listed)));
  }
  // Its id.
  MessageId hand_out(const MessageContent& content, SubscriptionProtocol protocol, std::string endpoint) {
    auto own = std::make_shared<MessageContent>(content);
    own->notification = std::make_shared<Notification>(*content.notification);
    own->notification->id = MessageId::draw(decision_.random);
    own->notification->published = decision_.now;
    const MessageId id = own->notification->id;
    decision_.reply({kOutgoingSession, 0}, DirectDelivery{protocol, std::move(endpoint), std::move(own)});
    return id;
  }

  MobileDirectory& directory_;
  const Command& command_;
  const std::string name_;
  Decision& decision_;
};

void MobileDirectory::execute(const Command& command, MobileOperation&& operation, Decision& decision) {
  Result<Answer> answer =
      std::visit(Act(*this, command, std::move(operation.name), decision), std::move(operation.request));
  if (answer) {
    decision.reply(command.ticket, std::move(*answer));
  } else {
    decision.reply(command.ticket, std::move(answer.error()));
  }
}

}  // namespace penstock
