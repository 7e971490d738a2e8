// What the payloads of several kinds of records are made of: times, ids, lists of texts and of tags.
//
// Reading passes no end and reserves nothing for a count that was only claimed; a list that is there has an
// element, because an empty one is left out.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "broker/record.h"

namespace penstock {

void write_time(ByteWriter& writer, Time time);
Time read_time(ByteReader& reader);

void write_id(ByteWriter& writer, const MessageId& id);
MessageId read_id(ByteReader& reader);

std::string_view raw_bytes(const std::array<std::uint8_t, 16>& bytes);
// False if the value is not 16 bytes.
bool read_raw(std::string_view value, std::array<std::uint8_t, 16>& bytes);

std::string encode_texts(const std::vector<std::string>& texts);
bool read_texts(std::string_view bytes, std::vector<std::string>& texts);

std::string encode_texts(const NamedTexts& texts);
// False unless they ascend by name.
bool read_texts(std::string_view bytes, NamedTexts& texts);

std::string encode_tags(const std::vector<Tag>& tags);
// False unless they ascend by key.
bool read_tags(std::string_view bytes, std::vector<Tag>& tags);

}  // namespace penstock
