#include "supervisor/os/process/lines.hpp"

#include <algorithm>

namespace supervisor {

namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// At most `size`, and not within a character of UTF-8.
std::size_t good_cut(std::string_view text, std::size_t size) {
  constexpr std::size_t longest = 4;
  auto cut = size;
  while (cut > 0 && size - cut < longest && continues_character(text[cut]))
    --cut;
  return cut == 0 || continues_character(text[cut]) ? size : cut;
}

} // namespace

lines::lines(std::size_t max_bytes) : max_bytes_(std::max<std::size_t>(max_bytes, 1)) {}

void lines::feed(std::string_view more) {
  text_.erase(0, begin_);
  scanned_ -= begin_;
  begin_ = 0;
  text_ += more;
}

std::optional<lines::line> lines::next() {
  skip_rest_of_end();
  while (true) {
    const auto end = text_.find_first_of("\r\n", scanned_);
    const auto size = std::min(end, text_.size()) - begin_;
    if (size > max_bytes_)
      return take(good_cut(std::string_view{text_}.substr(begin_), max_bytes_), 0, true);
    if (end == std::string::npos) {
      scanned_ = text_.size();
      return std::nullopt;
    }
    within_end_ = text_[end] == '\r';
    if (size > 0 || !within_end_)
      return take(size, 1, false);
    if (!skip_returns())
      return std::nullopt;
  }
}

std::optional<lines::line> lines::rest() {
  if (auto whole = next())
    return whole;
  if (waiting() == 0 || text_[begin_] == '\r')
    return std::nullopt;
  return take(waiting(), 0, false);
}

/// Of a line that was taken at its first CR: more of them, and a line feed.
void lines::skip_rest_of_end() {
  while (within_end_ && begin_ < text_.size()) {
    within_end_ = text_[begin_] == '\r';
    begin_ += within_end_ || text_[begin_] == '\n';
  }
  scanned_ = std::max(scanned_, begin_);
}

/// Of a line that is empty so far, of which only a line feed makes one. False: it may come still.
bool lines::skip_returns() {
  within_end_ = false;
  const auto after = text_.find_first_not_of('\r', begin_);
  begin_ = scanned_ = after == std::string::npos ? text_.size() - 1 : after;
  return after != std::string::npos;
}

lines::line lines::take(std::size_t size, std::size_t skipped, bool cut) {
  line taken{text_.substr(begin_, size), cut};
  begin_ += size + skipped;
  scanned_ = std::max(scanned_, begin_);
  return taken;
}

} // namespace supervisor
