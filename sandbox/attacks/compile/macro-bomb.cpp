// tries: a billion laughs
// expect: compile error: limit memory | compile error: limit time
// because: it depends on which runs out first
// limits: time=2s
#define A(x) x x x x x x x x x x
#define B(x) A(A(x))
#define C(x) B(B(x))
#define D(x) C(C(x))
int main() { D(D(lol)) }
