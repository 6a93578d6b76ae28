#include "options.hpp"

#include "../number.hpp"

namespace soak {

options read_options(const std::vector<std::string>& words) {
  options x;
  const auto number
    = [&](const std::string& name, const std::string& text, double least, double most) {
        const auto n = chaos::as_number(text);
        if (!n || *n < least || *n > most)
          x.wrong = name + ": wants a number from " + std::to_string(least) + " to "
                    + std::to_string(most);
        return n.value_or(0);
      };
  for (std::size_t i = 0; i < words.size(); i += 2) {
    const auto value = i + 1 < words.size() ? words[i + 1] : "";
    if (words[i] == "--minutes")
      x.minutes = number(words[i], value, 0.01, 60 * 24 * 31);
    else if (words[i] == "--pause-every")
      x.pause_every = number(words[i], value, 0, 3600);
    else if (words[i] == "--leak")
      x.leak_kb_per_second = number(words[i], value, 1, 1e6);
    else if (words[i] == "--out")
      x.out = value;
    else if (words[i] == "--commit")
      x.commit = value;
    else
      x.wrong = words[i] + ": no such option";
  }
  return x;
}

} // namespace soak
