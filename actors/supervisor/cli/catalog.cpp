#include "supervisor/cli/catalog.hpp"

#include "supervisor/cli/commands/loading.hpp"
#include "supervisor/config/json.hpp"
#include "supervisor/rules/names.hpp"
#include "supervisor/text/printable.hpp"

#include <exception>
#include <optional>
#include <utility>

namespace supervisor {

catalog& catalog::add(std::string name, std::string about, factory make) {
  entries_.insert_or_assign(std::move(name), entry{std::move(about), std::move(make)});
  return *this;
}

catalog& catalog::run_processes_with(std::function<launcher(process_spec)> make) {
  make_process_ = std::move(make);
  return *this;
}

catalog& catalog::add_check(std::string name, std::function<bool()> holds) {
  checks_.insert_or_assign(std::move(name), std::move(holds));
  return *this;
}

catalog& catalog::is_version(std::string of_program) {
  version_ = std::move(of_program);
  return *this;
}

catalog& catalog::take_secrets_from(secret_provider from) {
  secrets_ = std::move(from);
  return *this;
}

std::vector<std::string_view> catalog::checks() const {
  std::vector<std::string_view> all;
  for (const auto& [name, holds] : checks_)
    all.push_back(name);
  return all;
}

bool catalog::knows(std::string_view name) const { return entries_.contains(name); }

std::vector<std::string_view> catalog::names() const {
  std::vector<std::string_view> all;
  for (const auto& [name, known] : entries_)
    all.push_back(name);
  return all;
}

std::string_view catalog::about(std::string_view name) const {
  const auto known = entries_.find(name);
  return known == entries_.end() ? std::string_view{} : known->second.about;
}

namespace {

std::string place_of(const std::string& above, std::size_t child) {
  return above + "/children/" + std::to_string(child);
}

/// What is said of names that a catalog does not know.
class unknown_words {
public:
  explicit unknown_words(const catalog& known)
    : factories_(names_of(known.names())), checks_(names_of(known.checks())) {}

  fault factory(std::string_view name, const std::string& where) {
    return {where + "/factory", "unknown factory " + showing::quoted(name) + instead_of(name)};
  }

  fault check(std::string_view name, const std::string& where) {
    return {where + "/check", "unknown check " + showing::quoted(name) + checks_.closest(name)};
  }

private:
  static detail::names names_of(const std::vector<std::string_view>& all) {
    detail::names made{all.size()};
    for (const auto name : all)
      made.add(name);
    return made;
  }

  std::string instead_of(std::string_view name) {
    if (auto near = factories_.closest(name); !near.empty())
      return near;
    const auto some = factories_.some();
    return some.empty() ? "" : ", known here: " + some;
  }

  detail::names factories_, checks_;
};

std::string place_of_gate(const std::string& child, std::size_t gate) {
  return child + "/preconditions/" + std::to_string(gate);
}

void list_unknown_checks(const declared_child_spec& child, const catalog& known, unknown_words& say,
                         const std::string& where, faults& found) {
  if (!child.more)
    return;
  const auto& gates = child.more->preconditions;
  for (std::size_t i = 0; i < gates.size(); ++i)
    if (!gates[i].check.empty() && !known.knows_check(gates[i].check))
      found.push_back(say.check(gates[i].check, place_of_gate(where, i)));
}

void list_unknown(const declared_spec& spec, const catalog& known, unknown_words& say,
                  const std::string& where, faults& found) {
  for (std::size_t i = 0; i < spec.children.size(); ++i) {
    const auto& start = spec.children[i].start;
    const auto here = place_of(where, i);
    if (start.nested)
      list_unknown(*start.nested, known, say, here + "/supervisor", found);
    else if (!start.process && !known.knows(start.factory))
      found.push_back(say.factory(start.factory, here));
    list_unknown_checks(spec.children[i], known, say, here, found);
  }
}

} // namespace

/// The names of one tree, while they are replaced.
class binding {
public:
  using make_start = std::function<expected<launcher>(const declared_start&)>;

  binding(const catalog& known, make_start make)
    : known_(known), make_(std::move(make)), say_(known) {}

