// Reads the virtual and the physical counter and the timers repeatedly: they use virtual time, so two runs print the same, and
// each must increase from read to read.
#include "guest.h"

enum { READS = 1000 };

static uint64_t virtual_counter(void) {
    uint64_t value;
    __asm__ volatile("mrrc p15, 1, %Q0, %R0, c14" : "=r"(value)::"memory");
    return value;
}

static uint64_t physical_counter(void) {
    uint64_t value;
    __asm__ volatile("mrrc p15, 0, %Q0, %R0, c14" : "=r"(value)::"memory");
    return value;
}

static uint32_t timer_value(void) {
    uint32_t value;
    __asm__ volatile("mrc p15, 0, %0, c14, c3, 0" : "=r"(value)::"memory");
    return value;
}

static uint32_t frequency(void) {
    uint32_t value;
    __asm__ volatile("mrc p15, 0, %0, c14, c0, 0" : "=r"(value));
    return value;
}

void main(void) {
    uint64_t digest = MIX_START;
    uint64_t last = 0;
    bool stuck = false;
    for (int n = 0; n < READS; n++) {
        uint64_t one = virtual_counter();
        uint64_t other = physical_counter();
        uint32_t left = timer_value();
        stuck |= (n > 0 && one <= last) || other <= one;
        last = other;
        digest = mix(mix(mix(digest, one), other), left);
    }
    print_line("%d ticks a second", frequency(), 0);
    print_line("%d reads, digest %x", 3 * READS, digest);
    exit_guest(stuck ? 1 : 0);
}
