// tries: brings its own start of the program
// expect: compile error
extern "C" void _start() { for (;;) {} }
int main() {}
