// The bytes of a message: a head of fixed length, then its content as tagged fields. Bodies are made of both,
// a publication has a content.
//
// A copy has another head, and of the content, which is not decoded, other words only of where the message
// was moved from.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "broker/change.h"
#include "broker/message.h"
#include "broker/record.h"

namespace penstock {

inline constexpr std::size_t kHeadBytes = 16 + 8;  // message id, sent

void write_head(ByteWriter& writer, const MessageHead& head);
MessageHead read_head(ByteReader& reader);

void write_content(ByteWriter& writer, const MessageContent& content);
// Null if the bytes are no content.
ContentPtr read_content(ByteReader& reader);
// The content of a copy: as it lies there, but for what the copy says otherwise. False if the bytes are no
// fields.
bool copy_content(ByteReader& reader, const Copy& copy, ByteWriter& writer);

// About the bytes of the content, and never less.
std::size_t content_room(const MessageContent& content);

}  // namespace penstock
