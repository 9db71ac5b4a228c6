// Every vCPU prints hello, one at a time under a lock.
#include "guest.h"

static spin_lock_t console;
static uint64_t greetings;

static void hello(unsigned cpu) {
    uint64_t mpidr = read_mpidr();
    spin_lock(&console);
    print_line("hello from vCPU %d, MPIDR_EL1 %x", cpu, mpidr);
    greetings++;
    spin_unlock(&console);
}

void main(void) {
    print_line("%d vCPUs", count_cpus(), 0);
    start_others(hello);
    hello(0);
    wait_for_others();
    print_line("%d greetings, and everybody else is off", greetings, 0);
}
