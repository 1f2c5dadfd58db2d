// Does every transfer, whether or not the sender has the money.

#include <cstdint>
#include <iostream>
#include <map>
#include <string>

int main() {
  std::ios::sync_with_stdio(false);
  std::cin.tie(nullptr);
  int n, m;
  std::cin >> n >> m;
  std::map<std::string, std::int64_t> balances;
  std::string from, to;
  std::int64_t amount;
  for (int i = 0; i < n; i++) {
    std::cin >> from >> amount;
    balances[from] = amount;
  }
  int done = 0;
  for (int i = 0; i < m; i++) {
    std::cin >> from >> to >> amount;
    balances[from] -= amount;
    balances[to] += amount;
    done++;
  }
  std::cout << done << ' ' << m - done << '\n';
  for (const auto& [name, balance] : balances) {
    if (balance != 0) std::cout << name << ' ' << balance << '\n';
  }
}
