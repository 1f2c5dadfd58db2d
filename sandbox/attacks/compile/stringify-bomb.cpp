// tries: doubles the escapes of a string with every macro
// expect: compile error: limit memory | compile error: limit time | compile error
// because: it depends on which runs out first
// limits: time=2s
#define S(x) #x
#define A(x) S(x)
#define B(x) A(A(A(A(A(A(A(A(x))))))))
#define C(x) S(B(x)) S(B(x))
const char text[] = A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A(A("\"")))))))))))))))))))))))); nonsense
int main() { return text[0]; }
