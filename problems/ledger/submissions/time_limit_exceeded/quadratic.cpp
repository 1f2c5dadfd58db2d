// Looks every account up from the beginning of a linked list.

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <list>
#include <string>

struct Account {
  std::string name;
  std::int64_t balance;
};

int main() {
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);
  int n, m;
  std::cin >> n >> m;
  std::list<Account> accounts;
  const auto find = [&](const std::string& name) -> Account& {
    const auto it = std::find_if(accounts.begin(), accounts.end(), [&](const Account& a) { return a.name == name; });
    if (it != accounts.end()) return *it;
    accounts.push_back({name, 0});
    return accounts.back();
  };
  std::string from, to;
  std::int64_t amount;
  for (int i = 0; i < n; i++) {
    std::cin >> from >> amount;
    accounts.push_back({from, amount});
  }
  int done = 0;
  for (int i = 0; i < m; i++) {
    std::cin >> from >> to >> amount;
    Account& sender = find(from);
    if (sender.balance < amount) continue;
    sender.balance -= amount;
    find(to).balance += amount;
    done++;
  }
  std::cout << done << ' ' << m - done << '\n';
  accounts.sort([](const Account& a, const Account& b) { return a.name < b.name; });
  for (const Account& a : accounts) {
    if (a.balance != 0) std::cout << a.name << ' ' << a.balance << '\n';
  }
}
