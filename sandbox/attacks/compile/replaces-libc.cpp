// tries: replaces functions of the C library, which it may
// expect: exit 0 | compile error
// because: linkers may refuse a second definition
#include <cstdlib>
#include <new>
void* operator new(std::size_t n) { return std::malloc(n); }
void operator delete(void* p) noexcept { std::free(p); }
extern "C" long read(int, void*, unsigned long) { return 0; }
int main() { delete new int; }
