// tries: steers the terminal of whoever reads the diagnostics
// expect: compile error
#error [2J]0;AC  accepted  31m ‮desrever
int main() {}
