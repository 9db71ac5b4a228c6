// What the guests that check SDEI share.
#include "sdei.inc"
        GUEST   "sdei.S"

// Lets x0 ticks pass, in calls, each of which lets another CPU go on where CPUs take turns. Needs no stack.
FUNCTION pause
        mrs     x9, cntvct_el0
        add     x9, x9, x0
1:      CALL    PSCI_VERSION
        mrs     x10, cntvct_el0
        cmp     x10, x9
        b.lo    1b
        ret
END_FUNCTION pause
