#include <doctest/doctest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace {

namespace fs = std::filesystem;

const fs::path examples = fs::path{SUPERVISOR_SOURCE_DIR} / "examples";

struct outcome {
  int code = -1;
  std::string said{}; ///< on both of its streams
};

outcome run(const fs::path& file) {
  const auto command
    = "timeout 50 '" SUPERVISOR_SUPCTL "' run '" + file.string() + "' </dev/null 2>&1";
  auto* const program = popen(command.c_str(), "r");
  REQUIRE(program);
  outcome seen;
  char part[4096];
  while (const auto n = std::fread(part, 1, sizeof part, program))
    seen.said.append(part, n);
  const auto status = pclose(program);
  seen.code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return seen;
}

/// How many lines contain the text.
int lines_with(const std::string& text, const std::string& said) {
  std::istringstream in{said};
  std::string line;
  auto n = 0;
  while (std::getline(in, line))
    n += line.find(text) != std::string::npos;
  return n;
}

/// examples/shop.json with some words replaced, in a folder of its own.
class changed_shop {
public:
  changed_shop() {
    fs::create_directory(folder_);
    std::ostringstream text;
    text << std::ifstream{examples / "shop.json"}.rdbuf();
    text_ = std::move(text).str();
    replace("\"data/orders.jsonl\"", "\"" + (examples / "data/orders.jsonl").string() + "\"");
  }

  ~changed_shop() { fs::remove_all(folder_); }

  /// The first one.
  changed_shop& replace(const std::string& before, const std::string& after) {
    const auto at = text_.find(before);
    REQUIRE_MESSAGE(at != std::string::npos, before);
    text_.replace(at, before.size(), after);
    return *this;
  }

  outcome run() const {
    const auto file = folder_ / "shop.json";
    std::ofstream{file} << text_;
    return ::run(file);
  }

private:
  const fs::path folder_ = fs::temp_directory_path() / ("shop-" + std::to_string(getpid()));
  std::string text_;
};

constexpr auto balanced
  = "reckoning: 3000 orders read = 2979 booked + 21 rejected; nothing lost, nothing twice\n";

bool contains(const std::string& said, std::string_view what) {
  return said.find(what) != std::string::npos;
}

} // namespace

SCENARIO("the shop books every order once, though its parts crash all the time") {
  WHEN("examples/shop.json has run to its end") {
    const auto shop = run(examples / "shop.json");
    CAPTURE(shop.said);

    // One THEN, because each would be a run of its own.
    THEN("all orders are booked or rejected, and each poison order has crashed two workers") {
      CHECK(shop.code == 0);
      CHECK(contains(shop.said, balanced));
      CHECK(lines_with("panicked: poison order 17: nobody sells \"???\", restart in ", shop.said)
            == 2);
      CHECK(lines_with("panicked: poison order ", shop.said) == 42);
      CHECK(contains(shop.said, "crashes seen by the importer: 42, by poison orders\n"));
      CHECK(contains(shop.said, "/pricing panicked: lost the price list at question 60, restart"));
      CHECK_FALSE(contains(shop.said, "gave up"));
    }
  }
}

SCENARIO("the book and the importer's progress survive a restart of the whole shop") {
  GIVEN("a shop that restarts everybody when the pricing service crashes") {
    changed_shop shop;
    shop.replace("one_for_one", "one_for_all").replace("\"25ms\"", "\"10ms\"");

    WHEN("it has run to its end") {
      const auto ended = shop.run();
      CAPTURE(ended.said);

      THEN("no order was lost or booked twice") {
        CHECK(contains(ended.said, "/pricing panicked"));
        CHECK(ended.code == 0);
        CHECK(contains(ended.said, balanced));
      }
    }
  }
}

SCENARIO("a shop with bad arguments does not open") {
  GIVEN("a misspelt key, a zero, a duration without a unit and a file that is not there") {
    changed_shop shop;
    shop.replace("\"write_every\"", "\"write_evry\"")
      .replace("\"crash_every\": 60", "\"crash_every\": 0")
      .replace("\"200ms\"", "200")
      .replace("orders.jsonl\",\n", "order.jsonl\",\n");

    WHEN("it is run") {
      const auto shut = shop.run();
      CAPTURE(shut.said);

      THEN("all faults are named") {
        CHECK(shut.code == 2);
        CHECK(contains(shut.said, "unknown argument, did you mean \"write_every\"?"));
        CHECK(contains(shut.said, "/args/crash_every: 0 is no count"));
        CHECK(contains(shut.said, "/args/keep: 200 is no duration"));
        CHECK(contains(shut.said, "/args/file: there is no file "));
      }
    }
  }
}
