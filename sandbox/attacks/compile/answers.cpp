// tries: includes the answers
// expect: compile error
#include "@file@"
#include "../../../../../@file@"
int main() {}
