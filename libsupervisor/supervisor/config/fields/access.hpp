#pragma once

// How a row of a table says which member its key is for. For those who fill them in, and for nobody else.

#include "supervisor/config/fields/read_fields.hpp"
#include "supervisor/config/fields/write_fields.hpp"

namespace supervisor::config {

template <class Member>
struct owner;

template <class T, class X>
struct owner<X T::*> {
  using type = T;
};

/// The struct that a member belongs to.
template <auto Member>
using owner_of = typename owner<decltype(Member)>::type;

/// The spec that keeps a struct in its `more`.
template <class T>
struct whole;

template <>
struct whole<child_details> {
  using type = declared_child_spec;
};

template <>
struct whole<supervisor_details> {
  using type = declared_spec;
};

template <auto Member>
using whole_of = typename whole<owner_of<Member>>::type;

template <auto Member, class T = owner_of<Member>>
inline constexpr access<T> member{into<Member, T>, from<Member, T>, of_fresh<Member, T>};

template <auto Member, class T = whole_of<Member>>
inline constexpr access<T> more{into_more<Member, T>, from_more<Member, T>,
                                of_fresh<Member, owner_of<Member>>};

// Whole numbers, without a word for one that never ends.

template <auto Member, class T = owner_of<Member>>
inline constexpr access<T> count{into_count<Member, T>, from<Member, T>, of_fresh<Member, T>};

template <auto Member, class T = whole_of<Member>>
inline constexpr access<T> more_count{into_more_count<Member, T>, from_more<Member, T>,
                                      of_fresh<Member, owner_of<Member>>};

} // namespace supervisor::config
