// tries: makes a symbol whose name has gigabytes
// expect: compile error: limit time | compile error: limit memory | compile error: limit file size | compile error
// because: it depends on which runs out first
template <class A, class B> struct Pair {};
template <int N> struct Tree { using type = Pair<typename Tree<N - 1>::type, Pair<typename Tree<N - 1>::type, int[N]>>; };
template <> struct Tree<0> { using type = int; };
template <class T> void named() { static int n; n++; asm volatile("# %0" ::"r"(__PRETTY_FUNCTION__)); }
int main() { named<Tree<26>::type>(); }