  supervisor_spec bind(const declared_spec& from, const std::string& where) {
    const auto& [id, how, limit, children, by_default, more, says_intensity]
      = from; // a new member stops here
    supervisor_spec to{.id = id,
                       .strategy = how,
                       .intensity = limit,
                       .children = {},
                       .defaults = by_default,
                       .more = more,
                       .says_intensity = says_intensity};
    to.children.reserve(children.size());
    for (std::size_t i = 0; i < children.size(); ++i)
      to.children.push_back(bind(children[i], place_of(where, i)));
    return to;
  }

  child_spec bind(const declared_child_spec& from, const std::string& where) {
    const auto& [id, start, when, wait, by, stop, ready, needs, matters, in_time, more] = from;
    return {.id = id,
            .start = bind(start, where),
            .restart = when,
            .backoff = wait,
            .policy = by,
            .shutdown = stop,
            .readiness = ready,
            .dependencies = needs,
            .criticality = matters,
            .start_timeout = in_time,
            .more = bind(more, where)};
  }

  faults found{};

private:
  launcher bind(const declared_start& from, const std::string& where) {
    if (from.nested)
      return nested(bind(*from.nested, where + "/supervisor"));
    if (from.process && known_.make_process_)
      return known_.make_process_(*from.process);
    if (from.process) {
      found.push_back({where + "/process", "this program was built without processes"});
      return {};
    }
    if (!known_.knows(from.factory)) {
      found.push_back(say_.factory(from.factory, where));
      return {};
    }
    auto made = make_(from);
    if (made)
      return detail::declared_as(*made, from);
    for (const auto& x : made.error())
      found.push_back({where + "/args" + x.where, x.what, x.line});
    return {};
  }

  boxed<child_details> bind(const boxed<child_details>& from, const std::string& where) {
    auto to = from;
    if (!from || from->preconditions.empty())
      return to;
    auto& gates = to.make().preconditions;
    for (std::size_t i = 0; i < gates.size(); ++i)
      bind(gates[i], place_of_gate(where, i));
    return to;
  }

  void bind(precondition& gate, const std::string& where) {
    if (gate.check.empty())
      return;
    if (const auto known = known_.checks_.find(gate.check); known != known_.checks_.end())
      gate.holds = known->second;
    else
      found.push_back(say_.check(gate.check, where));
  }

  const catalog& known_;
  const make_start make_;
  unknown_words say_;
};

namespace {

std::string_view or_object(std::string_view args) { return args.empty() ? "{}" : args; }

} // namespace

faults unknown_names(const declared_spec& spec, const catalog& known) {
  faults found;
  unknown_words say{known};
  list_unknown(spec, known, say, "", found);
  return found;
}

expected<launcher> catalog::make(const declared_start& x, program& in) const {
  try {
    return entries_.find(x.factory)->second.make(or_object(x.args), in);
  } catch (const std::exception& why) { // a factory is other people's code
    return fault{"", std::string{"the factory threw: "} + why.what()};
  }
}

catalog::bound<supervisor_spec> catalog::bind_known(const declared_spec& spec, program& in) const {
  binding names{*this, [&](const declared_start& x) { return make(x, in); }};
  auto tree = names.bind(spec, "");
  return {std::move(tree), std::move(names.found)};
}

catalog::bound<child_spec> catalog::bind_known(const declared_child_spec& child,
                                               program& in) const {
  binding names{*this, [&](const declared_start& x) { return make(x, in); }};
  auto made = names.bind(child, "");
  return {std::move(made), std::move(names.found)};
}

namespace {

template <class Spec>
expected<Spec> whole(catalog::bound<Spec> x) {
  if (!x.wrong.empty())
    return std::move(x.wrong);
  return std::move(x.spec);
}

} // namespace

expected<supervisor_spec> catalog::bind(const declared_spec& spec, program& in) const {
  return whole(bind_known(spec, in));
}

expected<child_spec> catalog::bind(const declared_child_spec& child, program& in) const {
  return whole(bind_known(child, in));
}

expected<child_spec> child_from_json(std::string_view text, const catalog& known, program& in) {
  auto file = child_draft::of(std::string{text});
  if (!file.read())
    return file.wrong();
  auto bound = known.bind_known(*file.read(), in);
  file.add(bound.wrong);
  if (!file.is_good())
    return file.wrong();
  return std::move(bound.spec);
}

} // namespace supervisor
