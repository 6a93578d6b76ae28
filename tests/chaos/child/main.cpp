// A child of a scenario: does what its first argument says.

#include "roles.hpp"

#include <array>
#include <cstdlib>
#include <iostream>
#include <string_view>

#include <unistd.h>

namespace chaos::child {

namespace {

struct role {
  std::string_view name;
  void (*play)(const words&);
};

constexpr std::array<role, 11> roles{{{"reports", reports},
                                      {"descendant_reports", descendant_reports},
                                      {"mute", mute},
                                      {"talks_junk", talks_junk},
                                      {"beats", beats},
                                      {"deaf", deaf},
                                      {"freezes_parent", freezes_parent},
                                      {"chains", chains},
                                      {"daemons", daemons},
                                      {"daemon", daemon},
                                      {"prints", prints}}};

} // namespace

int number(const words& all, std::size_t n) {
  return n < all.size() ? std::atoi(all[n].c_str()) : 0;
}

std::string told_socket() {
  const auto* said = std::getenv("NOTIFY_SOCKET");
  const std::string path = said == nullptr ? "" : said;
  std::cout << "socket " + path << std::endl;
  return path;
}

void wait_for_ever() {
  for (;;)
    pause();
}

} // namespace chaos::child

int main(int argc, char** argv) {
  const chaos::child::words all(argv + 1, argv + argc);
  for (const auto& x : chaos::child::roles)
    if (!all.empty() && all.front() == x.name)
      x.play({all.begin() + 1, all.end()});
  std::cerr << "no such role\n";
  return 2;
}
