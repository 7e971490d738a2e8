// AttributeDigest: the MD5 over message attributes that senders and receivers compare
// (MD5OfMessageAttributes; Amazon SQS Developer Guide, "Calculating the MD5 message digest").
//
// Of each attribute, in ascending order of names by their bytes: the name, the data type with its label,
// and the value, each after its length in 32 bits, the value also after one byte that says whether it is
// text or bytes. The caller adds them in that order.
#pragma once

#include <string>
#include <string_view>

namespace penstock {

class AttributeDigest {
 public:
  void add(std::string_view name, std::string_view data_type, std::string_view value);

  bool empty() const { return encoded_.empty(); }
  // Lower-case hexadecimal, of what was added so far.
  std::string text() const;

 private:
  std::string encoded_;
};

// Whether values of this data type are bytes (BinaryValue) and not text (StringValue).
bool is_binary_type(std::string_view data_type);

}  // namespace penstock
