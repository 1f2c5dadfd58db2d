// tries: nests a million parentheses
// expect: compile error: limit time | compile error: limit memory | compile error
// because: the parser may run out of stack instead
#define O ((((((((((
#define P O O O O O O O O O O
#define Q P P P P P P P P P P
#define R Q Q Q Q Q Q Q Q Q Q
int x = R R R R R R R R R R 1;
int main() {}
