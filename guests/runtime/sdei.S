// Shared by the guests that check SDEI.
#include "sdei.inc"
        GUEST   "sdei.S"

// Waits x0 ticks with calls. If CPUs take turns, each call lets another CPU continue. Needs no stack.
FUNCTION pause
        mrs     x9, cntvct_el0
        add     x9, x9, x0
1:      CALL    PSCI_VERSION
        mrs     x10, cntvct_el0
        cmp     x10, x9
        b.lo    1b
        ret
END_FUNCTION pause
