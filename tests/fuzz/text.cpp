#include "must.hpp"
#include "printable.hpp"

#include <supervisor/os/process/lines.hpp>
#include <supervisor/text/printable.hpp>

#include <cstdint>
#include <vector>

// Whatever programs, files and people say must get to a terminal as a text and as nothing else.

using namespace supervisor;
using showing::colours;

namespace {

void check_shown(std::string_view text, std::size_t most, colours which) {
  const auto shown = showing::printable(text, most, which);
  const auto found = look_at(shown);
  must(found.harmless, "what is shown does nothing but be read");
  must(!found.coloured || which == colours::kept, "colours go to those who want them");
  must(!found.coloured || shown.ends_with("\x1b[0m"), "colours end with their line");
  must(most == showing::whole || found.characters <= most + 3, "what is long is cut");
  must(showing::printable(shown, showing::whole, which) == shown,
       "what can be shown stays as it is");
}

void check_plain(std::string_view text) {
  const auto shown = showing::printable(text, showing::whole);
  if (is_printable(text) && text.find("\\") == text.npos)
    must(shown == text || shown.size() > text.size(), "nothing is lost");
  must(showing::quoted(text, showing::whole) == '"' + shown + '"', "a quotation says the same");
}

using pieces = std::vector<lines::line>;

pieces lines_of(std::string_view text, std::size_t most, std::size_t at_a_time) {
  lines it{most};
  pieces all;
  while (!text.empty()) {
    const auto some = text.substr(0, at_a_time);
    it.feed(some);
    text.remove_prefix(some.size());
    while (auto line = it.next())
      all.push_back(*std::move(line));
  }
  while (auto line = it.rest())
    all.push_back(*std::move(line));
  return all;
}

void check_lines(std::string_view text) {
  const auto all = lines_of(text, text.size() + 1, text.size());
  for (const auto& line : all)
    must(line.text.find_first_of("\r\n") == line.text.npos, "a line has no end within it");
  must(lines_of(text, text.size() + 1, 1) == all, "it does not matter how a text comes");
  std::size_t bytes = 0;
  for (const auto& line : lines_of(text, 5, 3)) {
    must(line.text.size() <= 5, "long lines are cut");
    bytes += line.text.size();
  }
  for (const auto& line : all)
    bytes -= line.text.size();
  must(bytes == 0, "nothing is lost by a cut");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string text{bytes, bytes + size};
  for (const auto which : {colours::removed, colours::kept})
    for (const auto most : {std::size_t{0}, std::size_t{10}, std::size_t{80}, showing::whole})
      check_shown(text, most, which);
  check_plain(text);
  if (!text.empty())
    check_lines(text);
  return 0;
}
