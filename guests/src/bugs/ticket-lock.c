// A ticket lock that takes its ticket in two steps: if a vCPU is interrupted between the load and the store, two get the same one, and both are
// let in. EXIT 1 if two were in at once. With FIXED, the ticket is taken atomically.
#include "guest.h"

#define ROUNDS 3

static uint64_t next_ticket;
static uint64_t serving;
static uint64_t inside;
static uint64_t go;

static uint64_t take_ticket(void) {
#ifdef FIXED
    uint64_t ticket;
    uint32_t failed;
    uint64_t after;
    __asm__ volatile(
        "1: ldaxr   %0, %3\n"
        "   add     %2, %0, #1\n"
        "   stxr    %w1, %2, %3\n"
        "   cbnz    %w1, 1b\n"
        : "=&r"(ticket), "=&r"(failed), "=&r"(after), "+Q"(next_ticket)
        :
        : "memory");
    return ticket;
#else
    uint64_t ticket = load_acquire(&next_ticket);
    store_release(&next_ticket, ticket + 1);
    return ticket;
#endif
}

static void compete(unsigned cpu) {
    while (load_acquire(&go) == 0) {
    }
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t ticket = take_ticket();
        while (load_acquire(&serving) != ticket) {
        }
        atomic_add(&inside, 1);
        for (volatile int work = 0; work < 20; work++) {
        }
        if (load_acquire(&inside) != 1) {
            print_line("vCPU %d is in with ticket %d, and not alone", cpu, ticket);
            exit_guest(1);
        }
        atomic_add(&inside, (uint64_t)-1);
        store_release(&serving, ticket + 1);
        for (volatile int work = 0; work < 100; work++) {
        }
    }
}

void main(void) {
    start_others(compete);
    store_release(&go, 1);
    compete(0);
    wait_for_others();
    exit_guest(0);
}
