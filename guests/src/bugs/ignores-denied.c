// Starts the other vCPUs and waits for all of them, whatever CPU_ON returned: if firmware refuses one, it waits for ever. With FIXED, it waits
// only for those that were started.
#include "entry.h"

static uint64_t arrived;

void run_started(void) {
    atomic_add(&arrived, 1);
}

void main(void) {
    unsigned cpus = count_cpus();
    uint64_t expected = 0;
    for (unsigned cpu = 1; cpu < cpus; cpu++) {
        int32_t result = try_start(cpu);
#ifdef FIXED
        expected += result == 0;
#else
        (void)result;
        expected++;
#endif
    }
    while (load_acquire(&arrived) != expected) {
    }
    print_line("%d vCPUs arrived", arrived, 0);
    exit_guest(0);
}
