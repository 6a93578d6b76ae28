// A program of our own with every verb of supctl: a file names what it has to offer.
//
//   04_from_json check 04_from_json.json
//   04_from_json run 04_from_json.json --for 2s
#include <supervisor/cli/cli.hpp>

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <thread>
#include <vector>

namespace sup = supervisor;
using namespace std::chrono_literals;

caf::behavior oven(caf::event_based_actor*) {
  return {
    [](const std::string& dish) { return "baked " + dish; },
  };
}

void cook(sup::child me, std::string dish, sup::supervised_ref<> oven) {
  caf::anon_send(*oven, dish);
  std::this_thread::sleep_for(300ms);
  if (!me.stopping())
    throw std::runtime_error{"burnt the " + dish};
}

/// The "args" of a child arrive as text, to be read with any JSON library.
std::string dish_in(std::string_view args) { return nlohmann::json::parse(args).value("dish", ""); }

sup::catalog kitchen() {
  sup::catalog known;
  known.add("oven", "bakes what it is given",
            [](std::string_view, sup::program&) { return sup::worker(oven); });
  known.add("cook", "bakes one dish after the other, badly; args: dish",
            [](std::string_view args, sup::program&) -> sup::expected<sup::launcher> {
              if (const auto dish = dish_in(args); !dish.empty())
                return sup::blocking_worker(cook, dish, sup::ref<>("oven"));
              return sup::fault{"/dish", "is missing: what to cook"};
            });
  return known;
}

int main(int argc, char** argv) {
  if (argc > 1)
    return sup::cli(argc, argv, kitchen());
  std::vector<std::string> words{argv[0], "run", "04_from_json.json", "--for", "2s"};
  std::vector<char*> typed;
  for (auto& word : words)
    typed.push_back(word.data());
  return sup::cli(static_cast<int>(typed.size()), typed.data(), kitchen());
}
