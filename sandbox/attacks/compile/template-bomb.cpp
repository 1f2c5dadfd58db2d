// tries: instantiates templates, doubling at each level
// expect: compile error: limit time | compile error: limit memory
// because: it depends on which runs out first
template <int N, int M> struct Bomb { static const int value = Bomb<N - 1, 2 * M>::value + Bomb<N - 1, 2 * M + 1>::value; };
template <int M> struct Bomb<0, M> { static const int value = M; };
int main() { return Bomb<24, 0>::value; }
