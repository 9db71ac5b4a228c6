// Causes one fault that the machine cannot handle: the compiler's option FAULT selects it.
#include "guest.h"

// Between the devices and RAM: unmapped on every board.
#define UNMAPPED ((volatile uint64_t *)0x0d000010)

__attribute__((noinline)) static void fault(void) {
#if defined(FAULT_undefined)
    __asm__ volatile("udf #0");
#elif defined(FAULT_read)
    (void)*UNMAPPED;
#elif defined(FAULT_write)
    *UNMAPPED = 1;
#elif defined(FAULT_fetch)
    ((void (*)(void))(uintptr_t)UNMAPPED)();
#elif defined(FAULT_brk)
    __asm__ volatile("brk #0x2a");
#elif defined(FAULT_svc)
    __asm__ volatile("svc #0x2a");
#else
#error "FAULT is none of undefined, read, write, fetch, brk, svc"
#endif
}

void main(void) {
    hvc(PSCI_VERSION, 0, 0, 0);
    print("now it happens\n");
    fault();
    print("nothing happened\n");
    exit_guest(1);
}
