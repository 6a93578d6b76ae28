#pragma once

#include <string>
#include <string_view>

namespace frozen::detail {

/// Where in a spec, as a JSON pointer that is put together only when there is something to say. Refers
/// to what it is made of, so it is passed on, and not kept.
class place {
public:
  explicit place(std::string_view start) : step_(start) {}

  /// A field of it.
  place operator/(std::string_view field) const { return {this, field, nowhere}; }

  /// An element of one of its lists.
  place at(std::string_view list, std::size_t i) const { return {this, list, i}; }

  operator std::string() const {
    if (!above_)
      return std::string{step_};
    auto text = std::string{*above_} + "/" + std::string{step_};
    return index_ == nowhere ? text : text + "/" + std::to_string(index_);
  }

private:
  static constexpr auto nowhere = static_cast<std::size_t>(-1);

  place(const place* above, std::string_view step, std::size_t index)
    : above_(above), step_(step), index_(index) {}

  const place* above_ = nullptr;
  std::string_view step_;
  std::size_t index_ = nowhere;
};

} // namespace frozen::detail
