// Prints typed characters until a q is typed.
#include "guest.h"

void main(void) {
    print("type; q ends\n");
    for (char c = get_char(); c != 'q'; c = get_char()) {
        put_char(c == '\r' ? '\n' : c);
    }
    print("\nbye\n");
}
