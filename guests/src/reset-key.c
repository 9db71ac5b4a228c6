// Resets the machine for every r that is typed, and powers it off for a q.
#include "guest.h"

void main(void) {
    print("started; r resets, q powers off\n");
    for (;;) {
        switch (get_char()) {
            case 'r':
                print("reset\n");
                reset_machine();
            case 'q':
                print("off\n");
                power_off();
        }
    }
}
