// Signals SDEI's event 0 (DEN0054) to itself `event_count` times, a number that the linker sets; the handler completes immediately.
#include "sdei.inc"
        GUEST   "event-loop.S"

FUNCTION main
        str     x30, [sp, #-16]!
        REGISTER handler, 0, SOFTWARE
        CALL    EVENT_ENABLE, SOFTWARE
        CALL    PE_UNMASK
        ldr     x19, =event_count
        mrs     x20, mpidr_el1
        ldr     x21, =EVENT_SIGNAL
1:      mov     x0, x21
        mov     x1, #SOFTWARE
        mov     x2, x20
        hvc     #0
        subs    x19, x19, #1
        b.ne    1b
        TEXT    x0, "%d events"
        WORD    x1, delivered
        bl      print_line
        ldr     x30, [sp], #16
        ret
END_FUNCTION main

FUNCTION handler
        ADDRESS x2, delivered
        ldr     x1, [x2]
        add     x1, x1, #1
        str     x1, [x2]
        CALL    EVENT_COMPLETE, 0
        brk     #0
END_FUNCTION handler

        .bss
        .balign 8
delivered:
        .skip   8
