// tries: imports modules and header units from outside
// expect: compile error
import "/etc/passwd";
import <@file@>;
#import "/etc/passwd"
#include_next "/etc/passwd"
int main() {}
