#pragma once

#include "base/encoding.hpp"
#include "sandbox/ec2.hpp"

#include <algorithm>
#include <string>
#include <vector>

// Pages of what a Describe… action finds: things with an `id`, in an order that stays.
namespace flame::sandbox {

template <typename Thing> struct Page {
  std::vector<Thing> items = {};
  std::string next_token = {};
};

// What comes after the page that gave `token`, which names its last thing. To be done before the
// filters: that thing may have changed its state since.
template <typename Thing>
Ec2Result<void> skip_pages(std::vector<Thing>& all, const std::string& token)
{
  if (token.empty()) {
    return {};
  }
  const auto last = std::ranges::find(all, from_base64(token).value_or(""), &Thing::id);
  if (last == all.end()) {
    return refuse("InvalidParameterValue", "Unable to parse pagination token");
  }
  all.erase(all.begin(), last + 1);
  return {};
}

template <typename Thing> Page<Thing> cut_page(std::vector<Thing> left, std::size_t size)
{
  Page<Thing> page{.items = std::move(left)};
  if (page.items.size() > size) {
    page.items.resize(size);
    page.next_token = to_base64(page.items.back().id);
  }
  return page;
}

// MaxResults, checked; 1000 when it is not given. EC2 takes it not beside ids, whose set is named
// `ids`.
Ec2Result<int> page_size(const Params& params, bool by_id, std::string_view ids);

} // namespace flame::sandbox
