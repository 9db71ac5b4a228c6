// Says back what is typed, until a q comes.
#include "guest.h"

void main(void) {
    print("type; q ends\n");
    for (char c = get_char(); c != 'q'; c = get_char()) {
        put_char(c == '\r' ? '\n' : c);
    }
    print("\nbye\n");
}
