#include "trees.hpp"

namespace supervisor::searching {

namespace {

using namespace std::chrono_literals;

constexpr stop_budget patient{50ms, 20ms};

declared_child_spec child(std::string id) {
  declared_child_spec x{.id = std::move(id), .start = {"x"}, .shutdown = patient};
  x.start_timeout = 200ms;
  x.backoff = {10ms, 10ms};
  return x;
}

declared_child_spec of(declared_child_spec x, restart when) {
  x.restart = when;
  return x;
}

declared_child_spec with(declared_child_spec x, stop_budget shutdown) {
  x.shutdown = shutdown;
  return x;
}

declared_child_spec optional(declared_child_spec x) {
  x.criticality = criticality::optional;
  return x;
}

declared_child_spec needing(declared_child_spec x, std::string needed) {
  x.dependencies.push_back(std::move(needed));
  return x;
}

declared_child_spec waiting(declared_child_spec x) {
  x.backoff = {300ms, 300ms};
  return x;
}

declared_child_spec slow_to_be_ready(declared_child_spec x) {
  x.readiness = readiness::on_report;
  return x;
}

declared_child_spec significant(declared_child_spec x) {
  x.more.make().significant = true;
  return x;
}

declared_child_spec nested(std::string id, declared_spec tree) {
  auto x = child(std::move(id));
  x.shutdown = std::nullopt;
  x.start.factory.clear();
  x.start.nested = std::make_shared<const declared_spec>(std::move(tree));
  return x;
}

declared_spec flat(strategy how, std::vector<declared_child_spec> children) {
  return {.strategy = how, .intensity = {2, 1s}, .children = std::move(children)};
}

declared_spec ending_with(auto_shutdown when, declared_spec x) {
  x.more.make().auto_shutdown = when;
  return x;
}

constexpr strategy strategies[]
  = {strategy::one_for_one, strategy::one_for_all, strategy::rest_for_one};

void add_flat(std::vector<trial>& all) {
  for (const auto how : strategies) {
    const std::string name{label(how)};
    all.push_back({name + " of 1", flat(how, {child("a")}), 7});
    all.push_back({name + " of 2", flat(how, {child("a"), child("b")}), 4});
    all.push_back(
      {name + " of 3", flat(how, {child("a"), with(child("b"), brutal_kill), child("c")}), 3});
    all.push_back({name + " of 4", flat(how, {child("a"), child("b"), child("c"), child("d")}), 2});
    all.push_back({name + ", kinds of restart",
                   flat(how, {child("a"), of(child("b"), restart::transient),
                              of(child("c"), restart::temporary)}),
                   3});
    all.push_back({name + ", dependencies",
                   flat(how, {slow_to_be_ready(child("a")), needing(child("b"), "a"),
                              needing(optional(child("c")), "b")}),
                   3});
    all.push_back({name + ", optional",
                   flat(how, {child("a"), optional(child("b")), needing(child("c"), "b")}), 3});
    all.push_back({name + ", commands",
                   flat(how, {child("a"), child("b")}),
                   how == strategy::one_for_one ? 3u : 2u,
                   {command::pause_child, command::resume_child, command::restart_child,
                    command::terminate_child}});
    all.push_back(
      {.name = name + ", commands and a long wait",
       .tree = flat(how, {waiting(child("a")), waiting(child("b")), waiting(child("c"))}),
       .events = 3,
       .commands = {command::start_child, command::restart_child, command::terminate_child},
       .added = "/c"});
    all.push_back(
      {name + ", significant",
       ending_with(auto_shutdown::any_significant,
                   flat(how, {child("a"), significant(of(child("b"), restart::transient))})),
       4});
  }
}

void add_nested(std::vector<trial>& all) {
  for (const auto above : strategies)
    for (const auto below : strategies)
      all.push_back(
        {std::string{label(above)} + " over " + std::string{label(below)},
         flat(above, {child("a"), nested("shop", flat(below, {child("b"), child("c")}))}),
         above == below ? 3u : 2u});
  all.push_back(
    {"a supervisor that may not take its time",
     flat(strategy::one_for_all,
          {child("a"), with(nested("shop", flat(strategy::one_for_one, {child("b")})), patient)}),
     3});
}

declared_spec chain(restart of_second = restart::permanent) {
  return flat(strategy::one_for_dependents,
              {child("a"), needing(of(optional(child("b")), of_second), "a"),
               needing(optional(child("c")), "b")});
}

/// Without dependencies it is one_for_one.
void add_dependents(std::vector<trial>& all) {
  constexpr auto how = strategy::one_for_dependents;
  const auto named
    = [](std::string_view what) { return std::string{label(how)} + ", " + std::string{what}; };
  all.push_back({named("chain of 3"), chain(), 3});
  all.push_back(
    {named("a bystander"), flat(how, {child("a"), child("b"), needing(child("c"), "a")}), 3});
  all.push_back({named("slow to be ready"),
                 flat(how, {slow_to_be_ready(child("a")), needing(child("b"), "a"),
                            needing(optional(child("c")), "b")}),
                 3});
  all.push_back({named("diamond"),
                 flat(how, {child("a"), needing(child("b"), "a"), needing(child("c"), "a"),
                            needing(needing(child("d"), "b"), "c")}),
                 2});
  all.push_back({named("two that one needs"),
                 flat(how, {child("a"), child("b"), needing(needing(child("c"), "a"), "b")}), 3});
  all.push_back({named("transient"), chain(restart::transient), 3});
  all.push_back({named("temporary"), chain(restart::temporary), 3});
  all.push_back({named("commands"),
                 chain(),
                 2,
                 {command::pause_child, command::resume_child, command::restart_child,
                  command::terminate_child, command::quarantine_child}});
  all.push_back({named("significant"),
                 ending_with(auto_shutdown::any_significant,
                             flat(how, {child("a"), significant(of(needing(child("b"), "a"),
                                                                   restart::transient))})),
                 4});
  all.push_back(
    {named("a supervisor that needs one"),
     flat(how,
          {child("a"), needing(nested("shop", flat(strategy::one_for_one, {child("b")})), "a")}),
     3});
  all.push_back(
    {named("below another"),
     flat(strategy::one_for_all,
          {child("a"), nested("shop", flat(how, {child("b"), needing(child("c"), "b")}))}),
     2});
}

void add_outside(std::vector<trial>& all) {
  for (const auto how : strategies) {
    const auto two = flat(how, {child("a"), slow_to_be_ready(child("b"))});
    all.push_back(
      {.name = std::string{label(how)} + ", pauses", .tree = two, .events = 3, .pauses = true});
    all.push_back({.name = std::string{label(how)} + ", programs of many processes",
                   .tree = two,
                   .events = 3,
                   .programs = true});
  }
  all.push_back(
    {.name = "nested, pauses and programs",
     .tree = flat(strategy::one_for_one,
                  {child("a"), nested("shop", flat(strategy::one_for_all, {child("b")}))}),
     .events = 2,
     .pauses = true,
     .programs = true});
  const auto needy
    = flat(strategy::one_for_dependents, {slow_to_be_ready(child("a")), needing(child("b"), "a")});
  all.push_back({.name = "one_for_dependents, pauses", .tree = needy, .events = 3, .pauses = true});
  all.push_back({.name = "one_for_dependents, programs of many processes",
                 .tree = needy,
                 .events = 3,
                 .programs = true});
}

} // namespace

std::vector<trial> all_trials() {
  std::vector<trial> all;
  add_flat(all);
  add_dependents(all);
  add_nested(all);
  add_outside(all);
  return all;
}

} // namespace supervisor::searching
