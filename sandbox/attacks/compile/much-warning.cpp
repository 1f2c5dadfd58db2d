// tries: warns for ever
// expect: compile error: limit time | compile error: limit memory | compile error
// because: it depends on which runs out first
#define A _Pragma("GCC warning \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"")
#define B A A A A A A A A A A
#define C B B B B B B B B B B
#define D C C C C C C C C C C
#define E D D D D D D D D D D
E E E E E E E E E E
nonsense
