// Ends the run with status 42.
#include "guest.h"

void main(void) {
    print("exit 42\n");
    exit_guest(42);
}
