// Each request gets one answer, its own.

#include "governed.hpp"

#include <optional>

using namespace governed;

namespace {

/// Answers with the number, and the request before once more.
caf::behavior repeating(caf::event_based_actor* self) {
  const auto before = std::make_shared<std::optional<caf::response_promise>>();
  return {[self, before](int n) {
    if (*before)
      (*before)->deliver(-1);
    auto mine = self->make_response_promise();
    *before = mine;
    mine.deliver(n);
    return mine;
  }};
}

/// Holds each request back until the next one has come, and forgets every third.
caf::behavior forgetful(caf::event_based_actor* self) {
  const auto before = std::make_shared<std::optional<caf::response_promise>>();
  return {[self, before](int n) {
    if (*before)
      (*before)->deliver(n - 1);
    *before = self->make_response_promise();
    auto mine = **before;
    if (n % 3 == 0)
      before->reset();
    return mine;
  }};
}

/// What came of requests 1 to `n`, sent one after the other.
std::string answers(sup::test::tree& it, int n) {
  caf::scoped_actor self{it.system()};
  std::string text;
  for (int i = 1; i <= n; ++i) {
    auto asked = sup::compat::request(self, *it.ref("a"), caf::infinite, i);
    it.run();
    std::move(asked).receive([&](int x) { text += std::to_string(x) + " "; },
                             [&](const caf::error& why) { text += to_string(why) + " "; });
  }
  return text;
}

} // namespace

TEST_CASE("who answers twice does not answer the next request") {
  sup::test::tree it{{.children = {{.id = "a", .start = sup::worker(repeating)}}}};
  CHECK(answers(it, 5) == "1 2 3 4 5 ");
}

TEST_CASE("answers that come late get to their own requests and what is forgotten fails") {
  sup::test::tree it{{.children = {{.id = "a", .start = sup::worker(forgetful)}}}};
  caf::scoped_actor self{it.system()};
  std::string text;
  std::vector<decltype(sup::compat::request(self, caf::actor{}, caf::infinite, 1))> asked;
  for (int i = 1; i <= 7; ++i)
    asked.push_back(sup::compat::request(self, *it.ref("a"), caf::infinite, i));
  it.run();
  for (int i = 1; i <= 6; ++i)
    std::move(asked[static_cast<std::size_t>(i) - 1])
      .receive([&](int x) { text += std::to_string(x) + " "; },
               [&](const caf::error&) { text += "- "; });
  CHECK(text == "1 2 - 4 5 - ");
}
