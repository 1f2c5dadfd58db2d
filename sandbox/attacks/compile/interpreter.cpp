// tries: names its own loader
// expect: exit 0 | exit 127
// because: linkers may or may not make a segment of the section
const char loader[] __attribute__((section(".interp"))) = "/given/setuid";
int main() { return 0; }
