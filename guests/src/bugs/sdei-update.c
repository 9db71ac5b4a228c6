// A counter that the main program and the handler of an SDEI event (DEN0054) both change. The program loads, adds and stores: if the event comes in
// between, its update is lost. EXIT 1 then. With FIXED, events are masked meanwhile.
#include "guest.h"

#define UPDATES 100
#define SIGNALS 4

enum {
    EVENT_REGISTER = 0xc4000021,
    EVENT_ENABLE = 0xc4000022,
    PE_MASK = 0xc400002b,
    PE_UNMASK = 0xc400002c,
    EVENT_SIGNAL = 0xc400002f,
};

uint64_t counter;
uint64_t handled;
static uint64_t done;

void handler(void);
// Firmware keeps x0 to x17 for the interrupted code.
__asm__(
    ".globl handler\n"
    "handler:\n"
    "   adrp    x1, counter\n"
    "   add     x1, x1, :lo12:counter\n"
    "   ldr     x2, [x1]\n"
    "   add     x2, x2, #1\n"
    "   str     x2, [x1]\n"
    "   adrp    x1, handled\n"
    "   add     x1, x1, :lo12:handled\n"
    "   ldr     x2, [x1]\n"
    "   add     x2, x2, #1\n"
    "   str     x2, [x1]\n"
    "   ldr     x0, =0xc4000025\n"
    "   mov     x1, #0\n"
    "   hvc     #0\n"
    "   .ltorg\n");

static void signal(unsigned cpu) {
    (void)cpu;
    for (int i = 0; i < SIGNALS; i++) {
        for (volatile int delay = 0; delay < 200; delay++) {
        }
        hvc(EVENT_SIGNAL, 0, 0, 0);
    }
    store_release(&done, 1);
}

void main(void) {
    if ((int64_t)hvc(EVENT_REGISTER, 0, (uintptr_t)handler, 0) < 0 || (int64_t)hvc(EVENT_ENABLE, 0, 0, 0) < 0) {
        exit_guest(2);
    }
    hvc(PE_UNMASK, 0, 0, 0);
    start_cpu(1, signal);
    uint64_t updates = 0;
    while (updates < UPDATES || load_acquire(&done) == 0) {
#ifdef FIXED
        hvc(PE_MASK, 0, 0, 0);
#endif
        uint64_t value = load_acquire(&counter);
        store_release(&counter, value + 1);
#ifdef FIXED
        hvc(PE_UNMASK, 0, 0, 0);
#endif
        updates++;
        for (volatile int pause = 0; pause < 20; pause++) {
        }
    }
    if (counter != updates + handled) {
        print_line("%d updates were made, and the counter is %d", updates + handled, counter);
        exit_guest(1);
    }
    exit_guest(0);
}
